// Terraform is held to the language and to the shapes that its provider publishes, module by module; values of arguments are not looked at.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, verdicts } from './check.js'
import { nearest } from './distance.js'
import { type HclBlock, hclFile } from './hcl.js'
import { bodyProblems, type TerraformProblem } from './terraform-body.js'
import { argument, calledFolder, namesWith, type TerraformModule, terraformModules } from './terraform-modules.js'
import { type PlacedProblem, referenceProblems } from './terraform-references.js'
import {
  hasProvider,
  LANGUAGE,
  META,
  providerNames,
  providerShape,
  providerVersion,
  type Shape,
} from './terraform-schemas.js'

export const terraformCheck: Check = {
  name: 'terraform/schema',
  level: 'L1',
  kinds: ['terraform'],
  async run(files: readonly EmittedFile[], project): Promise<CheckResult[]> {
    const say = verdicts(this, { tool: 'published schema of hashicorp/aws', version: providerVersion('aws') })
    const modules = await terraformModules(project)
    const problems: PlacedProblem[] = []
    for (const module of modules.values()) problems.push(...(await moduleProblems(module, modules)))
    return files.flatMap((file) => {
      const own = problems.filter((problem) => problem.file === file)
      return own.length === 0
        ? [say.pass(file, 'valid against the published provider schema')]
        : own.map(({ message, line }) => say.fail(file, message, { line }))
    })
  },
}

async function moduleProblems(
  module: TerraformModule,
  modules: ReadonlyMap<string, TerraformModule>,
): Promise<PlacedProblem[]> {
  const found: PlacedProblem[] = module.repeated.map(({ name, file, block }) => ({
    file,
    line: block.line,
    message: `${name} is declared twice in ${module.folder}`,
  }))
  for (const file of [...module.files, ...module.values]) {
    const { body, problems } = await hclFile(file)
    found.push(...problems.map((problem) => ({ file, ...problem })))
    // What follows a syntax error is noise.
    if (problems.length > 0) return found
    if (module.values.includes(file)) found.push(...valueProblems(file, await hclFile(file), module))
    else
      for (const block of body.blocks)
        found.push(...blockProblems(block, module, modules).map((one) => ({ file, ...one })))
  }
  return [...found, ...(await referenceProblems(module, modules))]
}

function valueProblems(
  file: EmittedFile,
  { body }: { body: HclBlock['body'] },
  module: TerraformModule,
): PlacedProblem[] {
  const names = namesWith(module, 'var.')
  return [
    ...body.blocks.map(({ line, type }) => ({ file, line, message: `a file of values has no block ${type}` })),
    ...body.attributes
      .filter(({ name }) => !names.includes(name))
      .map(({ name, line }) => ({
        file,
        line,
        message: `${module.folder} has no variable ${name}${nearest(name, names)}`,
      })),
  ]
}

function blockProblems(
  block: HclBlock,
  module: TerraformModule,
  modules: ReadonlyMap<string, TerraformModule>,
): TerraformProblem[] {
  const { type, labels, line, body } = block
  const language = LANGUAGE[type]
  if (language === undefined) return [{ line, message: `unknown block ${type}${nearest(type, Object.keys(LANGUAGE))}` }]
  if (labels.length !== language.labels)
    return [{ line, message: `${type} takes ${language.labels} labels, got ${labels.length}` }]
  if (type === 'module') return callProblems(block, module, modules)
  if (type === 'terraform') return settingsProblems(block)
  if (type === 'resource' || type === 'data' || type === 'provider') return providedProblems(block)
  if (type === 'check')
    return body.blocks
      .filter((inner) => inner.type === 'data')
      .flatMap((inner) => blockProblems(inner, module, modules))
  return language.shape === undefined ? [] : bodyProblems(body, language.shape, line)
}

/** The insides of `required_providers` and of a backend have names of their own. */
function settingsProblems({ body, line }: HclBlock): TerraformProblem[] {
  const own = LANGUAGE.terraform?.shape ?? {}
  const blocks = body.blocks.map((block) => ({ ...block, body: { attributes: [], blocks: [] } }))
  const required = body.blocks.find((block) => block.type === 'required_providers')
  const unpinned = (required?.body.attributes ?? []).filter(({ literal }) => {
    const version =
      literal !== null && typeof literal === 'object' && !Array.isArray(literal) ? literal?.version : undefined
    return typeof version !== 'string' || !/\d/.test(version)
  })
  return [
    ...bodyProblems({ ...body, blocks }, own, line),
    ...unpinned.map(({ name, line: at }) => ({ line: at, message: `the provider ${name} has no version` })),
  ]
}

function providedProblems({ type, labels, line, body }: HclBlock): TerraformProblem[] {
  const [name = ''] = labels
  const provider = type === 'provider' ? name : (name.split('_')[0] ?? '')
  if (!hasProvider(provider))
    return [{ line, message: `no schema of the provider ${provider} ships with this product` }]
  const shape = providerShape(provider, type === 'provider' ? type : `${type}.${name}`)
  if (shape === undefined)
    return [
      {
        line,
        message: `unknown ${type} ${name}${nearest(name, providerNames(provider, type === 'data' ? 'data' : 'resource'))}`,
      },
    ]
  const meta: Shape = type === 'provider' ? { a: { alias: 'os' } } : META
  return bodyProblems(body, { a: { ...shape.a, ...meta.a }, b: { ...shape.b, ...meta.b } }, line)
}

const CALL = ['source', 'version', 'providers', 'count', 'for_each', 'depends_on']

function callProblems(
  call: HclBlock,
  module: TerraformModule,
  modules: ReadonlyMap<string, TerraformModule>,
): TerraformProblem[] {
  const { body, line } = call
  const folder = calledFolder(module, call)
  const called = folder === undefined ? undefined : modules.get(folder)
  if (called === undefined)
    return [
      {
        line,
        message: `expected the source of a module of this repository, got ${folder ?? argument(body, 'source')?.literal ?? 'none'}`,
      },
    ]
  const inputs = namesWith(called, 'var.')
  const given = body.attributes.map(({ name }) => name)
  const needed = inputs.filter((name) => {
    const block = called.declared.get(`var.${name}`)?.block
    return block !== undefined && argument(block.body, 'default') === undefined
  })
  return [
    ...body.attributes
      .filter(({ name }) => !CALL.includes(name) && !inputs.includes(name))
      .map(({ name, line: at }) => ({
        line: at,
        message: `${folder} has no variable ${name}${nearest(name, inputs)}`,
      })),
    ...needed
      .filter((name) => !given.includes(name))
      .map((name) => ({ line, message: `${folder} needs ${name}, which is not given` })),
  ]
}
