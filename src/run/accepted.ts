// What was accepted of deliverables that an agent tailored: prompts and checks see it in the baseline's place.

import type { Amendment } from '../spec/amend.js'
import type { EmittedFile } from '../types.js'
import { filesAt, type StoredText, treeOf } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import type { Attempt } from '../workspace/trailers.js'
import type { PlanItem } from './plan.js'
import type { WorkspaceState } from './workspace.js'

export interface Accepted {
  /** Own files first, then those of other owners that were changed. */
  readonly files: readonly EmittedFile[]
  readonly summary: string
  readonly decisions: readonly string[]
  /** What changed in the contract with it. */
  readonly amendments: readonly Amendment[]
}

/** The last attempt of a deliverable that an agent tailored. */
export interface Earlier extends Omit<Accepted, 'files'> {
  readonly baseline: readonly StoredText[]
  readonly accepted: readonly StoredText[]
}

/**
 * Of what stays as an earlier run has made it, by id of the deliverable; asks git only where an agent has tailored something. With
 * `stale` also of what would be made anew: for those who look at a workspace as it stands.
 */
export async function readAccepted(
  items: readonly PlanItem[],
  state: WorkspaceState,
  git: () => Git,
  { stale = false } = {},
): Promise<Map<string, Accepted>> {
  const owners = new Map(
    [...state.latest].flatMap(([id, { files }]) => files.map((file): [string, string] => [file, id])),
  )
  const found = new Map<string, Accepted>()
  for (const item of items) {
    const { id } = item.placed.deliverable
    const attempt = state.latest.get(id)
    const stays = item.kind === 'unchanged' || (stale && item.kind === 'make')
    if (!stays || attempt?.tailored === undefined || state.generated === undefined) continue
    const before = new Map([...item.baseline.files, ...item.baseline.patched].map((file) => [file.path, file]))
    const stored = await filesAt(git(), state.generated, [...attempt.files, ...attempt.patched])
    const files = stored.map(({ path, mode, content }): EmittedFile => {
      const like = before.get(path)
      return like === undefined ? newFile(path, content, owners.get(path) ?? id, mode) : { ...like, mode, content }
    })
    const { summary, decisions, amendments = [] } = attempt.tailored
    found.set(id, { files, summary, decisions, amendments })
  }
  return found
}

/** Baseline and accepted files of an attempt that an agent tailored, as they were then. */
export async function earlierOf(git: Git, attempt: Attempt | undefined): Promise<Earlier | undefined> {
  if (attempt?.tailored === undefined) return undefined
  const { tailored, restores } = attempt
  const commit = restores ?? attempt.commit
  const beside = `${commit}^2`
  const [now, untailored] = await Promise.all([treeOf(git, commit), treeOf(git, beside)])
  const paths = [...attempt.files, ...attempt.patched]
  const gone = [...untailored.keys()].filter((path) => !now.has(path))
  const [accepted, baseline] = await Promise.all([
    filesAt(git, commit, paths),
    filesAt(git, beside, [...paths, ...gone]),
  ])
  const { summary, decisions, amendments = [] } = tailored
  return { accepted, baseline, summary, decisions, amendments }
}

/** A file that no blueprint emits. */
export function newFile(
  path: string,
  content: string,
  deliverable: string,
  mode: EmittedFile['mode'] = content.startsWith('#!') ? '100755' : '100644',
): EmittedFile {
  return { path, content, mode, deliverable, components: [], documentation: path.endsWith('.md') }
}
