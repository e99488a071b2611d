// Where each phase stands with the people who decide on it: what they said last, and whether it is still about the files as they are.
import { UsageError } from '../errors.js'
import { nearest } from '../workflow/distance.js'
import type { PhaseEntry } from '../workflow/order.js'
import type { Workflow } from '../workflow/schema.js'
import type { Git } from '../workspace/git.js'
import { type Look, lookAt, type Reviewed } from '../workspace/reviewed.js'
import type { Review } from '../workspace/reviews.js'
import { readHistory } from './history.js'
import type { PlanItem } from './plan.js'
import { again } from './select.js'
import type { WorkspaceState } from './workspace.js'

export interface PhaseReview {
  /** A run stops after this phase until it is approved. */
  readonly gate: boolean
  /** The newest decision. */
  readonly decision?: Review
  /** The files are those that the decision is about. */
  readonly current: boolean
}

export const idsOf = (phase: PhaseEntry): string[] =>
  phase.agents.flatMap((agent) => agent.deliverables.map(({ id }) => id))

/** @throws UsageError with the phase that was most likely meant */
export function phaseNamed(name: string, { phases }: Workflow): PhaseEntry {
  const phase = phases.find(({ id }) => id === name)
  if (phase !== undefined) return phase
  const holds = phases.find((one) => idsOf(one).includes(name) || one.agents.some(({ agent }) => agent === name))
  const meant =
    holds?.id ??
    nearest(
      name,
      phases.map(({ id }) => id),
    )
  const advice = meant === undefined ? `there are ${phases.map(({ id }) => id).join(', ')}` : `did you mean ${meant}?`
  const what =
    holds === undefined
      ? `there is no phase "${name}"`
      : `decisions are about phases, and ${name} is a part of ${holds.id}`
  throw new UsageError(`${what}; ${advice}`)
}

export const newestReview = (reviews: readonly Review[], phase: string): Review | undefined =>
  reviews.findLast((review) => review.phase === phase)

/** Phases after which a run waits: those that the workflow names, and those that an unfinished run was asked to wait after. */
export async function gatesOf(
  workflow: Workflow,
  state: Pick<WorkspaceState, 'root' | 'unfinished'>,
): Promise<Set<string>> {
  const gates = new Set(workflow.phases.filter(({ gate }) => gate).map(({ id }) => id))
  if (!state.unfinished) return gates
  for (const phase of (await readHistory(state.root)).last?.intent?.pause ?? []) gates.add(phase)
  return gates
}

/** The files of a phase as the person's branch has them. */
export async function lookAtHead(git: Git, generated: string, state?: WorkspaceState): Promise<Look> {
  const head = (await git.ask('rev-parse', 'HEAD')).trim()
  return lookAt(git, head, generated, state?.unmerged === 0 ? state.latest : undefined)
}

/** By phase; asks git only where somebody decided or is to decide. */
export async function phaseReviews(
  workflow: Workflow,
  state: WorkspaceState,
  git: () => Git,
): Promise<Map<string, PhaseReview>> {
  const gates = await gatesOf(workflow, state)
  const found = new Map<string, PhaseReview>()
  let look: Promise<Look> | undefined
  for (const phase of workflow.phases) {
    const gate = gates.has(phase.id)
    const decision = newestReview(state.reviews, phase.id)
    if (decision === undefined || state.generated === undefined) {
      found.set(phase.id, { gate, current: false })
      continue
    }
    look ??= lookAtHead(git(), state.generated, state)
    found.set(phase.id, { gate, decision, current: isCurrent(decision, await (await look)(idsOf(phase))) })
  }
  return found
}

/** A run stops here until somebody approves the files as they are. */
export const waits = (review: PhaseReview | undefined): boolean =>
  review?.gate === true && !(review.current && review.decision?.decision === 'approved')

export const isCurrent = (decision: Review, { tree }: Reviewed): boolean => decision.tree === tree

/** What a person asked to be made differently is to be made again, until there is a newer attempt or another decision. */
export function revised(items: readonly PlanItem[], workflow: Workflow, reviews: readonly Review[]): PlanItem[] {
  const asked = new Map(
    workflow.phases.flatMap((phase) => {
      const review = newestReview(reviews, phase.id)
      return review?.decision === 'revise' ? idsOf(phase).map((id): [string, Review] => [id, review]) : []
    }),
  )
  return items.map((item) => {
    const review = asked.get(item.placed.deliverable.id)
    const made = item.kind === 'unchanged' ? item.attempt : item.kind === 'make' ? item.attempt - 1 : undefined
    if (review?.note === undefined || made === undefined) return item
    if (made > (review.seen[item.placed.deliverable.id] ?? 0)) return item
    return again(item, `${review.phase} is to be revised: ${review.note}`, review.note)
  })
}
