// The product in one screen: for each phase its agents, for each agent its deliverables, then what only the whole can show.
import PQueue from 'p-queue'
import { Interrupted } from '../errors.js'
import type { CheckResult, EmittedFile, Level } from '../types.js'
import { deliverableWaves } from '../workflow/order.js'
import type { ContextSubject } from './context.js'
import { landDeliverable, type Prepared, prepareDeliverable } from './deliverable.js'
import type { DeliverableSummary, Emit, RunStatus } from './events.js'
import type { PlanItem } from './plan.js'

/** What the engine is given; every outside thing comes in here, so that tests use real ones of their own. */
export interface Engine {
  readonly emit: Emit
  readonly clock: () => number
  readonly signal: AbortSignal
  readonly record: { putBlob(text: string): Promise<string> }
  /** Checks the files of one deliverable by themselves. */
  readonly check: (files: readonly EmittedFile[]) => Promise<CheckResult[]>
  /** Records one attempt on the generated branch and gives the commit's id. */
  readonly commit: (attempt: {
    readonly item: PlanItem
    readonly files: readonly EmittedFile[]
    readonly level: Level | 'none'
  }) => Promise<string>
  /** Brings the generated branch into the user's. */
  readonly merge: () => Promise<void>
}

export interface RunSubject extends ContextSubject {
  readonly engine: Engine
  readonly workspace: string
  readonly items: readonly PlanItem[]
}

export interface RunResult {
  readonly status: RunStatus
  readonly deliverables: readonly DeliverableSummary[]
  readonly results: readonly CheckResult[]
}

interface Ended {
  readonly summary: DeliverableSummary
  readonly results: readonly CheckResult[]
}

/** More than this only makes the in-process checks compete for one thread. */
const SIDE_BY_SIDE = 4

/** Runs the plan in workflow order; what is unchanged is left alone. Throws Interrupted between two deliverables, never within one. */
export async function runPlan(subject: RunSubject): Promise<RunResult> {
  const { emit, clock } = subject.engine
  const done: DeliverableSummary[] = []
  const results: CheckResult[] = []
  for (const { id, title, agents } of subject.definitions.loaded.workflow.phases) {
    emit({ type: 'phase-start', phase: id, title })
    for (const { agent } of agents) {
      const mine = subject.items.filter(({ placed }) => placed.agent.agent === agent)
      emit({ type: 'agent-start', phase: id, agent, deliverables: mine.map(({ placed }) => placed.deliverable.id) })
      const began = clock()
      for (const { summary, results: own } of await runAgent(mine, subject)) {
        done.push(summary)
        results.push(...own)
      }
      emit({ type: 'agent-end', phase: id, agent, seconds: (clock() - began) / 1000 })
    }
    emit({ type: 'phase-end', phase: id })
  }
  const status = done.some((deliverable) => deliverable.status === 'failed') ? 'failed' : 'done'
  return { status, deliverables: done, results }
}

/** Deliverables are prepared side by side as far as their reads allow, and land one after the other, in workflow order. */
async function runAgent(items: readonly PlanItem[], subject: RunSubject): Promise<Ended[]> {
  const ended: Ended[] = []
  for (const wave of deliverableWaves(items.map(({ placed }) => placed))) {
    const inWave = items.filter(({ placed }) => wave.includes(placed))
    const queue = new PQueue({ concurrency: SIDE_BY_SIDE })
    const prepared = await Promise.all(inWave.map((item) => queue.add(() => prepare(item, subject))))
    for (const [at, item] of inWave.entries()) ended.push(await land(item, prepared[at], subject))
  }
  return ended
}

async function prepare(item: PlanItem, subject: RunSubject): Promise<Prepared | undefined> {
  if (subject.engine.signal.aborted) throw new Interrupted()
  return item.kind === 'make' ? prepareDeliverable(item, subject) : undefined
}

async function land(item: PlanItem, prepared: Prepared | undefined, subject: RunSubject): Promise<Ended> {
  const { engine } = subject
  if (engine.signal.aborted) throw new Interrupted()
  if (prepared) return { summary: await landDeliverable(prepared, subject), results: prepared.results }
  if (item.kind === 'remove') {
    const commit = await engine.commit({ item, files: [], level: 'none' })
    engine.emit({ type: 'commit', deliverable: item.placed.deliverable.id, commit })
    await engine.merge()
  }
  return { summary: unchanged(item, engine), results: [] }
}

function unchanged(item: PlanItem, { emit }: Engine): DeliverableSummary {
  const { id } = item.placed.deliverable
  const kept = item.kind === 'unchanged' ? item : undefined
  const absent = item.kind === 'not built' ? 'not built' : 'not at this maturity'
  const summary = {
    status: kept ? 'done' : absent,
    level: kept?.level ?? 'none',
    files: kept?.baseline.files.length ?? 0,
  } as const
  emit({ type: 'deliverable-end', deliverable: id, ...summary, unchanged: kept !== undefined })
  return { id, ...summary }
}
