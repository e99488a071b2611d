// The product in one screen: take the workspace, record the spec, then for each phase its agents and for each agent its deliverables.
import { BudgetReached, DecisionNeeded, Interrupted, WorkspaceError } from '../errors.js'
import type { CheckResult } from '../types.js'
import { levelOf } from '../verify/levels.js'
import { deliverableWaves } from '../workflow/order.js'
import { confirm, unchangedOf } from './confirm.js'
import { spentBy } from './cost.js'
import { type Landed, landDeliverables, ownFiles, type Prepared, prepareDeliverable } from './deliverable.js'
import type { Engine, RunSubject } from './engine.js'
import type { DeliverableStatus, DeliverableSummary, Emit, RunStatus } from './events.js'
import { concerns, type Waits } from './gate.js'
import type { PlanItem } from './plan.js'
import { tailoringOf } from './tailor.js'
import { inWave, type SoFar } from './wave.js'

export interface RunResult {
  readonly status: RunStatus
  readonly workspace: string
  readonly deliverables: readonly DeliverableSummary[]
  readonly results: readonly CheckResult[]
  /** What a person has to decide before a run can go on. */
  readonly waits?: Waits
}

/** Runs the plan in workflow order; what is unchanged is left alone. Throws Interrupted between two deliverables, never within one. */
export async function run(subject: RunSubject): Promise<RunResult> {
  const { engine, workspace, options, maturity } = subject
  await engine.begin({ type: 'run-start', workspace, maturity, options })
  const made: Ended[] = []
  const accepted = new Map(subject.accepted)
  const landed = unchangedOf({ now: subject, accepted })
  const soFar: SoFar = { accepted, outputs: new Map(), landed, now: subject }
  try {
    await engine.recordSpec()
    for (const phase of subject.definitions.loaded.workflow.phases) {
      engine.emit({ type: 'phase-start', phase: phase.id, title: phase.title })
      for (const { agent } of phase.agents) made.push(...(await runAgent(phase.id, agent, soFar)))
      engine.emit({ type: 'phase-end', phase: phase.id })
      const waits = concerns(phase, soFar.now, engine.gates) ? await engine.waitsFor(phase) : undefined
      if (waits !== undefined) return stopAt(waits, soFar.now, made)
    }
    const merged = engine.finishMerge()
    const own = made.flatMap((one) => one.results)
    const [results] = await Promise.all([engine.checkPlatform(own, merged), merged])
    stopWhereAsked(subject)
    return finish(soFar.now, made, results)
  } catch (thrown) {
    // Ctrl-C in a terminal reaches the git that was being asked too; what it then says is not the reason.
    const told = [Interrupted, WorkspaceError].some((kind) => thrown instanceof kind) || thrown === engine.signal.reason
    const lost = await engine.keep().catch((error: unknown) => error)
    const error = engine.signal.aborted && told ? (lost ?? interrupted(workspace)) : thrown
    engine.emit({
      type: 'run-end',
      status: statusOf(error),
      workspace,
      deliverables: made.map(({ summary }) => summary),
    })
    throw error
  }
}

function statusOf(error: unknown): RunStatus {
  if (error instanceof Interrupted) return 'interrupted'
  if (error instanceof BudgetReached) return 'over budget'
  return error instanceof DecisionNeeded ? 'waiting' : 'failed'
}

const interrupted = (workspace: string): Interrupted =>
  new Interrupted(`interrupted; what was finished is kept: go on with mlops-agents resume --workspace ${workspace}`)

function stopWhereAsked({ engine, workspace }: RunSubject): void {
  if (engine.signal.aborted) throw interrupted(workspace)
}

interface Ended {
  readonly summary: DeliverableSummary
  readonly results: readonly CheckResult[]
}

/** Deliverables are prepared side by side as far as their reads allow, and land in workflow order. */
async function runAgent(phase: string, agent: string, soFar: SoFar): Promise<Ended[]> {
  const { engine } = soFar.now
  const own = (): PlanItem[] => soFar.now.items.filter(({ placed }) => placed.agent.agent === agent)
  const placed = own().map((item) => item.placed)
  engine.emit({ type: 'agent-start', phase, agent, deliverables: placed.map(({ deliverable }) => deliverable.id) })
  const began = engine.clock()
  const ended: Ended[] = []
  let waiting: Prepared[] = []
  const land = async (): Promise<void> => {
    const landed = waiting.length === 0 ? [] : await landDeliverables(waiting, soFar.now)
    for (const one of landed) soFar.landed.set(idOf(one.item), one)
    ended.push(...landed.map(endedOf))
    waiting = []
  }
  for (const wave of deliverableWaves(placed)) {
    stopWhereAsked(soFar.now)
    const ids = wave.map(({ deliverable }) => deliverable.id)
    const toMake = own()
      .filter((item) => item.kind === 'make')
      .filter((item) => ids.includes(idOf(item)))
    const { platform } = soFar.now
    const { prepared, waiting: undecided, stopped } = await inWave(toMake, soFar, prepareDeliverable)
    waiting.push(...prepared)
    if (soFar.now.platform !== platform) await engine.recordSpec()
    ended.push(...undecided.map((one) => waitingFor(one, engine)))
    // What was paid for lands at once.
    if (engine.agents !== undefined) await land()
    if (soFar.now.platform !== platform) await confirm(soFar)
    if (stopped !== undefined) throw stopped
  }
  await land()
  const made = new Set(ended.map(({ summary }) => summary.id))
  const others = own().filter((item) => !made.has(idOf(item)))
  await removeDeliverables(others, engine)
  for (const item of others.map((one) => afterRemoval(one, soFar.now.maturity))) {
    if (item.kind !== 'make') ended.push({ summary: untouched(item, engine), results: await recheck(item, soFar.now) })
  }
  const spent = engine.agents && spentBy(agent, engine.agents.spent())
  const seconds = (engine.clock() - began) / 1000
  engine.emit({ type: 'agent-end', phase, agent, seconds, ...(spent === undefined ? {} : { spent }) })
  const order = placed.map(({ deliverable }) => deliverable.id)
  return ended.sort((one, other) => order.indexOf(one.summary.id) - order.indexOf(other.summary.id))
}

const idOf = ({ placed }: PlanItem): string => placed.deliverable.id

function endedOf({ item, files, level, status, results }: Landed): Ended {
  const { id } = item.placed.deliverable
  return { summary: { id, status, level, files: ownFiles(files, id).length }, results }
}

/** Stays as it was made before; nothing of it is recorded but why. */
function waitingFor({ item, files, results, tailored }: Prepared, { emit }: Engine): Ended {
  const { id } = item.placed.deliverable
  if (tailored !== undefined) emit({ type: 'tailor-end', ...tailoringOf(item, tailored) })
  const summary = {
    id,
    status: 'waiting',
    level: levelOf(id, results, files).level,
    files: ownFiles(files, id).length,
  } as const
  const { id: _, ...rest } = summary
  emit({ type: 'deliverable-end', deliverable: id, ...rest, unchanged: true })
  return { summary, results }
}

/** Unchanged files are checked again, because what the run reports is about the whole platform. */
async function recheck(item: PlanItem, { engine, accepted }: RunSubject): Promise<readonly CheckResult[]> {
  if (item.kind !== 'unchanged') return []
  const { files, patched } = item.baseline
  return engine.check(accepted?.get(item.placed.deliverable.id)?.files ?? [...files, ...patched])
}

/** Takes away what the platform no longer has. */
async function removeDeliverables(items: readonly PlanItem[], engine: Engine): Promise<void> {
  const gone = items.filter((item) => item.kind === 'remove')
  if (gone.length === 0) return
  engine.commit(gone.map((item) => ({ item, files: [], level: 'none' })))
  await engine.merge()
}

/** What was taken away is absent from then on. */
function afterRemoval(item: PlanItem, maturity: number): PlanItem {
  if (item.kind !== 'remove') return item
  const { placed } = item
  return { ...item, kind: placed.deliverable.maturity > maturity ? 'not at this maturity' : 'not applicable' }
}

/** The line of a deliverable that needed nothing, or that there is nothing of. */
function untouched(item: PlanItem, { emit }: Pick<Engine, 'emit'>): DeliverableSummary {
  const { id, ...summary } = summaryOf(item)
  emit({ type: 'deliverable-end', deliverable: id, ...summary, unchanged: item.kind === 'unchanged' })
  return { id, ...summary }
}

function summaryOf(item: PlanItem): DeliverableSummary {
  const kept = item.kind === 'unchanged' ? item : undefined
  return {
    id: item.placed.deliverable.id,
    status: kept ? 'done' : absence(item),
    level: item.kind === 'left' ? item.level : (kept?.level ?? 'none'),
    files: kept?.baseline.files.length ?? 0,
  }
}

/** A person decides first; what comes after the phase is still to be made, and the platform as a whole to be checked. */
function stopAt(waits: Waits, subject: RunSubject, made: readonly Ended[]): RunResult {
  const { engine, items, workspace } = subject
  const seen = new Set(made.map(({ summary }) => summary.id))
  const rest = items.filter(({ placed }) => !seen.has(placed.deliverable.id)).map(summaryOf)
  const deliverables = [...made.map(({ summary }) => summary), ...rest]
  engine.emit({ type: 'gate-wait', ...waits })
  engine.emit({ type: 'run-end', status: 'waiting', workspace, deliverables })
  return { status: 'waiting', workspace, deliverables, results: made.flatMap(({ results }) => results), waits }
}

function absence(item: PlanItem): DeliverableStatus {
  if (item.kind === 'left') return item.attempt === 0 ? 'pending' : 'stale'
  if (item.kind === 'make' || item.kind === 'remove') return item.attempt === 1 ? 'pending' : 'stale'
  return item.kind === 'not built' || item.kind === 'not applicable' ? item.kind : 'not at this maturity'
}

/** The result of a run that has nothing to do: every deliverable as it stands, and nothing written. */
export function reportUnchanged(subject: Omit<RunSubject, 'engine'>, emit: Emit): RunResult {
  const { workspace, options, maturity, items } = subject
  emit({ type: 'run-start', workspace, maturity, options })
  const deliverables = items.map((item) => untouched(item, { emit }))
  emit({ type: 'run-end', status: 'done', workspace, deliverables })
  return { status: 'done', workspace, deliverables, results: [] }
}

function finish(subject: RunSubject, made: readonly Ended[], results: readonly CheckResult[]): RunResult {
  const deliverables = made.map(({ summary }) => judged(summary, subject, results))
  const loose = results.some((result) => result.status === 'fail' && result.deliverable === undefined)
  const failed = loose || deliverables.some((deliverable) => deliverable.status === 'failed')
  const undecided = deliverables.some((deliverable) => deliverable.status === 'waiting')
  const status = failed ? 'failed' : undecided ? 'waiting' : 'done'
  subject.engine.emit({ type: 'run-end', status, workspace: subject.workspace, deliverables })
  return { status, workspace: subject.workspace, deliverables, results }
}

/** Checks of the whole platform can raise or lower what a deliverable reached by itself. */
function judged(summary: DeliverableSummary, subject: RunSubject, results: readonly CheckResult[]): DeliverableSummary {
  if (summary.status !== 'done' && summary.status !== 'failed') return summary
  const baseline = subject.baselines.get(summary.id)
  if (baseline === undefined || !results.some((result) => result.deliverable === summary.id)) return summary
  const { level, failed } = levelOf(summary.id, results, baseline.files)
  return { ...summary, level, status: failed.length > 0 ? 'failed' : 'done' }
}
