// The files that a person decides on: those of some deliverables as they stand at a commit of the person's own branch.
import { attempts, latest, treeOf } from './generated.js'
import type { Git } from './git.js'
import type { Attempt } from './trailers.js'
import { type Entry, parseTree, type Tree, treeId } from './tree.js'

export interface Reviewed {
  readonly commit: string
  /** Git's id for a tree with exactly these files. */
  readonly tree: string
  readonly files: Tree
  /** Number of the attempt that each deliverable's files came from. */
  readonly seen: Readonly<Record<string, number>>
}

export type Look = (deliverables: readonly string[]) => Promise<Reviewed>

/** Opens a commit for looking at it; of the generated branch only what was merged into that commit counts. `met` names it where it is known. */
export async function lookAt(
  git: Git,
  commit: string,
  generated: string,
  met?: ReadonlyMap<string, Attempt>,
): Promise<Look> {
  const [tree, made] = await Promise.all([treeOf(git, commit), met ?? merged(git, commit, generated)])
  return async (deliverables) => {
    const files = new Map<string, Entry>()
    const seen: Record<string, number> = {}
    for (const id of deliverables) {
      const newest = made.get(id)
      if (newest === undefined) continue
      seen[id] = newest.attempt
      for (const path of [...newest.files, ...newest.patched]) {
        const entry = tree.get(path)
        if (entry !== undefined) files.set(path, entry)
      }
    }
    for (const [path, entry] of await unpatched(git, commit, generated, tree, made, deliverables))
      if (files.has(path)) files.set(path, entry)
    return { commit, tree: treeId(files, commit.length === 64 ? 'sha256' : 'sha1'), files, seen }
  }
}

async function merged(git: Git, commit: string, generated: string): Promise<ReadonlyMap<string, Attempt>> {
  const met = (await git.ask('merge-base', commit, generated).catch(() => '')).trim()
  return met === '' ? new Map() : latest(await attempts(git, { ref: '', commit: met }))
}

/**
 * What others of the workflow patched on top later is theirs to be decided on: of such a file that no person has edited, the version of
 * its owner counts, so that a decision on the owner's work does not lapse by the work that follows.
 */
async function unpatched(
  git: Git,
  commit: string,
  generated: string,
  tree: Tree,
  made: ReadonlyMap<string, Attempt>,
  deliverables: readonly string[],
): Promise<Map<string, Entry>> {
  const others = [...made.values()].filter(({ deliverable }) => !deliverables.includes(deliverable))
  const owners = deliverables.flatMap((id) => made.get(id) ?? [])
  const found = new Map<string, Entry>()
  for (const path of new Set(others.flatMap(({ patched }) => patched))) {
    const owner = owners.find(({ files }) => files.includes(path))
    if (owner === undefined) continue
    const at = async (name: string) =>
      parseTree(await git.ask('ls-tree', '-z', '--full-tree', name, '--', path)).get(path)
    const met = (await git.ask('merge-base', commit, generated)).trim()
    const [offered, own] = await Promise.all([at(met), at(owner.commit)])
    if (own !== undefined && offered?.id === tree.get(path)?.id) found.set(path, own)
  }
  return found
}

export interface Difference {
  readonly path: string
  readonly how: 'added' | 'changed' | 'removed'
}

/** What differs, by path. */
export function differences(before: Tree, after: Tree): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path): Difference[] => {
    const [past, present] = [before.get(path), after.get(path)]
    if (past?.id === present?.id && past?.mode === present?.mode) return []
    return [{ path, how: past === undefined ? 'added' : present === undefined ? 'removed' : 'changed' }]
  })
}
