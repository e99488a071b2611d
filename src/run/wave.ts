// Deliverables that do not read each other are prepared side by side. What agents make of them is seen by later ones only when all
// of a wave are done, so that nothing depends on which of them is faster.
import PQueue from 'p-queue'
import type { Model } from '../provider/turn.js'
import type { Accepted } from './accepted.js'
import type { Prepared } from './deliverable.js'
import type { Agents, RunSubject } from './engine.js'
import { filesOf, NO_MODEL, outputHash, readingOutputs, type ToMake, withInputs } from './plan.js'
import { changedIn, type Surroundings, type Tailored } from './tailor.js'

/** More than this only makes the in-process checks compete for one thread. */
const SIDE_BY_SIDE = 4

/** What this run has made so far, for those who read it. */
export interface SoFar {
  readonly accepted: Map<string, Accepted>
  readonly outputs: Map<string, string>
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

export async function inWave(
  items: readonly ToMake[],
  subject: RunSubject,
  soFar: SoFar,
  prepare: Prepare,
): Promise<Wave> {
  const { engine } = subject
  const ready = items.map((item) => readingOutputs(item, soFar.outputs))
  const seeing = { ...subject, accepted: soFar.accepted }
  const asked =
    engine.agents === undefined
      ? await sideBySide(ready, seeing, prepare)
      : await asking(ready, seeing, engine.agents, prepare)
  const prepared: Prepared[] = []
  const waiting: Prepared[] = []
  for (const one of asked) {
    if (one.status === 'rejected') continue
    const made = await joined(one.value, subject, soFar)
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

async function asking(items: readonly ToMake[], subject: RunSubject, agents: Agents, prepare: Prepare): Promise<Asked> {
  const view = subject.engine.view()
  const ask = (item: ToMake, began: () => void): Promise<Prepared> =>
    prepare(item, subject, { agents: { ...agents, model: watched(agents, began) }, view })
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
async function joined(made: Prepared, subject: RunSubject, soFar: SoFar): Promise<Prepared> {
  const { item } = made
  if (made.tailored === undefined) return made
  const { id } = item.placed.deliverable
  const fitting = await fitted(made, made.tailored, subject)
  const tailored = fitting.tailored ?? made.tailored
  if (tailored.accepted !== undefined || tailored.outcome === 'waiting')
    subject.engine.accept({ files: tailored.files, removed: tailored.removed })
  if (tailored.accepted !== undefined) soFar.accepted.set(id, tailored.accepted)
  soFar.outputs.set(id, outputHash(fitting.files))
  return tailored.unanswered === true ? { ...fitting, item: withInputs(item, { model: NO_MODEL }) } : fitting
}

async function fitted(made: Prepared, tailored: Tailored, { engine }: RunSubject): Promise<Prepared> {
  if (tailored.accepted === undefined) return made
  const { item } = made
  const changed = changedIn(item, tailored.files)
  const [fault] = await engine.view().judge({ files: changed, removed: tailored.removed })
  if (fault === undefined) return made
  const files = filesOf(item.baseline)
  const reason = `does not fit what was made beside it: ${fault.file ?? ''} ${fault.reason}`
  const dropped = changed.map(({ path }) => ({ path, reason }))
  const { turns } = tailored
  const results = await engine.check(files)
  return { ...made, files, results, tailored: { files, removed: [], outcome: 'baseline', reason, dropped, turns } }
}
