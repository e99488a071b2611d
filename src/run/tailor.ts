// What an agent makes of a baseline: the conversation is agent/'s; what it is given, and what becomes of its outcome, is decided here.
import type { Assignment, Hands, Tailoring } from '../agent/assignment.js'
import type { Written } from '../agent/draft.js'
import type { Submission } from '../agent/submission.js'
import { BudgetReached, UsageError } from '../errors.js'
import type { PromptPart } from '../prompt/parts.js'
import { type Amendment, onOneLine } from '../spec/amend.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { laidOver } from '../verify/change.js'
import { type Accepted, newFile } from './accepted.js'
import { type Amending, amending } from './amended.js'
import { carryOver } from './carry.js'
import { nonceOf } from './context.js'
import type { Agents, Engine, RunSubject, View } from './engine.js'
import type { Tailoring as TailoringEnd } from './events.js'
import { changedIn, filesOf, type ToMake } from './plan.js'

/** What is accepted in a baseline's place, or the baseline itself with the reason. */
export interface Tailored {
  readonly files: readonly EmittedFile[]
  readonly removed: readonly string[]
  /** Absent where the baseline is what was accepted. */
  readonly accepted?: Accepted
  readonly outcome: TailoringEnd['outcome']
  /** Why the baseline was taken, or what stands in the way. */
  readonly reason: string
  readonly dropped: TailoringEnd['dropped']
  readonly turns: number
  /** The model gave no answer that could be judged, so that another try may do better. */
  readonly unanswered?: true
}

/** What a conversation needs besides the deliverable. */
export interface Surroundings {
  readonly agents: Agents
  /** The platform as it was when the wave of deliverables began: what those beside this one do cannot be seen. */
  readonly view: View
  /** Hashes of what this run has made before, by deliverable. */
  readonly outputs: ReadonlyMap<string, string>
}

/** What the conversation is about. */
export function assignmentOf(
  item: ToMake,
  [system, ...rest]: readonly PromptPart[],
  { spec }: RunSubject,
  { agents, view }: Surroundings,
): Assignment {
  return {
    deliverable: item.placed.deliverable.id,
    system: system?.text ?? '',
    parts: rest.map(({ text }, at) => (at < rest.length - 1 ? { text, shared: true } : { text })),
    nonce: nonceOf(item.key),
    baseline: filesOf(item.baseline).map(({ path, content }) => ({ path, content })),
    readable: new Map(view.files.map(({ path, content }) => [path, content])),
    hidden: view.hidden,
    requirementIds: [...new Set(JSON.stringify(spec).match(/\bREQ-\d+\b/g) ?? [])].sort(),
    maxTokens: agents.maxTokens,
  }
}

/** What the conversation may use. */
export function handsOf(item: ToMake, subject: RunSubject, { agents, view, outputs }: Surroundings): Hands {
  const { engine, platform } = subject
  const { id } = item.placed.deliverable
  const before = filesOf(item.baseline)
  const named = (files: Written): EmittedFile[] =>
    [...files].map(([path, content]) => emitted(path, content, id, before))
  // A submission is checked and then guarded; the platform that its proposals lead to is composed once for both.
  let last: { readonly of: string; readonly proposed: ReturnType<typeof amending> } | undefined
  const proposed = (files: Written, removed: readonly string[], contract: Submission['contract']) => {
    const of = JSON.stringify([[...files], removed, contract])
    const made = laidOver(before, { files: named(files), removed })
    if (last?.of !== of)
      last = {
        of,
        proposed: amending(item, { files: made, amendments: amendmentsOf(contract) }, subject, view, outputs),
      }
    return last.proposed
  }
  return {
    model: agents.model(item.placed.agent.agent, id),
    tools: agents.tools,
    say: agents.say,
    check: async (files, removed, contract) => {
      if (contract.length === 0) return view.judge({ files: named(files), removed })
      const amended = await proposed(files, removed, contract)
      return 'faults' in amended ? amended.faults : view.judge(amended.change, amended.subject.platform)
    },
    guard: async (files, removed, contract) => {
      if (contract.length === 0) return agents.guard({ before, after: named(files), removed }, platform)
      const amended = await proposed(files, removed, contract)
      return 'faults' in amended ? [] : guarded(amended, agents)
    },
    signal: engine.signal,
    tell: (event) => {
      if (event.type === 'file-start') engine.emit({ type: 'file-start', deliverable: id, path: event.path })
      if (event.type === 'round') engine.emit({ ...event, type: 'tailor-round', deliverable: id })
    },
  }
}

/** What the agent wrote is held to its own baseline, and what its proposals render to what stood there before. */
async function guarded(
  { item, files, removed, rendered, subject: { platform } }: Amending,
  { guard }: Agents,
): Promise<readonly CheckResult[]> {
  const gone = rendered.before.filter(({ path }) => !rendered.after.some((file) => file.path === path))
  const byContract = await guard({ ...rendered, removed: gone.map(({ path }) => path) }, platform)
  const byAgent = await guard({ before: filesOf(item.baseline), after: files, removed }, platform)
  return [
    ...byContract.map((result) => ({ ...result, file: 'contract.yaml', reason: `${result.file}: ${result.reason}` })),
    ...byAgent,
  ]
}

const amendmentsOf = (contract: Submission['contract']): Amendment[] =>
  contract.map(({ entry, value }) => ({ entry, value: onOneLine(value) }))

/** What is accepted in the end. @throws BudgetReached, or UsageError where no call of this model can succeed */
export function concluded({ placed, baseline }: ToMake, outcome: Tailoring): Tailored {
  const { id } = placed.deliverable
  const before = filesOf(baseline)
  if (outcome.outcome === 'stopped') {
    if (outcome.why === 'over budget') throw new BudgetReached(outcome.reason)
    throw new UsageError(outcome.reason)
  }
  const { turns, dropped } = outcome
  if (outcome.outcome === 'baseline') {
    const judged = outcome.why === 'nothing to change' || outcome.why === 'all dropped'
    const common = {
      files: before,
      removed: [],
      outcome: 'baseline',
      reason: reasonOf(outcome),
      dropped,
      turns,
    } as const
    return judged ? common : { ...common, unanswered: true }
  }
  const news = outcome.files.map(({ path, content }) => emitted(path, content, id, before))
  const removed = outcome.outcome === 'tailored' ? outcome.removed : []
  const gone = new Set([...removed, ...news.map(({ path }) => path)])
  const files = [...before.filter(({ path }) => !gone.has(path)), ...news].sort((a, b) => (a.path < b.path ? -1 : 1))
  const common = { files, removed, dropped, turns }
  if (outcome.outcome === 'failed') {
    // There is nothing else that could stand there: what was accepted stays, and the rest is asked for again.
    const kept = files.length > 0 ? { accepted: { files, summary: '', decisions: [], amendments: [] } } : {}
    return { ...common, ...kept, outcome: 'failed', reason: reasonOf(outcome), unanswered: true }
  }
  const { summary, decisions } = outcome.submission
  const words = decisions.map(({ decision, reason, requirements }) =>
    [decision, reason, requirements.join(', ')].filter((text) => text !== '').join(': '),
  )
  const accepted = { files, summary, decisions: words, amendments: amendmentsOf(outcome.contract) }
  return { ...common, accepted, outcome: 'tailored', reason: outcome.unfinished ?? '' }
}

/**
 * Without a model: what an earlier attempt tailored, on the new baseline. `judge` finds faults that it would bring.
 * Undefined where nothing was tailored.
 */
export async function keptTailoring(item: ToMake, engine: Engine, judge: View['judge']): Promise<Tailored | undefined> {
  const { id } = item.placed.deliverable
  const earlier = item.plain ? undefined : await engine.earlier(id)
  if (earlier === undefined) return undefined
  const { files, removed, conflicts } = await carryOver(item, earlier, engine.mergeText)
  const [fault] = conflicts.length > 0 ? [] : await judge({ files: changedIn(item, files), removed })
  const reason =
    conflicts.length > 0
      ? `what an agent changed and what the new baseline changes are in the same place: ${conflicts.join(', ')}`
      : fault && `what an agent made does not fit the new baseline: ${fault.file ?? ''} ${fault.reason}`
  const { summary, decisions, amendments } = earlier
  const common = { removed, dropped: [], turns: 0 }
  if (reason === undefined) {
    // Where nothing of it is left, the baseline says it all.
    const accepted =
      changedIn(item, files).length + removed.length + amendments.length > 0
        ? { accepted: { files, summary, decisions, amendments } }
        : {}
    return { ...common, ...accepted, files, outcome: 'kept', reason: '' }
  }
  const before = earlier.accepted.map(({ path, content }) => emitted(path, content, id, filesOf(item.baseline)))
  return { ...common, files: before, outcome: 'waiting', reason }
}

function emitted(path: string, content: string, id: string, before: readonly EmittedFile[]): EmittedFile {
  const same = before.find((file) => file.path === path)
  return same === undefined ? newFile(path, content, id) : { ...same, content }
}

/** What of it is said and recorded. */
export function tailoringOf(item: ToMake, tailored: Tailored): TailoringEnd {
  const { files, removed, outcome, reason, dropped, turns, accepted } = tailored
  const changed = changedIn(item, files).map(({ path }) => path)
  const contract = accepted?.amendments.map(({ entry }) => entry) ?? []
  return { deliverable: item.placed.deliverable.id, outcome, reason, changed, removed, contract, dropped, turns }
}

const reasonOf = ({ why, reason }: { readonly why: string; readonly reason: string }): string =>
  reason === '' ? why : `${why}: ${reason}`
