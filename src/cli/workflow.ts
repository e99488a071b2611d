// Which workflow a command works with: the one that is named, else the one that the workspace was designed with, else the product's own.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { DefinitionError } from '../errors.js'
import { type Definitions, loadDefinitions } from '../run/definitions.js'
import type { Spec } from '../spec/schema.js'
import { generatedBranch } from '../workspace/generated.js'
import { openGit } from '../workspace/git.js'
import type { Config } from './config.js'
import { workflowFile } from './workflow-file.js'
import { workflowIn } from './workflow-options.js'

/** Definitions of the workflow that `spec` names. @throws DefinitionError at its line where there is none any more */
export async function definitionsOf(spec: Pick<Spec, 'workflow'>, root: string, config: Config): Promise<Definitions> {
  if (spec.workflow === undefined) return loadDefinitions(config.root)
  const file = path.resolve(root, spec.workflow)
  if (existsSync(file)) return loadDefinitions(config.root, file)
  const text = await readFile(path.join(root, 'spec.yaml'), 'utf8').catch(() => '')
  const line = text.split('\n').findIndex((one) => one.startsWith('workflow:')) + 1
  throw new DefinitionError(
    `workflow: ${spec.workflow}: there is no such file (looked for ${file}); bring it back, or say where it is now with ` +
      `mlops-agents design --workflow FILE --workspace ${root}`,
    { file: 'spec.yaml', ...(line > 0 ? { line, column: 1 } : {}) },
  )
}

/** Definitions for a command that has not looked at its workspace yet; `folder` where it is known. */
export async function openDefinitions(
  { flag, folder }: { readonly flag?: unknown; readonly folder?: string | undefined },
  config: Config,
): Promise<Definitions> {
  if (typeof flag === 'string') return loadDefinitions(config.root, await workflowFile(flag, config.cwd))
  const workflow = folder === undefined ? undefined : await workflowIn(folder, () => generatedText(folder, config))
  return definitionsOf(workflow === undefined ? {} : { workflow }, folder ?? config.cwd, config)
}

/** spec.yaml of the generated branch, for a folder that has none. */
async function generatedText(folder: string, config: Config): Promise<string | undefined> {
  if (!existsSync(path.join(folder, '.git'))) return undefined
  const git = openGit(folder, config.env)
  const branch = await generatedBranch(git).catch(() => undefined)
  return branch && git.ask('show', `${branch.commit}:spec.yaml`).catch(() => undefined)
}

/** The spec as it is kept in `root`: with the way to a workflow that is not the product's own. */
export function naming<S extends Spec>(spec: S, { root: from, product, loaded }: Definitions, root: string): S {
  const { workflow: _, ...rest } = spec
  if (from === product) return rest as S
  return { ...rest, workflow: path.relative(root, loaded.file).split(path.sep).join('/') } as S
}
