// Which file a person means who names a workflow.
import { readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../errors.js'

const EXAMPLE = 'e.g. --workflow ../team with a file in ../team/workflows, and agents and prompts beside that folder'

/**
 * The workflow file that a path means: itself, or the only one in the folder `workflows` of a folder.
 * @throws UsageError where there is none, or more than one
 */
export async function workflowFile(named: string, cwd: string): Promise<string> {
  const given = path.resolve(cwd, named)
  const found = await stat(given).catch(() => undefined)
  if (named === '' || found === undefined)
    throw new UsageError(`--workflow "${named}": there is no such file or folder; name one, ${EXAMPLE}`)
  if (!found.isDirectory()) {
    if (/\.ya?ml$/.test(given)) return realpath(given)
    throw new UsageError(`--workflow "${named}" is neither a YAML file nor a folder; name one, ${EXAMPLE}`)
  }
  const folder = path.join(given, 'workflows')
  const names = (await readdir(folder).catch((): string[] => [])).filter(isWorkflow).sort()
  const [only] = names
  if (only === undefined)
    throw new UsageError(
      `--workflow "${named}": expected a workflow in ${path.join(folder, '<name>.yaml')}, found none`,
    )
  if (names.length === 1) return realpath(path.join(folder, only))
  throw new UsageError(
    `--workflow "${named}": there are ${names.length} workflows (${names.join(', ')}); name one of these files`,
  )
}

/** Beside a workflow lie what its reviews look at first, and prices. */
const isWorkflow = (name: string): boolean =>
  name.endsWith('.yaml') && !name.endsWith('.review.yaml') && name !== 'prices.yaml'
