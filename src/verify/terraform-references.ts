// What expressions refer to is declared in the same module, has the attribute that is read, and nothing is declared for nobody.
import type { EmittedFile } from '../types.js'
import { nearest } from './distance.js'
import { type HclAttribute, hclFile } from './hcl.js'
import { argument, calledFolder, eachAttribute, namesWith, type TerraformModule } from './terraform-modules.js'
import { hasProvider, languageFunctions, META, providerShape } from './terraform-schemas.js'

export interface PlacedProblem {
  readonly file: EmittedFile
  readonly line: number
  readonly message: string
}

const BUILT_IN = new Set([
  'each',
  'count',
  'self',
  'path',
  'terraform',
  'any',
  'string',
  'number',
  'bool',
  'list',
  'map',
  'set',
  'object',
  'tuple',
  'optional',
  'null',
])
/** Functions of the type language, which only stand in the type of a variable. */
const TYPES = new Set(['list', 'map', 'set', 'object', 'tuple', 'optional'])

/** Problems of all expressions of a module, given all modules. */
export async function referenceProblems(
  module: TerraformModule,
  modules: ReadonlyMap<string, TerraformModule>,
): Promise<PlacedProblem[]> {
  const found: PlacedProblem[] = []
  const used = new Set<string>()
  for (const file of module.files) {
    for (const block of (await hclFile(file)).body.blocks) {
      const typed = block.type === 'variable'
      // These name resources as addresses, and provider requirements, which are no expressions.
      if (block.type === 'moved' || block.type === 'removed' || block.type === 'terraform') continue
      for (const { attribute, iterators } of eachAttribute(block.body)) {
        if (typed && attribute.name === 'type') continue
        found.push(...callProblems(attribute).map((one) => ({ file, ...one })))
        for (const { path, line } of attribute.references) {
          if (iterators.includes(path[0] ?? '') || BUILT_IN.has(path[0] ?? '') || isAddress(attribute, path)) continue
          const name = declaredName(path)
          if (name !== undefined) used.add(name)
          const message = problemOf(module, modules, path, name)
          if (message !== undefined) found.push({ file, line, message })
        }
      }
    }
  }
  return [...found, ...unused(module, used)]
}

/** `provider = aws.east`, `providers = { … }`, `ignore_changes = [tags]`: names of other things than values. */
const isAddress = ({ name }: HclAttribute, path: readonly string[]): boolean =>
  name === 'provider' || name === 'providers' || name === 'iterator' || (name === 'ignore_changes' && path.length > 0)

function callProblems({ calls }: HclAttribute): { line: number; message: string }[] {
  const functions = languageFunctions()
  return calls.flatMap(({ name, count, line }) => {
    const bounds = functions[name]
    if (bounds === undefined)
      return TYPES.has(name)
        ? []
        : [{ line, message: `there is no function ${name}${nearest(name, Object.keys(functions))}` }]
    const [least, most] = bounds
    if (count === undefined || (count >= least && (most === null || count <= most))) return []
    return [{ line, message: `${name} takes ${most === least ? '' : 'at least '}${least} arguments, got ${count}` }]
  })
}

/** The declaration that a path starts with. */
function declaredName(path: readonly string[]): string | undefined {
  const length = path[0] === 'data' ? 3 : 2
  return path.length < length ? undefined : path.slice(0, length).join('.')
}

function problemOf(
  module: TerraformModule,
  modules: ReadonlyMap<string, TerraformModule>,
  path: readonly string[],
  name: string | undefined,
): string | undefined {
  if (name === undefined) return `${path.join('.')} refers to nothing; text stands in quotes`
  const target = module.declared.get(name)
  if (target === undefined)
    return `${name} is not declared in ${module.folder}${nearest(name, [...module.declared.keys()])}`
  const [attribute] = path.slice(name.split('.').length).filter((part) => part !== '[]')
  if (attribute === undefined) return undefined
  if (path[0] === 'module') {
    const folder = calledFolder(module, target.block)
    const called = folder === undefined ? undefined : modules.get(folder)
    if (called === undefined || called.declared.has(`output.${attribute}`)) return undefined
    return `the module ${folder} has no output ${attribute}${nearest(attribute, namesWith(called, 'output.'))}`
  }
  const { type, labels } = target.block
  if (type !== 'resource' && type !== 'data') return undefined
  const provider = (labels[0] ?? '').split('_')[0] ?? ''
  const shape = hasProvider(provider) ? providerShape(provider, `${type}.${labels[0]}`) : undefined
  // With for_each or count the first name is a key, not an attribute.
  const many = argument(target.block.body, 'for_each') ?? argument(target.block.body, 'count')
  if (shape === undefined || (many !== undefined && path[name.split('.').length] !== '[]')) return undefined
  const known = Object.keys({ ...shape.a, ...shape.b, ...(type === 'data' ? {} : META.b) })
  return known.includes(attribute)
    ? undefined
    : `${labels[0]} has no attribute ${attribute}${nearest(attribute, known)}`
}

/** Resources, modules and outputs are there for the world outside; what stays inside must be used inside. */
function unused(module: TerraformModule, used: ReadonlySet<string>): PlacedProblem[] {
  return [...module.declared]
    .filter(([name]) => /^(var|local|data)\./.test(name) && !used.has(name))
    .map(([name, { file, block }]) => {
      const local = argument(block.body, name.slice('local.'.length))
      return {
        file,
        line: name.startsWith('local.') ? (local?.line ?? block.line) : block.line,
        message: `nothing uses ${name}`,
      }
    })
}
