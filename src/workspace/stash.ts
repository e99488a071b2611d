// Uncommitted work is set aside while a command writes, and comes back afterwards. It is in git's own list of stashes all the time between,
// and a note beside the record says so, so that a run that is killed cannot lose it and the next command brings it back.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkspaceError } from '../errors.js'
import { type Git, uncommitted } from './git.js'
import { readJournal, writeDurably } from './journal.js'
import { parseTree, type Tree } from './tree.js'

const NAME = 'mlops-agents: set aside by --autostash'
const noteOf = (root: string): string => join(root, '.mlops-agents', 'aside.txt')

export interface SetAside {
  /**
   * Brings the work back, staged as it was where that is possible. Where the new files do not take it, the folder stays as committed, the
   * stash is kept, and the sentence that says so is returned.
   */
  restore(): Promise<string | undefined>
}

/** To be called under the workspace's lock. Untracked files stay where they are. Undefined where there is nothing to set aside. */
export async function setAside(git: Git): Promise<SetAside | undefined> {
  if ((await uncommitted(git)).length === 0) return undefined
  const made = await create(git)
  if (made.commit === '')
    throw new WorkspaceError(
      `git could not set your changes aside: ${made.why || 'it gave no reason'}; commit them, or git stash them yourself`,
    )
  const { commit } = made
  await writeDurably(git.root, noteOf(git.root), `${commit}\n`)
  await store(git, commit)
  await git.write(['reset', '--hard', '--quiet'])
  return {
    restore: async () => {
      // Files that are half changed are put right first, by the next command; it brings the work back, too.
      if ((await readJournal(git.root)) !== undefined)
        return 'your uncommitted changes are still set aside (git stash list); mlops-agents resume brings them back'
      return restore(git, commit)
    },
  }
}

/** The commit that holds what a run has set aside and not brought back: it is still at work, or was killed. */
export async function leftAside(root: string): Promise<string | undefined> {
  const text = await readFile(noteOf(root), 'utf8').catch(() => '')
  return /^[0-9a-f]{40,64}$/.test(text.trim()) ? text.trim() : undefined
}

/** To be called under the workspace's lock, when the files are right again. @returns as `restore`; null where nothing was set aside */
export async function restoreLeft(git: Git): Promise<string | undefined | null> {
  const commit = await leftAside(git.root)
  if (commit === undefined) return null
  if (await editedSince(git, commit)) return keep(git, commit, 'your folder has changed since')
  // The run may have been killed before it had set aside all of it.
  await git.write(['reset', '--hard', '--quiet'])
  return restore(git, commit)
}

/** Something differs from the last commit that is not what was set aside. */
async function editedSince(git: Git, commit: string): Promise<boolean> {
  if ((await uncommitted(git)).length === 0) return false
  const now = (await create(git)).commit
  if (now === '') return true
  const tree = async (name: string): Promise<Tree> =>
    parseTree(await git.ask('ls-tree', '-r', '-z', '--full-tree', name))
  const known = await Promise.all(['HEAD', commit, `${commit}^2`].map(tree))
  for (const seen of await Promise.all([now, `${now}^2`].map(tree)))
    for (const path of new Set([...seen.keys(), ...known.flatMap((one) => [...one.keys()])]))
      if (!known.some((one) => one.get(path)?.id === seen.get(path)?.id)) return true
  return false
}

/** Changes nothing yet; on disk before it is relied on, which git does not see to by itself. */
async function create(git: Git): Promise<{ readonly commit: string; readonly why: string }> {
  const made = await git.write(['-c', 'core.fsync=all', 'stash', 'create', NAME], { accepted: [0, 1, 128] })
  return { commit: made.code === 0 ? made.stdout.trim() : '', why: made.stderr.trim() }
}

const store = (git: Git, commit: string) => git.write(['stash', 'store', '-m', NAME, commit])

async function restore(git: Git, commit: string): Promise<string | undefined> {
  const applied = async (...how: string[]) =>
    (await git.write(['stash', 'apply', '--quiet', ...how, commit], { accepted: [0, 1, 128] })).code === 0
  for (const how of [['--index'], []]) {
    if (await applied(...how)) return drop(git, commit)
    await git.write(['reset', '--hard', '--quiet'])
  }
  return keep(git, commit, 'your changes and the new files do not fit together')
}

async function drop(git: Git, commit: string): Promise<undefined> {
  const place = await placeOf(git, commit)
  if (place !== undefined) await git.write(['stash', 'drop', '--quiet', place])
  await rm(noteOf(git.root), { force: true })
  return undefined
}

async function keep(git: Git, commit: string, why: string): Promise<string> {
  if ((await placeOf(git, commit)) === undefined) await store(git, commit)
  const place = (await placeOf(git, commit)) ?? commit.slice(0, 10)
  await rm(noteOf(git.root), { force: true })
  return `${why}; what was set aside is kept as ${place}: git stash apply ${place}, and resolve`
}

/** `stash@{n}`; a stash that somebody made meanwhile has moved it on. */
async function placeOf(git: Git, commit: string): Promise<string | undefined> {
  const said = await git.ask('stash', 'list', '--format=%gd %H')
  return said
    .split('\n')
    .find((line) => line.endsWith(` ${commit}`))
    ?.split(' ')[0]
}
