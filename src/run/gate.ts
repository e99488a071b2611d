// Where a run waits for a person: after a phase, until its files are approved as they are.
import type { PhaseEntry } from '../workflow/order.js'
import { generatedBranch, history } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import type { ContextSubject } from './context.js'
import type { PlanItem } from './plan.js'
import { idsOf, isCurrent, lookAtHead, newestReview } from './reviews.js'

/** What a run waits for. */
export interface Waits {
  readonly phase: string
  readonly title: string
  /** Id of the tree with exactly the files that are to be decided on. */
  readonly tree: string
  readonly files: number
}

export interface Gates {
  /** Ids of the phases after which runs wait. */
  readonly phases: ReadonlySet<string>
  /** The run before this one did not end well, so that it may have waited here. */
  readonly unfinished: boolean
  /** Asks a person who is there; true where they approved. */
  readonly decide?: (waits: Waits) => Promise<boolean>
}

/** A gate is of no account where nothing of the phase, or of those after it, was to be made. */
export function concerns(
  phase: PhaseEntry,
  { items, definitions }: Pick<ContextSubject, 'definitions'> & { readonly items: readonly PlanItem[] },
  { phases, unfinished }: Gates,
): boolean {
  if (!phases.has(phase.id)) return false
  const order = definitions.loaded.workflow.phases.map(({ id }) => id)
  const from = order.indexOf(phase.id)
  const toMake = items.filter(({ kind }) => kind === 'make' || kind === 'remove')
  return unfinished || toMake.some(({ placed }) => order.indexOf(placed.phase.id) >= from)
}

/** Undefined where the run may go on. The user's branch has got everything that was made by then. */
export async function waitsFor(phase: PhaseEntry, git: Git, { decide }: Gates): Promise<Waits | undefined> {
  for (;;) {
    const branch = await generatedBranch(git)
    if (branch === undefined) return undefined
    const now = await (await lookAtHead(git, branch.commit))(idsOf(phase))
    if (now.files.size === 0) return undefined
    const newest = newestReview((await history(git, branch)).reviews, phase.id)
    if (newest?.decision === 'approved' && isCurrent(newest, now)) return undefined
    const waits = { phase: phase.id, title: phase.title, tree: now.tree, files: now.files.size }
    // Approved or not is read again: the files may have changed while the person thought about them.
    if (decide === undefined || !(await decide(waits))) return waits
  }
}
