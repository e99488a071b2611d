// Brings the generated branch into the user's branch by three-way merge; what the user wrote or deleted is never overwritten.
import { NotRestored, WorkspaceError } from '../errors.js'
import { type Changed, changesBetween, checkOut, inTheWay } from './checkout.js'
import { type Conflict, readMergeTree } from './conflicts.js'
import { commonAncestor, readBranches } from './generated.js'
import type { Git } from './git.js'
import { inOwnIndex } from './index-file.js'
import { removeJournal, writeJournal } from './journal.js'

export type MergeOutcome =
  | { readonly kind: 'up-to-date' }
  /** The user's branch had no commits of its own; `from` is absent where it had no commits at all. */
  | { readonly kind: 'fast-forward'; readonly from?: string; readonly to: string; readonly changed: readonly Changed[] }
  | {
      readonly kind: 'merged'
      readonly from: string
      readonly to: string
      readonly changed: readonly Changed[]
      /** Deleted by the user and changed by the design: stays deleted. */
      readonly keptDeleted: readonly string[]
      /** Deleted by the user and moved by the design: the file is back under its new name. */
      readonly returned: readonly { readonly path: string; readonly from: string }[]
    }
  /** A person must decide; nothing was changed. */
  | {
      readonly kind: 'conflict'
      readonly conflicts: readonly Conflict[]
      /** Where the two branches last met. */
      readonly base?: string | undefined
      /** As for `merged`; a person who merges with git alone is asked about these too. */
      readonly keptDeleted?: readonly string[]
      /** The same of paths that were given as settled. */
      readonly settled?: readonly string[]
    }

export interface MergeOptions {
  /** Paths whose generated content already takes the user's edits into account by their meaning, so lines need no merging. */
  readonly settled?: readonly string[]
}

/** Merges the generated branch into the branch that is checked out, then updates index and files, or changes nothing at all. */
export async function mergeGenerated(git: Git, { settled = [] }: MergeOptions = {}): Promise<MergeOutcome> {
  const { generated, current } = await readBranches(git)
  if (generated === undefined) return { kind: 'up-to-date' }
  const branch = current?.ref ?? (await branchWithoutCommits(git))
  const head = current?.commit
  const base = head === undefined ? undefined : await commonAncestor(git, head, generated)
  if (base === generated.commit) return { kind: 'up-to-date' }
  if (base === '')
    throw new WorkspaceError(
      `the branch ${branch.replace('refs/heads/', '')} shares no history with the generated branch; switch to the branch that mlops-agents wrote to before`,
    )

  if (head === undefined || base === head) {
    const applied = await apply(git, branch, head, generated.commit, 'fast-forward')
    if (applied.blocked.length > 0) return { kind: 'conflict', conflicts: applied.blocked, base }
    return {
      kind: 'fast-forward',
      ...(head === undefined ? {} : { from: head }),
      to: generated.commit,
      changed: applied.changed,
    }
  }

  const ours = settled.length === 0 ? head : await withPaths(git, head, generated.commit, settled)
  const said = await git.write(['merge-tree', '--write-tree', '-z', ours, generated.commit], { accepted: [0, 1] })
  const { tree, conflicts, keptDeleted, returned } = readMergeTree(said.stdout)
  if (conflicts.length > 0)
    return {
      kind: 'conflict',
      conflicts,
      base,
      keptDeleted,
      settled: await unsettled(git, head, generated.commit, settled),
    }
  const merged = keptDeleted.length === 0 ? tree : await without(git, tree, keptDeleted)
  const commit = await git.write(['commit-tree', merged, '-p', head, '-p', generated.commit, '-F', '-'], {
    input: 'Merge branch mlops-agents/generated\n',
  })
  const to = commit.stdout.trim()
  const applied = await apply(git, branch, head, to, 'merge')
  if (applied.blocked.length > 0) return { kind: 'conflict', conflicts: applied.blocked, base }
  return { kind: 'merged', from: head, to, changed: applied.changed, keptDeleted, returned }
}

/** Which of the settled paths git by itself would call a conflict. */
async function unsettled(git: Git, head: string, other: string, settled: readonly string[]): Promise<string[]> {
  if (settled.length === 0) return []
  const said = await git.write(['merge-tree', '--write-tree', '-z', head, other], { accepted: [0, 1] })
  const paths = new Set(readMergeTree(said.stdout).conflicts.map(({ path }) => path))
  return settled.filter((path) => paths.has(path))
}

async function branchWithoutCommits(git: Git): Promise<string> {
  const branch = (await git.ask('symbolic-ref', '--quiet', 'HEAD')).trim()
  if (branch !== '') return branch
  throw new WorkspaceError(
    'no branch is checked out; switch to the branch that the design is to be merged into, e.g. git switch main',
  )
}

/** Files first, branch last: a branch that somebody moved meanwhile is not overwritten, and the files go back. */
async function apply(git: Git, branch: string, from: string | undefined, to: string, how: string) {
  const changed = await changesBetween(git, from, to)
  const blocked = await inTheWay(git, from, to, changed)
  if (blocked.length > 0) return { changed, blocked }
  await writeJournal(git.root, { ...(from === undefined ? {} : { from }), to, branch, pid: process.pid })
  try {
    await checkOut(git, from, to, changed)
    try {
      await git.write(['update-ref', '-m', `mlops-agents: ${how}`, branch, to, from ?? '0'.repeat(to.length)])
    } catch (error) {
      await checkOut(git, to, from, await changesBetween(git, to, from))
      throw error
    }
  } catch (error) {
    // What could not be put back now is put back by the next command, which finds the journal.
    if (!(error instanceof NotRestored)) await removeJournal(git.root)
    throw error
  }
  await removeJournal(git.root)
  return { changed, blocked }
}

/** The tree without some of its paths. */
const without = (git: Git, tree: string, paths: readonly string[]): Promise<string> =>
  inOwnIndex(git, tree, ['update-index', '--force-remove', '-z', '--stdin'], paths.map((path) => `${path}\0`).join(''))

/** A commit on top of `head` in which some paths are as in `other`; it only serves as a side of a merge. */
async function withPaths(git: Git, head: string, other: string, paths: readonly string[]): Promise<string> {
  const entries = await git.ask('ls-tree', '-z', '--full-tree', other, '--', ...paths)
  const tree = await inOwnIndex(git, head, ['update-index', '-z', '--index-info'], entries)
  return (await git.write(['commit-tree', tree, '-p', head, '-m', 'settled'])).stdout.trim()
}
