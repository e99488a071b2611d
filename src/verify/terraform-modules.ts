// The .tf files of one folder are one module: what it declares, and which modules it calls.
import { posix } from 'node:path'
import type { EmittedFile } from '../types.js'
import { type HclAttribute, type HclBlock, type HclBody, hclFile } from './hcl.js'
import { kindOf } from './kinds.js'

export interface Declared {
  readonly file: EmittedFile
  readonly block: HclBlock
}

export interface TerraformModule {
  readonly folder: string
  readonly files: readonly EmittedFile[]
  /** Blocks of all its files, in their order. */
  readonly blocks: readonly HclBlock[]
  /** `var.x`, `local.x`, `module.x`, `output.x`, `data.type.x`, `type.x` to where it is declared. */
  readonly declared: ReadonlyMap<string, Declared>
  /** Declarations that repeat an earlier one. */
  readonly repeated: readonly (Declared & { readonly name: string })[]
  /** Files of values, whose arguments are variables. */
  readonly values: readonly EmittedFile[]
}

export async function terraformModules(files: readonly EmittedFile[]): Promise<Map<string, TerraformModule>> {
  const folders = new Map<string, EmittedFile[]>()
  for (const file of files.filter((one) => kindOf(one) === 'terraform')) {
    const folder = posix.dirname(file.path)
    folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  const modules = await Promise.all([...folders].map(([folder, own]) => readModule(folder, own)))
  return new Map(modules.map((module) => [module.folder, module]))
}

async function readModule(folder: string, all: readonly EmittedFile[]): Promise<TerraformModule> {
  const files = all.filter((file) => file.path.endsWith('.tf'))
  const declared = new Map<string, Declared>()
  const repeated: (Declared & { name: string })[] = []
  const blocks: HclBlock[] = []
  for (const file of files)
    for (const block of (await hclFile(file)).body.blocks) {
      blocks.push(block)
      for (const name of namesOf(block)) {
        if (declared.has(name)) repeated.push({ name, file, block })
        else declared.set(name, { file, block })
      }
    }
  return { folder, files, blocks, declared, repeated, values: all.filter((file) => file.path.endsWith('.tfvars')) }
}

const PREFIX: Readonly<Record<string, string>> = { variable: 'var.', output: 'output.', module: 'module.' }

function namesOf({ type, labels, body }: HclBlock): string[] {
  const [first = '', second = ''] = labels
  if (type === 'resource') return [`${first}.${second}`]
  if (type === 'data') return [`data.${first}.${second}`]
  if (type === 'locals') return body.attributes.map(({ name }) => `local.${name}`)
  const prefix = PREFIX[type]
  return prefix === undefined ? [] : [`${prefix}${first}`]
}

/** Names of a kind that a module declares, without the prefix. */
export const namesWith = (module: TerraformModule, prefix: string): string[] =>
  [...module.declared.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))

export const argument = (body: HclBody, name: string): HclAttribute | undefined =>
  body.attributes.find((one) => one.name === name)

/** Folder of the module that a call names; nothing where it does not lie in this repository. */
export function calledFolder(module: TerraformModule, call: HclBlock): string | undefined {
  const source = argument(call.body, 'source')?.literal
  return typeof source === 'string' && /^\.\.?\//.test(source) ? posix.join(module.folder, source) : undefined
}

/** Every attribute inside, with the names that dynamic blocks around it bring along. */
export function* eachAttribute(
  body: HclBody,
  iterators: readonly string[] = [],
): Generator<{ attribute: HclAttribute; iterators: readonly string[] }> {
  for (const attribute of body.attributes) yield { attribute, iterators }
  for (const block of body.blocks) {
    const iterator = argument(block.body, 'iterator')?.references[0]?.path[0] ?? block.labels[0]
    const inner = block.type === 'dynamic' && iterator !== undefined ? [...iterators, iterator] : iterators
    yield* eachAttribute(block.body, inner)
  }
}
