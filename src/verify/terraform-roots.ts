// Which modules of Terraform are applied by themselves, what they need from outside, and which commands name their folders.
import type { EmittedFile } from '../types.js'
import type { HclBlock } from './hcl.js'
import { kindOf } from './kinds.js'
import { calledFolder, type TerraformModule } from './terraform-modules.js'

export type Modules = ReadonlyMap<string, TerraformModule>

export const blocksOf = (module: TerraformModule, type: string): HclBlock[] =>
  module.blocks.filter((block) => block.type === type)

/** Providers of a module's own blocks, by their local names. */
export function ownProviders(module: TerraformModule): Set<string> {
  const providers = new Set<string>()
  for (const { type, labels } of module.blocks) {
    if (type === 'provider') providers.add(labels[0] ?? '')
    // `terraform_data` belongs to the language itself.
    if ((type === 'resource' || type === 'data') && !labels[0]?.startsWith('terraform_'))
      providers.add((labels[0] ?? '').split('_')[0] ?? '')
  }
  return providers
}

/** Providers of a module and of everything that it calls. */
export function allProviders(module: TerraformModule, modules: Modules, seen = new Set<string>()): Set<string> {
  if (seen.has(module.folder)) return new Set()
  seen.add(module.folder)
  const called = calls(module).flatMap((folder) => modules.get(folder) ?? [])
  return new Set([...ownProviders(module), ...called.flatMap((one) => [...allProviders(one, modules, seen)])])
}

export const calls = (module: TerraformModule): string[] =>
  blocksOf(module, 'module').flatMap((block) => calledFolder(module, block) ?? [])

/** Modules that no other module calls; a folder that holds only values or tests is none. */
export function rootsOf(modules: Modules): TerraformModule[] {
  const called = new Set([...modules.values()].flatMap(calls))
  return [...modules.values()].filter(({ folder, files }) => files.length > 0 && !called.has(folder))
}

/** A script, a workflow or a Makefile, with the modules that it names: one group for each way of naming them. */
export interface Runner {
  readonly file: EmittedFile
  readonly groups: readonly (readonly TerraformModule[])[]
}

export function runnersOf(files: readonly EmittedFile[], modules: Modules): Runner[] {
  const tops = new Set([...modules.keys()].flatMap((folder) => folder.split('/')[0] ?? []))
  const named = new RegExp(`(?<![\\w./-])(?:${[...tops].join('|')})(?:/(?:${VARIABLE}|[\\w.-]+|\\*(?!\\*)))+`, 'g')
  return files
    .filter((file) => ['shell', 'workflow', 'makefile'].includes(kindOf(file)))
    .map((file) => {
      const words = new Set(tops.size === 0 ? [] : (file.content.match(named) ?? []))
      const groups = [...words].map((word) => {
        const folder = pattern(word)
        return [...modules.values()].filter((module) => folder.test(module.folder))
      })
      return { file, groups: groups.filter((group) => group.length > 0) }
    })
    .filter(({ groups }) => groups.length > 0)
}

/** `$name`, `${name}`, `${{ expression }}`: one folder, whichever it is. */
const VARIABLE = '\\$\\{\\{[^}]*\\}\\}|\\$\\{[^}]*\\}|\\$\\w+'

const pattern = (word: string): RegExp =>
  new RegExp(
    `^${word
      .split(new RegExp(`(${VARIABLE}|\\*)`))
      .map((part) => (/^[$*]/.test(part) ? '[^/]+' : part.replace(/[.+?()[\]\\]/g, '\\$&')))
      .join('')}$`,
  )

export const modulesOf = (runner: Runner): TerraformModule[] => [...new Set(runner.groups.flat())]
