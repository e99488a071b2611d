// What an agent makes of a baseline: the conversation is agent/'s; what it is given, and what becomes of its outcome, is decided here.
import type { Assignment, Hands, Tailoring } from '../agent/assignment.js'
import type { Written } from '../agent/draft.js'
import { BudgetReached, UsageError } from '../errors.js'
import type { PromptPart } from '../prompt/parts.js'
import type { EmittedFile } from '../types.js'
import { type Accepted, newFile } from './accepted.js'
import { nonceOf } from './context.js'
import type { Agents, RunSubject, View } from './engine.js'
import type { Tailoring as TailoringEnd } from './events.js'
import { filesOf, NO_MODEL, type ToMake } from './plan.js'

/** What is accepted in a baseline's place, or the baseline itself with the reason. */
export interface Tailored {
  readonly files: readonly EmittedFile[]
  readonly removed: readonly string[]
  /** Absent where the baseline is what was accepted. */
  readonly accepted?: Accepted
  readonly outcome: Tailoring
}

/** What a conversation needs besides the deliverable. */
export interface Surroundings {
  readonly agents: Agents
  /** The platform as it was when the wave of deliverables began: what those beside this one do cannot be seen. */
  readonly view: View
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
    requirementIds: [...new Set(JSON.stringify(spec).match(/\bREQ-\d+\b/g) ?? [])].sort(),
    maxTokens: agents.maxTokens,
  }
}

/** What the conversation may use. */
export function handsOf(item: ToMake, { engine }: RunSubject, { agents, view }: Surroundings): Hands {
  const { id } = item.placed.deliverable
  const before = filesOf(item.baseline)
  const named = (files: Written): EmittedFile[] =>
    [...files].map(([path, content]) => emitted(path, content, id, before))
  return {
    model: agents.model(item.placed.agent.agent, id),
    tools: agents.tools,
    say: agents.say,
    check: (files, removed) => view.judge({ files: named(files), removed }),
    guard: (files, removed) => agents.guard(before, named(files), removed),
    signal: engine.signal,
    tell: (event) => {
      if (event.type === 'file-start') engine.emit({ type: 'file-start', deliverable: id, path: event.path })
      if (event.type === 'round') engine.emit({ ...event, type: 'tailor-round', deliverable: id })
    },
  }
}

/** What is accepted in the end. @throws BudgetReached, or UsageError where no call of this model can succeed */
export function concluded({ placed, baseline }: ToMake, outcome: Tailoring): Tailored {
  const { id } = placed.deliverable
  const before = filesOf(baseline)
  if (outcome.outcome === 'stopped') {
    if (outcome.why === 'over budget') throw new BudgetReached(outcome.reason)
    throw new UsageError(outcome.reason)
  }
  if (outcome.outcome === 'baseline') return { files: before, removed: [], outcome }
  const news = outcome.files.map(({ path, content }) => emitted(path, content, id, before))
  const removed = outcome.outcome === 'tailored' ? outcome.removed : []
  const gone = new Set([...removed, ...news.map(({ path }) => path)])
  const files = [...before.filter(({ path }) => !gone.has(path)), ...news].sort((a, b) => (a.path < b.path ? -1 : 1))
  if (outcome.outcome === 'failed') return { files, removed, outcome }
  const { summary, decisions } = outcome.submission
  const words = decisions.map(({ decision, reason, requirements }) =>
    [decision, reason, requirements.join(', ')].filter((text) => text !== '').join(': '),
  )
  return { files, removed, accepted: { files, summary, decisions: words }, outcome }
}

function emitted(path: string, content: string, id: string, before: readonly EmittedFile[]): EmittedFile {
  const same = before.find((file) => file.path === path)
  return same === undefined ? newFile(path, content, id) : { ...same, content }
}

/** Whether an attempt counts as the model's: where it gave no answer that could be judged, another try may do better. */
export const modelOf = ({ outcome }: Tailored, model: string): string =>
  outcome.outcome === 'baseline' && outcome.why !== 'nothing to change' && outcome.why !== 'all dropped'
    ? NO_MODEL
    : model

/** What of it is said and recorded. */
export function tailoringOf({ placed, baseline }: ToMake, { files, removed, outcome }: Tailored): TailoringEnd {
  const before = new Map(filesOf(baseline).map((file) => [file.path, file.content]))
  const reason = outcome.outcome === 'tailored' ? (outcome.unfinished ?? '') : reasonOf(outcome)
  return {
    deliverable: placed.deliverable.id,
    outcome: outcome.outcome === 'stopped' ? 'failed' : outcome.outcome,
    reason,
    changed: files.filter(({ path, content }) => before.get(path) !== content).map(({ path }) => path),
    removed,
    dropped: outcome.outcome === 'stopped' ? [] : outcome.dropped,
    turns: outcome.turns,
  }
}

const reasonOf = ({ why, reason }: { readonly why: string; readonly reason: string }): string =>
  reason === '' ? why : `${why}: ${reason}`
