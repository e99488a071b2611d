// Gathers from git what a person is to decide on: the files of a phase, what of them is new since the last approval, and what they hold.
import { UsageError } from '../errors.js'
import type { PhaseEntry } from '../workflow/order.js'
import { filesAt, type StoredText } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import { differences, lookAt, type Reviewed } from '../workspace/reviewed.js'
import { treeId } from '../workspace/tree.js'
import { type FileChange, readPatch } from './changes.js'
import { idsOf, lookAtHead } from './reviews.js'
import type { WorkspaceState } from './workspace.js'

export interface Looked {
  readonly now: Reviewed
  /** Absent where it was never approved, or all of it was asked for. */
  readonly since?: Reviewed
  readonly changes: readonly FileChange[]
}

/** @throws UsageError where nothing was made in the phase yet */
export async function lookAtPhase(git: Git, state: WorkspaceState, phase: PhaseEntry, whole: boolean): Promise<Looked> {
  const generated = state.generated ?? ''
  const ids = idsOf(phase)
  const now = await (await lookAtHead(git, generated))(ids)
  if (now.files.size === 0)
    throw new UsageError(
      `nothing was made in ${phase.id} (${phase.title}) yet, so there is nothing to look at; mlops-agents resume, or design, makes it`,
    )
  const approved = state.reviews.findLast((review) => review.phase === phase.id && review.decision === 'approved')
  // In a clone the commit that was approved may be missing: somebody's branch that was never pushed.
  const since =
    whole || approved === undefined
      ? undefined
      : await lookAt(git, approved.head, generated)
          .then((look) => look(ids))
          .catch(() => undefined)
  const paths = differences(since?.files ?? new Map(), now.files).map(({ path }) => path)
  return {
    now,
    changes: await changed(git, since?.commit, now.commit, paths),
    ...(since === undefined ? {} : { since }),
  }
}

async function changed(
  git: Git,
  from: string | undefined,
  to: string,
  paths: readonly string[],
): Promise<FileChange[]> {
  if (paths.length === 0) return []
  const empty = treeId(new Map(), to.length === 64 ? 'sha256' : 'sha1')
  const form = [
    '--patch',
    '--no-renames',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--src-prefix=a/',
    '--dst-prefix=b/',
  ]
  return readPatch(await git.ask('diff', ...form, from ?? empty, to, '--', ...paths.map((path) => `:(literal)${path}`)))
}

/** Texts of the phase's files as the person's branch has them. */
export const textsOf = (git: Git, { commit, files }: Reviewed): Promise<StoredText[]> =>
  filesAt(git, commit, [...files.keys()])
