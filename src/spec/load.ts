// Reads spec.yaml and contract.yaml back after a person may have edited them; what does not hold together is shown where it stands.
import { DefinitionError } from '../errors.js'
import { type Contract, contractSchema } from './contract.js'
import { type Checked, parseChecked } from './document.js'
import { FULL_SECTIONS, type FullSpec, fullSpecSchema, isFull, plainSpecSchema, type Spec } from './schema.js'

type Path = (string | number)[]

/** Names inside a spec that must exist elsewhere in it; a schema cannot say this. */
function* disagreements(spec: FullSpec): Generator<{ path: Path; message: string }> {
  const names = spec.data.columns.map((column) => column.name)
  const known = new Set(names)
  const sources = new Set(spec.data.sources.map((source) => source.name))
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      yield { path: ['data', 'columns', index, 'name'], message: `expected every column once, got "${name}" twice` }
    const source = spec.data.columns[index]?.source
    if (source !== undefined && !sources.has(source))
      yield {
        path: ['data', 'columns', index, 'source'],
        message: `expected one of ${[...sources].join(', ') || 'the sources (there are none)'}, got "${source}"`,
      }
  }
  const roles = [
    ['key', spec.entity.key, ['entity', 'key']],
    ['target', spec.target.column, ['target', 'column']],
  ] as const
  for (const [role, name, path] of roles) {
    if (!spec.data.columns.some((column) => column.name === name && column.role === role))
      yield {
        path: [...path],
        message: `expected the name of a column with the role ${role} in data.columns, got "${name}"`,
      }
  }
  const { lag, interaction, rule } = spec.data.signal
  const mentions: [Path, string][] = [
    [['data', 'signal', 'lag'], lag],
    [['data', 'signal', 'interaction', 0], interaction[0]],
    [['data', 'signal', 'interaction', 1], interaction[1]],
    [['data', 'signal', 'rule', 'column'], rule.column],
    ...spec.compliance.protected_attributes.value.map((name, index): [Path, string] => [
      ['compliance', 'protected_attributes', 'value', index],
      name,
    ]),
  ]
  for (const [path, name] of mentions)
    if (!known.has(name)) yield { path, message: `expected the name of a column in data.columns, got "${name}"` }
}

const refuse = (checked: Checked<Spec>, file: string, problem: { path: Path; message: string }): never => {
  const dotted = problem.path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
  throw new DefinitionError(`${dotted}: ${problem.message}`, { file, ...checked.locate(problem.path) })
}

const eitherSchema = {
  safeParse: (value: unknown) =>
    typeof value === 'object' && value !== null && !FULL_SECTIONS.some((section) => section in value)
      ? plainSpecSchema.safeParse(value)
      : fullSpecSchema.safeParse(value),
}

/** @throws DefinitionError with file, line and column when the text is not a spec that holds together. */
export const loadSpec = (text: string, file: string): Spec => {
  const checked = parseChecked<Spec>(eitherSchema, text, file)
  for (const problem of isFull(checked.value) ? disagreements(checked.value) : []) refuse(checked, file, problem)
  return checked.value
}

/** @throws DefinitionError with file, line and column when the text is not a contract. */
export const loadContract = (text: string, file: string): Contract => parseChecked(contractSchema, text, file).value
