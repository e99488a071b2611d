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
import { restoreLeft } from '../workspace/stash.js'

/** What was put right; nothing of it is there where only locks and drafts were removed. */
export interface Recovery extends Partial<Recovered> {
  readonly aside?: { readonly back: boolean; readonly text: string }
}

/** A run was killed while it changed the user's files. */
export const filesHalfChanged = async (root: string): Promise<boolean> => (await readJournal(root)) !== undefined

/**
 * Finishes or takes back what a killed run began, and removes what it left; costs nothing where the last run came to its end.
 * @throws LockedError where a run is at work here
 * @throws DefinitionError where a newer version of the product recorded the last run
 */
export async function recover(root: string, env: Environment, clock: () => number): Promise<Recovery | undefined> {
  const record = join(root, '.mlops-agents')
  if (!existsSync(record)) return undefined
  const last = await lastRun(root)
  const cutOff = last?.status === 'cut off' || last?.status === 'empty'
  if (!cutOff && !['lock', 'applying.json', 'aside.txt'].some((name) => existsSync(join(record, name))))
    return undefined
  const lock = await lockWorkspace(root, clock)
  try {
    const git = openGit(root, env)
    await clearLeftovers(root, await gitFolders(root, env))
    await clearDrafts(root)
    if (!existsSync(join(root, '.git'))) return {}
    const files = await recoverFiles(git)
    // What a person has to look at first is told alone; the next command sees to the rest.
    if (files !== undefined && files.edited.length > 0) return files
    const kept = await restoreLeft(git)
    if (kept === null) return files ?? {}
    const back = kept === undefined
    return {
      ...files,
      aside: {
        back,
        text: kept ?? 'a run was killed while your uncommitted changes were set aside; they are back',
      },
    }
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
