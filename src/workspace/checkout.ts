// Takes index and files from one commit to another without losing anything that is not committed, or leaves them as they were.
import { lstat, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NotRestored, WorkspaceError } from '../errors.js'
import type { Conflict } from './conflicts.js'
import { type Git, uncommitted } from './git.js'
import { clashing } from './paths.js'
import { treeId } from './tree.js'

export interface Changed {
  readonly path: string
  readonly how: 'added' | 'changed' | 'removed'
}

const HOW: Record<string, Changed['how']> = { A: 'added', D: 'removed' }

// A branch without commits counts as a commit with the empty tree.
const trees = (from: string | undefined, to: string | undefined) => {
  const empty = treeId(new Map(), (from ?? to)?.length === 64 ? 'sha256' : 'sha1')
  return [from ?? empty, to ?? empty] as const
}

/** What differs between two commits, sorted by path; undefined stands for "no commit yet". */
export async function changesBetween(git: Git, from: string | undefined, to: string | undefined): Promise<Changed[]> {
  const fields = (await git.ask('diff-tree', '-r', '-z', '--no-renames', '--name-status', ...trees(from, to))).split(
    '\0',
  )
  const changed: Changed[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    changed.push({ how: HOW[fields[at] ?? ''] ?? 'changed', path: fields[at + 1] ?? '' })
  }
  return changed
}

/** Uncommitted work that the checkout would overwrite; git alone would overwrite untracked files that are ignored. */
export async function inTheWay(
  git: Git,
  from: string | undefined,
  to: string,
  changed: readonly Changed[],
): Promise<Conflict[]> {
  const blocked: Conflict[] = []
  const removed = new Set(changed.filter((change) => change.how === 'removed').map((change) => change.path))
  const seen: Seen = new Map()
  for (const { path, how } of changed) {
    const taken = how === 'added' ? await obstacle(git.root, path, seen) : undefined
    if (taken !== undefined && !removed.has(taken))
      blocked.push({
        path: taken,
        kind: 'in the way',
        reason: 'a file of yours that is not committed lies there: commit it or move it away',
      })
  }
  for (const { path, with: present } of await clashes(git, from, changed))
    blocked.push({
      path: present,
      kind: 'in the way',
      reason: `many systems see ${path}, which the design adds, and this as one, as they differ in case or accents only: rename yours`,
    })
  const trial = () => git.write(['read-tree', '-n', '-m', '-u', ...trees(from, to)], { accepted: [0, 128] })
  // git refuses by itself what would overwrite changes; which ones they are is asked only then.
  if (blocked.length === 0 && (await trial()).code === 0) return []
  if (from !== undefined) {
    const touched = new Set(changed.map((change) => change.path))
    for (const path of await uncommitted(git))
      if (touched.has(path))
        blocked.push({
          path,
          kind: 'in the way',
          reason: 'it has changes of yours that are not committed: commit them or set them aside',
        })
  }
  if (blocked.length > 0) return blocked
  // Files that were touched and not changed are in nobody's way; the index only has to be told.
  await git.write(['update-index', '-q', '--refresh'], { accepted: [0, 1] })
  const again = await trial()
  return again.code === 0 ? [] : [{ path: '.', reason: again.stderr.trim() }]
}

async function clashes(git: Git, from: string | undefined, changed: readonly Changed[]) {
  const of = (wanted: Changed['how']) => changed.filter(({ how }) => how === wanted).map(({ path }) => path)
  const added = of('added')
  if (from === undefined || added.length === 0) return []
  const removed = new Set(of('removed'))
  const present = (await git.ask('ls-tree', '-r', '-z', '--name-only', '--full-tree', from)).split('\0')
  return clashing(
    added,
    present.filter((path) => path !== '' && !removed.has(path)),
  )
}

/** What lies at a path, for the next paths that lead through it. */
type Seen = Map<string, 'a folder' | 'nothing'>

/** The first thing on the way to `path` that is not a folder: a file or link at it or above it; undefined where the way is free. */
export async function obstacle(root: string, path: string, seen: Seen = new Map()): Promise<string | undefined> {
  const names = path.split('/')
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join('/')
    const known = seen.get(part)
    if (known === 'nothing') return undefined
    if (known === 'a folder') continue
    const found = await lstat(join(root, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    // A folder may give way to a file when all that it holds goes with it; git checks that.
    if (found?.isDirectory() === false) return part
    seen.set(part, found === undefined ? 'nothing' : 'a folder')
    if (found === undefined) return undefined
  }
  return undefined
}

/** Applies the difference; where git stops half way (disk full, a folder that may not be written), the files go back to what they were. */
export async function checkOut(
  git: Git,
  from: string | undefined,
  to: string | undefined,
  changed: readonly Changed[],
): Promise<void> {
  try {
    await git.write(['read-tree', '-m', '-u', ...trees(from, to)])
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    await takeBack(git, changed).catch(() => {
      throw new NotRestored(
        `the files of ${git.root} could not be updated (${words}) and not be put back either; mend what stopped it, e.g. free some space, and run mlops-agents resume`,
      )
    })
    throw new WorkspaceError(`the files of ${git.root} could not be updated and were left as they were: ${words}`)
  }
}

/** The index still describes the old commit: what is not in it goes, what is in it comes back. Added files go first, to make room. */
async function takeBack(git: Git, changed: readonly Changed[]): Promise<void> {
  for (const { path, how } of changed) {
    // Nothing is ever removed through a link: what lies behind one is not ours.
    if (how !== 'added' || (await obstacle(git.root, path)) !== path) continue
    await rm(join(git.root, path), { force: true })
    await removeEmptyFolders(git.root, dirname(path))
  }
  const back = changed.filter((change) => change.how !== 'added').map((change) => `${change.path}\0`)
  if (back.length > 0) await git.write(['checkout-index', '--force', '-q', '-z', '--stdin'], { input: back.join('') })
}

export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let inner = folder; inner !== '.' && inner !== '/'; inner = dirname(inner)) {
    // Not empty, or gone already: both mean that there is nothing left to remove here.
    if (
      await rmdir(join(root, inner)).then(
        () => false,
        () => true,
      )
    )
      return
  }
}
