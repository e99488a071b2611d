// Deliverables that do not read each other are prepared side by side. What agents make of them is seen by later ones only when all
// of a wave are done, so that nothing depends on which of them is faster.
import PQueue from 'p-queue'
import type { Model } from '../provider/turn.js'
import type { Accepted } from './accepted.js'
import type { Prepared } from './deliverable.js'
import type { Agents, RunSubject } from './engine.js'
import { filesOf, outputHash, readingOutputs, type ToMake, withInputs } from './plan.js'
import { modelOf, type Surroundings, type Tailored } from './tailor.js'

/** More than this only makes the in-process checks compete for one thread. */
const SIDE_BY_SIDE = 4

/** What this run has made so far, for those who read it. */
export interface SoFar {
  readonly accepted: Map<string, Accepted>
  readonly outputs: Map<string, string>
}

export interface Wave {
  readonly prepared: readonly Prepared[]
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
  const { agents } = subject.engine
  const ready = items.map((item) => readingOutputs(item, soFar.outputs))
  if (agents !== undefined) return tailored(ready, { ...subject, accepted: soFar.accepted }, agents, soFar, prepare)
  const queue = new PQueue({ concurrency: SIDE_BY_SIDE })
  return { prepared: await Promise.all(ready.map((item) => queue.add(() => prepare(item, subject)))) }
}

async function tailored(
  items: readonly ToMake[],
  subject: RunSubject,
  agents: Agents,
  soFar: SoFar,
  prepare: Prepare,
): Promise<Wave> {
  const view = agents.view()
  const ask = (item: ToMake, began: () => void): Promise<Prepared> =>
    prepare(item, subject, { agents: { ...agents, model: watched(agents, began) }, view })
  const [first, ...others] = items
  if (first === undefined) return { prepared: [] }
  // Vendors keep what the first one begins with from its first token on; the others then find it there.
  const asked: Promise<Prepared>[] = []
  await new Promise<void>((resolve) => {
    asked.push(ask(first, resolve).finally(resolve))
    asked[0]?.catch(() => undefined)
  })
  const settled = await Promise.allSettled([...asked, ...others.map((item) => ask(item, () => undefined))])
  const prepared: Prepared[] = []
  for (const one of settled)
    if (one.status === 'fulfilled') prepared.push(await joined(one.value, subject, agents, soFar))
  const failed = settled.find((one) => one.status === 'rejected')
  return failed === undefined ? { prepared } : { prepared, stopped: failed.reason }
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

/** Puts what an agent made into the platform, where it fits what those before it in the wave have made. */
async function joined(made: Prepared, subject: RunSubject, agents: Agents, soFar: SoFar): Promise<Prepared> {
  const { item } = made
  if (made.tailored === undefined) return made
  const { id } = item.placed.deliverable
  const fitting = await fitted(made, made.tailored, subject, agents)
  const tailored = fitting.tailored ?? made.tailored
  if (tailored.accepted !== undefined) {
    agents.accept({ files: tailored.files, removed: tailored.removed })
    soFar.accepted.set(id, tailored.accepted)
    soFar.outputs.set(id, outputHash(tailored.accepted.files))
  } else soFar.outputs.set(id, outputHash(fitting.files))
  const model = modelOf(tailored, item.inputs.model ?? '')
  return { ...fitting, item: withInputs(item, { model }) }
}

async function fitted(made: Prepared, tailored: Tailored, { engine }: RunSubject, agents: Agents): Promise<Prepared> {
  if (tailored.accepted === undefined) return made
  const { item } = made
  const faults = await agents.view().judge({ files: changedBy(item, tailored), removed: tailored.removed })
  const [fault] = faults
  if (fault === undefined) return made
  const files = filesOf(item.baseline)
  const reason = `does not fit what was made beside it: ${fault.file ?? ''} ${fault.reason}`
  const dropped = changedBy(item, tailored).map(({ path }) => ({ path, reason }))
  const { turns } = tailored.outcome
  return {
    ...made,
    files,
    results: await engine.check(files),
    tailored: { files, removed: [], outcome: { outcome: 'baseline', why: 'all dropped', reason, dropped, turns } },
  }
}

/** The files that are other than in the baseline. */
export function changedBy({ baseline }: ToMake, { files }: Pick<Tailored, 'files'>) {
  const before = new Map(filesOf(baseline).map((file) => [file.path, file.content]))
  return files.filter(({ path, content }) => before.get(path) !== content)
}
