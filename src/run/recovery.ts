// Puts a workspace right in which a run was killed, before any other run looks at it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { clearDrafts } from '../record/drafts.js'
import { lastRun } from '../record/runs.js'
import { type Environment, openGit } from '../workspace/git.js'
import { readJournal } from '../workspace/journal.js'
import { clearLeftovers } from '../workspace/leftovers.js'
import { lockWorkspace } from '../workspace/lock.js'
import { type Recovered, recoverFiles } from '../workspace/recover.js'

/** A run was killed while it changed the user's files. */
export const filesHalfChanged = async (root: string): Promise<boolean> => (await readJournal(root)) !== undefined

/**
 * Finishes or takes back what a killed run began, and removes what it left; costs nothing where the last run came to its end.
 * @throws LockedError where a run is at work here
 * @throws DefinitionError where a newer version of the product recorded the last run
 */
export async function recover(
  root: string,
  env: Environment,
  clock: () => number,
): Promise<Partial<Recovered> | undefined> {
  const record = join(root, '.mlops-agents')
  if (!existsSync(record)) return undefined
  const last = await lastRun(root)
  const cutOff = last?.status === 'cut off' || last?.status === 'empty'
  if (!cutOff && !['lock', 'applying.json'].some((name) => existsSync(join(record, name)))) return undefined
  const lock = await lockWorkspace(root, clock)
  try {
    const git = openGit(root, env)
    await clearLeftovers(root, await gitFolders(root, env))
    await clearDrafts(root)
    return (existsSync(join(root, '.git')) ? await recoverFiles(git) : undefined) ?? {}
  } finally {
    await lock.release()
  }
}

/** A git that was killed while it made the repository may have left one that it does not know any more. */
async function gitFolders(root: string, env: Environment): Promise<string[]> {
  const own = join(root, '.git')
  if (!existsSync(own)) return []
  const said = await openGit(root, env)
    .ask('rev-parse', '--path-format=absolute', '--absolute-git-dir', '--git-common-dir')
    .catch(() => own)
  return said.trim().split('\n')
}
