// The options of the workflow file, read without the rest of the product so that `design --help` stays quick.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Workflow } from '../workflow/schema.js'
import type { Config } from './config.js'

/** Not validated here: a faulty workflow gives no options, and shows its error when the command loads it in full. */
export async function readWorkflowOptions(file: string): Promise<Workflow['options']> {
  try {
    const { options } = (await parsed(await readFile(file, 'utf8'))) as Partial<Workflow>
    return options ?? {}
  } catch {
    return {}
  }
}

export const ownWorkflow = (root: string): string => path.join(root, 'workflows', 'ml-pipeline.yaml')

/** What the spec.yaml of a folder names, or that of `otherwise` where the folder has none. */
export async function workflowIn(
  folder: string,
  otherwise: () => Promise<string | undefined> = async () => undefined,
): Promise<string | undefined> {
  const text = (await readFile(path.join(folder, 'spec.yaml'), 'utf8').catch(() => undefined)) ?? (await otherwise())
  return text === undefined ? undefined : workflowNamedBy(text)
}

/** Most specs name none, and are not read for that. */
async function workflowNamedBy(text: string): Promise<string | undefined> {
  const [line] = /^workflow:.*$/m.exec(text) ?? []
  if (line === undefined) return undefined
  try {
    const { workflow } = (await parsed(line)) as { workflow?: unknown }
    return typeof workflow === 'string' ? workflow : undefined
  } catch {
    return undefined
  }
}

async function parsed(text: string): Promise<unknown> {
  const { CORE_SCHEMA, load } = await import('js-yaml')
  return load(text, { schema: CORE_SCHEMA })
}

/** The file whose options are flags of the command that was typed, as far as that can be told before it is read. */
export async function workflowOfCommand(argv: readonly string[], { cwd, root }: Config): Promise<string> {
  const given = (flag: string): string | undefined => {
    const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
    return at < 0 ? undefined : argv[at] === flag ? argv[at + 1] : argv[at]?.slice(flag.length + 1)
  }
  const named = given('--workflow')
  if (named !== undefined) {
    const { workflowFile } = await import('./workflow-file.js')
    return workflowFile(named, cwd).catch(() => ownWorkflow(root))
  }
  const folder = path.resolve(cwd, given('--workspace') ?? '.')
  const recorded = await workflowIn(folder)
  return recorded === undefined ? ownWorkflow(root) : path.resolve(folder, recorded)
}
