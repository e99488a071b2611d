// A test of Terraform mocks what its provider really has, plans the module that lies above it, and looks at what that declares.
import { posix } from 'node:path'
import type { EmittedFile } from '../types.js'
import { type Check, verdicts } from './check.js'
import { nearest } from './distance.js'
import { type HclBlock, hclFile } from './hcl.js'
import { bodyProblems, type TerraformProblem } from './terraform-body.js'
import { argument, eachAttribute, namesWith, type TerraformModule, terraformModules } from './terraform-modules.js'
import {
  hasProvider,
  providerNames,
  providerShape,
  providerVersion,
  repeated,
  type Shape,
} from './terraform-schemas.js'

const MOCK: Shape = { a: { defaults: 'rd', override_during: 'os' } }
const OVERRIDE: Shape = { a: { target: 'rd', values: 'od', override_during: 'os' } }
/** Values of variables may have any name here: they are compared with the module's own. */
const RUN: Shape = {
  a: { command: 'od', expect_failures: 'od', providers: 'od' },
  b: { assert: repeated({ a: { condition: 'rb', error_message: 'rs' } }), variables: repeated({}) },
}
const TOP: Readonly<Record<string, { readonly labels: number; readonly shape: Shape }>> = {
  mock_provider: {
    labels: 1,
    shape: {
      a: { alias: 'os' },
      b: {
        mock_data: repeated(MOCK),
        mock_resource: repeated(MOCK),
        override_data: repeated(OVERRIDE),
        override_resource: repeated(OVERRIDE),
      },
    },
  },
  variables: { labels: 0, shape: {} },
  run: { labels: 1, shape: RUN },
}

export const terraformTestCheck: Check = {
  name: 'terraform/test',
  level: 'L1',
  kinds: ['terraform-test'],
  async run(files, project) {
    const say = verdicts(this, { tool: 'published schema of hashicorp/aws', version: providerVersion('aws') })
    const modules = await terraformModules(project)
    const results = await Promise.all(
      files.map(async (file) => {
        const problems = await problemsOf(file, modules)
        return problems.length === 0
          ? [say.pass(file)]
          : problems.map(({ line, message }) => say.fail(file, message, { line }))
      }),
    )
    return results.flat()
  },
}

async function problemsOf(
  file: EmittedFile,
  modules: ReadonlyMap<string, TerraformModule>,
): Promise<TerraformProblem[]> {
  const { body, problems } = await hclFile(file)
  if (problems.length > 0) return [...problems]
  const folder = posix.dirname(posix.dirname(file.path))
  const module = modules.get(folder)
  if (module === undefined) return [{ line: 1, message: `there is no Terraform in ${folder}, which this is a test of` }]
  const found = body.blocks.flatMap((block) => blockProblems(block, module))
  if (!body.blocks.some((block) => block.type === 'run' && block.body.blocks.some(({ type }) => type === 'assert')))
    found.push({ line: 1, message: 'no run asserts anything' })
  return found
}

function blockProblems(block: HclBlock, module: TerraformModule): TerraformProblem[] {
  const { type, labels, line, body } = block
  const top = TOP[type]
  if (top === undefined) return [{ line, message: `unknown block ${type}${nearest(type, Object.keys(TOP))}` }]
  if (labels.length !== top.labels)
    return [{ line, message: `${type} takes ${top.labels} labels, got ${labels.length}` }]
  if (type === 'variables') return valueProblems(block, module)
  const values = body.blocks.filter((inner) => inner.type === 'variables')
  const plain = { ...body, blocks: body.blocks.filter((inner) => inner.type !== 'variables') }
  return [
    ...bodyProblems(plain, top.shape, line),
    ...values.flatMap((inner) => valueProblems(inner, module)),
    ...(type === 'mock_provider' ? mockProblems(block) : referenceProblems(block, module)),
  ]
}

function valueProblems({ body }: HclBlock, module: TerraformModule): TerraformProblem[] {
  const names = namesWith(module, 'var.')
  return body.attributes
    .filter(({ name }) => !names.includes(name))
    .map(({ name, line }) => ({ line, message: `${module.folder} has no variable ${name}${nearest(name, names)}` }))
}

function mockProblems({ labels: [provider = ''], line, body }: HclBlock): TerraformProblem[] {
  if (!hasProvider(provider))
    return [{ line, message: `no schema of the provider ${provider} ships with this product` }]
  return body.blocks
    .filter(({ type }) => type.startsWith('mock_'))
    .flatMap((mock) => {
      const [name = ''] = mock.labels
      const kind = mock.type === 'mock_data' ? 'data' : 'resource'
      const shape = providerShape(provider, `${kind}.${name}`)
      if (shape === undefined)
        return [{ line: mock.line, message: `unknown ${kind} ${name}${nearest(name, providerNames(provider, kind))}` }]
      const given = argument(mock.body, 'defaults')?.literal
      const known = Object.keys({ ...shape.a, ...shape.b })
      const keys = typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.keys(given) : []
      return keys
        .filter((key) => !known.includes(key))
        .map((key) => ({ line: mock.line, message: `${name} has no attribute ${key}${nearest(key, known)}` }))
    })
}

/** Addresses of the module: `var.x`, `output.x`, `aws_iam_role.github`. */
function referenceProblems({ body }: HclBlock, module: TerraformModule): TerraformProblem[] {
  const declared = [...module.declared.keys()]
  return [...eachAttribute(body)].flatMap(({ attribute }) =>
    // `plan` and `apply` are words of the language here.
    attribute.name === 'command'
      ? []
      : attribute.references.flatMap(({ path, line }) => {
          const name = path.slice(0, path[0] === 'data' ? 3 : 2).join('.')
          return path.length < 2 || declared.includes(name)
            ? []
            : [{ line, message: `${name} is not declared in ${module.folder}${nearest(name, declared)}` }]
        }),
  )
}
