// The state of a workspace as a document: statuses of agents and phases are folds over their deliverables'.
import { z } from 'zod'
import { decisionSchema } from '../review/decision.js'
import { LEVELS } from '../types.js'
import type { Workflow } from '../workflow/schema.js'
import type { PlanItem } from './plan.js'
import { type PhaseReview, waits } from './reviews.js'

const statusSchema = z.enum([
  'pending',
  'running',
  'waiting',
  'done',
  'failed',
  'stale',
  'not built',
  'not at this maturity',
  'not applicable',
])
type Status = z.infer<typeof statusSchema>

const deliverableSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  status: statusSchema,
  level: z.enum([...LEVELS, 'none']),
  attempt: z.number().int().nonnegative(),
  /** Inputs that changed since the last attempt, for a stale one; for one that is left out, why. */
  reasons: z.array(z.string()),
  files: z.array(z.string()),
})

/** The document of `status --json`. */
export const statusDocumentSchema = z.strictObject({
  workspace: z.string(),
  project: z.string(),
  maturity: z.number().int(),
  options: z.record(z.string(), z.string()),
  /** Attempts of the generated branch that the branch of the user has not got, because of a conflict or a run that was cut off. */
  unmerged: z.number().int().nonnegative(),
  /** Uncommitted changes of the user are set aside by a run that is at work, or was killed. */
  set_aside: z.boolean(),
  phases: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      status: statusSchema,
      /** Runs wait after this phase until it is approved. */
      gate: z.boolean(),
      /** The newest decision of a person. */
      review: decisionSchema.nullable(),
      agents: z.array(
        z.strictObject({ id: z.string(), status: statusSchema, deliverables: z.array(deliverableSchema) }),
      ),
    }),
  ),
})
export type StatusDocument = z.infer<typeof statusDocumentSchema>
type DeliverableState = z.infer<typeof deliverableSchema>

export interface StatusSubject {
  readonly workspace: string
  readonly project: string
  readonly maturity: number
  readonly options: Readonly<Record<string, string>>
  readonly unmerged: number
  readonly setAside?: boolean
  readonly workflow: Workflow
  readonly items: readonly PlanItem[]
  /** What people decided, by phase; absent where nobody did. */
  readonly reviews?: ReadonlyMap<string, PhaseReview>
  /** Paths of the latest attempt, by deliverable. */
  readonly files: ReadonlyMap<string, readonly string[]>
}

export function statusDocument(subject: StatusSubject): StatusDocument {
  const { workspace, project, maturity, options, unmerged, workflow, items, reviews, files, setAside = false } = subject
  return {
    workspace,
    project,
    maturity,
    options: { ...options },
    unmerged,
    set_aside: setAside,
    phases: workflow.phases.map((phase) => {
      const agents = phase.agents.map(({ agent }) => {
        const deliverables = items
          .filter(({ placed }) => placed.agent.agent === agent)
          .map((item) => stateOf(item, files))
        return { id: agent, status: fold(deliverables.map(({ status }) => status)), deliverables }
      })
      const review = reviews?.get(phase.id)
      const own = agents.map(({ status }) => status)
      return {
        id: phase.id,
        title: phase.title,
        status: fold(waits(review) && own.some((status) => MADE.has(status)) ? [...own, 'waiting'] : own),
        gate: review?.gate ?? phase.gate,
        review: reviewOf(review),
        agents,
      }
    }),
  }
}

/** Something of the phase is there to decide on. */
const MADE: ReadonlySet<Status> = new Set(['done', 'stale', 'failed'])

function reviewOf(review: PhaseReview | undefined): z.infer<typeof decisionSchema> | null {
  if (review?.decision === undefined) return null
  const { decision, by, at, tree, note = null } = review.decision
  return { decision, by, at, tree, note, current: review.current }
}

function stateOf(item: PlanItem, files: ReadonlyMap<string, readonly string[]>): DeliverableState {
  const { id, title } = item.placed.deliverable
  const base = { id, title, level: 'none' as const, attempt: 0, reasons: [], files: [...(files.get(id) ?? [])] }
  switch (item.kind) {
    case 'not built':
      return { ...base, status: item.kind, files: [] }
    case 'not at this maturity':
    case 'not applicable':
      return { ...base, status: item.kind, reasons: [...item.reasons], files: [] }
    case 'unchanged':
      return { ...base, status: 'done', level: item.level, attempt: item.attempt }
    case 'make':
      return item.attempt === 1
        ? { ...base, status: 'pending' }
        : { ...base, status: 'stale', attempt: item.attempt - 1, reasons: [...item.reasons] }
    case 'left':
      return {
        ...base,
        status: item.attempt === 0 ? 'pending' : 'stale',
        attempt: item.attempt,
        level: item.level,
        reasons: [...item.reasons],
      }
    case 'remove':
      return { ...base, status: 'stale', attempt: item.attempt - 1, reasons: [...item.reasons] }
  }
}

/** Worst first; what is absent at this maturity or not built does not hold its agent back. */
const WORST: readonly Status[] = ['failed', 'waiting', 'running', 'stale', 'pending', 'done']

function fold(statuses: readonly Status[]): Status {
  return WORST.find((status) => statuses.includes(status)) ?? statuses[0] ?? 'done'
}
