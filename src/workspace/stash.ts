// Uncommitted work is set aside while a command writes, and comes back afterwards. It is in git's own list of stashes all the time between,
// so that a run that is killed cannot lose it.
import { WorkspaceError } from '../errors.js'
import { type Git, uncommitted } from './git.js'

const NAME = 'mlops-agents: set aside by --autostash'

export interface SetAside {
  readonly commit: string
  /**
   * Brings the work back, staged as it was where that is possible. Where the new files do not take it, the folder stays as committed, the
   * stash is kept, and the sentence that says so is returned.
   */
  restore(): Promise<string | undefined>
}

/** Untracked files stay where they are. Undefined where there is nothing to set aside. */
export async function setAside(git: Git): Promise<SetAside | undefined> {
  if ((await uncommitted(git)).length === 0) return undefined
  const made = await git.write(['stash', 'create', NAME], { accepted: [0, 1, 128] })
  const commit = made.stdout.trim()
  if (made.code !== 0 || commit === '')
    throw new WorkspaceError(
      `git could not set your changes aside: ${made.stderr.trim() || 'it gave no reason'}; commit them, or git stash them yourself`,
    )
  await git.write(['stash', 'store', '-m', NAME, commit])
  await git.write(['reset', '--hard', '--quiet'])
  return { commit, restore: () => restore(git, commit) }
}

async function restore(git: Git, commit: string): Promise<string | undefined> {
  const applied = async (...how: string[]) =>
    (await git.write(['stash', 'apply', '--quiet', ...how, commit], { accepted: [0, 1, 128] })).code === 0
  if (await applied('--index')) return drop(git, commit)
  await git.write(['reset', '--hard', '--quiet'])
  if (await applied()) return drop(git, commit)
  await git.write(['reset', '--hard', '--quiet'])
  const place = await placeOf(git, commit)
  return `your changes and the new files do not fit together; your changes are kept as ${place ?? commit.slice(0, 10)}: git stash apply ${place ?? commit.slice(0, 10)}, and resolve`
}

async function drop(git: Git, commit: string): Promise<undefined> {
  const place = await placeOf(git, commit)
  if (place !== undefined) await git.write(['stash', 'drop', '--quiet', place])
  return undefined
}

/** `stash@{n}`; a stash that somebody made meanwhile has moved it on. */
async function placeOf(git: Git, commit: string): Promise<string | undefined> {
  const said = await git.ask('stash', 'list', '--format=%gd %H')
  return said
    .split('\n')
    .find((line) => line.endsWith(` ${commit}`))
    ?.split(' ')[0]
}
