// Deliverables that do not read each other are prepared side by side. What agents make of them is seen by later ones only when all
// of a wave are done, so that nothing depends on which of them is faster.
import PQueue from 'p-queue'
import type { Model } from '../provider/turn.js'
import type { CheckResult } from '../types.js'
import type { Accepted } from './accepted.js'
import { amending, onto, renewed } from './amended.js'
import type { Prepared } from './deliverable.js'
import type { Agents, Engine, NewCommit, RunSubject } from './engine.js'
import { changedIn, filesOf, NO_MODEL, outputHash, readingOutputs, type ToMake, withInputs } from './plan.js'
import type { Platform } from './platform.js'
import type { Surroundings, Tailored } from './tailor.js'

/** More than this only makes the in-process checks compete for one thread. */
const SIDE_BY_SIDE = 4

/** What this run has made so far, for those who read it. */
export interface SoFar {
  readonly accepted: Map<string, Accepted>
  readonly outputs: Map<string, string>
  /** What stands of each deliverable, as it was committed last. */
  readonly landed: Map<string, NewCommit>
  /** The run as it stands: another platform and another plan where an agent has amended the contract. */
  now: RunSubject
}

export interface Wave {
  readonly prepared: readonly Prepared[]
  /** Stay as an earlier attempt left them, until a person decides. */
  readonly waiting: readonly Prepared[]
  /** Why those of the wave that are missing could not be prepared, and the run cannot go on. */
  readonly stopped?: unknown
}

/** Prepares one deliverable; with agents where a model is configured. */
export type Prepare = (item: ToMake, subject: RunSubject, around?: Surroundings) => Promise<Prepared>

export async function inWave(items: readonly ToMake[], soFar: SoFar, prepare: Prepare): Promise<Wave> {
  const { engine } = soFar.now
  const ready = items.map((item) => readingOutputs(item, soFar.outputs))
  const seeing = { ...soFar.now, accepted: soFar.accepted }
  const asked =
    engine.agents === undefined
      ? await sideBySide(ready, seeing, prepare)
      : await asking(ready, seeing, engine.agents, soFar.outputs, prepare)
  const { platform } = soFar.now
  const prepared: Prepared[] = []
  const waiting: Prepared[] = []
  for (const one of asked) {
    if (one.status === 'rejected') continue
    const made = await joined(one.value, soFar, platform)
    if (made.tailored?.outcome === 'waiting') waiting.push(made)
    else prepared.push(made)
  }
  const failed = asked.find((one) => one.status === 'rejected')
  return failed === undefined ? { prepared, waiting } : { prepared, waiting, stopped: failed.reason }
}

type Asked = PromiseSettledResult<Prepared>[]

async function sideBySide(items: readonly ToMake[], subject: RunSubject, prepare: Prepare): Promise<Asked> {
  const queue = new PQueue({ concurrency: SIDE_BY_SIDE })
  return Promise.allSettled(items.map((item) => queue.add(() => prepare(item, subject))))
}

async function asking(
  items: readonly ToMake[],
  subject: RunSubject,
  agents: Agents,
  made: ReadonlyMap<string, string>,
  prepare: Prepare,
): Promise<Asked> {
  const view = subject.engine.view()
  const outputs = new Map(made)
  const ask = (item: ToMake, began: () => void): Promise<Prepared> =>
    prepare(item, subject, { agents: { ...agents, model: watched(agents, began) }, view, outputs })
  const [first, ...others] = items
  if (first === undefined) return []
  // Vendors keep what the first one begins with from its first token on; the others then find it there.
  const asked: Promise<Prepared>[] = []
  await new Promise<void>((resolve) => {
    asked.push(ask(first, resolve).finally(resolve))
    asked[0]?.catch(() => undefined)
  })
  return Promise.allSettled([...asked, ...others.map((item) => ask(item, () => undefined))])
}

/** A model that says when it begins to answer. */
const watched =
  (agents: Agents, began: () => void): Agents['model'] =>
  (agent, deliverable): Model => {
    const model = agents.model(agent, deliverable)
    return {
      name: model.name,
      turn: (request, watch) => model.turn(request, { ...watch, onBegin: began }).finally(began),
    }
  }

/** Puts what was tailored into the platform, where it fits what those before it in the wave have made. */
async function joined(made: Prepared, soFar: SoFar, platform: Platform): Promise<Prepared> {
  if (made.tailored === undefined) return made
  // One beside it has amended the contract meanwhile.
  const present = soFar.now.platform === platform ? made : await rebased(made, soFar)
  const fitting = await fitted(present, soFar)
  const { item, files, tailored = made.tailored } = fitting
  const { id } = item.placed.deliverable
  if (tailored.accepted !== undefined) soFar.accepted.set(id, tailored.accepted)
  soFar.outputs.set(id, outputHash(files))
  return tailored.unanswered === true ? { ...fitting, item: withInputs(item, { model: NO_MODEL }) } : fitting
}

/** On the baseline of the present platform. */
async function rebased(made: Prepared, { now, outputs }: SoFar): Promise<Prepared> {
  const item = renewed(made.item, now.items, outputs)
  const { tailored } = made
  if (tailored === undefined || sameFiles(item, made.item)) return { ...made, item }
  const { files, removed, conflicts } = await onto(item, made.item, tailored.files, now.engine)
  if (conflicts.length > 0)
    return untailored({ ...made, item }, tailored, now.engine, `both changed ${conflicts.join(', ')}`)
  const accepted = tailored.accepted && { accepted: { ...tailored.accepted, files } }
  const results = await now.engine.check(files)
  return { ...made, item, files, results, tailored: { ...tailored, files, removed, ...accepted } }
}

const sameFiles = (one: ToMake, other: ToMake): boolean =>
  outputHash(filesOf(one.baseline)) === outputHash(filesOf(other.baseline))

/** Accepted into the platform, or the baseline in its place. */
async function fitted(made: Prepared, soFar: SoFar): Promise<Prepared> {
  const { item, tailored } = made
  if (tailored === undefined) return made
  const { engine, platform } = soFar.now
  const { accepted, files, removed } = tailored
  if (accepted === undefined) {
    if (tailored.outcome === 'waiting') engine.accept({ files, removed })
    return made
  }
  if (tailored.outcome === 'tailored' && accepted.amendments.length > 0) return amended(made, tailored, accepted, soFar)
  const [fault] = await engine.view().judge({ files: changedIn(item, files), removed }, platform)
  if (fault !== undefined) return untailored(made, tailored, engine, words(fault))
  engine.accept({ files, removed })
  return made
}

/** The platform is another one from here on: later deliverables are made from what the amended contract renders. */
async function amended(made: Prepared, tailored: Tailored, accepted: Accepted, soFar: SoFar): Promise<Prepared> {
  const { engine } = soFar.now
  const view = engine.view()
  const next = await amending(made.item, accepted, soFar.now, view, soFar.outputs)
  const [fault] = 'faults' in next ? next.faults : await view.judge(next.change, next.subject.platform)
  if ('faults' in next || fault !== undefined) return untailored(made, tailored, engine, fault ? words(fault) : '')
  engine.accept(next.change, next.subject.platform)
  soFar.now = next.subject
  const { item, files, removed } = next
  const results = await engine.check(files)
  return { ...made, item, files, results, tailored: { ...tailored, files, removed, accepted: { ...accepted, files } } }
}

const words = ({ file, reason }: CheckResult): string => `${file ?? ''} ${reason}`

/** Back to the baseline: what was made beside it came first. */
async function untailored(made: Prepared, { turns, files: tailored }: Tailored, { check }: Engine, why: string) {
  const files = filesOf(made.item.baseline)
  const reason = `does not fit what was made beside it: ${why}`
  const dropped = changedIn(made.item, tailored).map(({ path }) => ({ path, reason }))
  const instead: Tailored = { files, removed: [], outcome: 'baseline', reason, dropped, turns }
  return { ...made, files, results: await check(files), tailored: instead }
}
