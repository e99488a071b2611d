// Which option values and tools the text names, and what follows for the deployment mode.
import type { Spec } from '../spec/schema.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import type { Knowledge } from './knowledge.js'
import { findDenied, findPhrases } from './phrases.js'
import { type Match, normOf, origin, quoteOf, type Reading, type Span, sentenceAt, spanning } from './reading.js'

export type Choice = Spec['options'][string]

export interface OptionFacts {
  readonly options: Record<string, Choice>
  readonly conflicts: readonly Conflict[]
}

interface Chosen {
  readonly choice: Choice
  readonly conflicts?: readonly Conflict[]
}

const MODE = 'deployment_mode'

interface Named {
  readonly value: string
  readonly match: Match
}

const namedValues = (reading: Reading, values: Knowledge['options'][string]['values']): Named[] =>
  Object.entries(values)
    .flatMap(([value, { recognise }]) => findPhrases(reading, recognise).map((match) => ({ value, match })))
    .sort((a, b) => a.match.start - b.match.start || b.match.end - a.match.end)

// "We run on AWS" decides more than "an old copy lies in BigQuery"; a plan for later decides over what is left behind.
const DECIDES =
  /\b(?:only|solely|exclusively|run\w*|deploy\w*|host\w*|tracked|logged|scheduled|orchestrated|monitored|served|platform|our cloud|use[sd]?|using|standard\w*|is our|next year|moving to|migrat\w* to|in production|lauft|nutzen|verwenden|setzen|usamos|utilisons)\b/u

const choose = (reading: Reading, name: string, named: readonly Named[]): Chosen | undefined => {
  const ranked = [...named].sort(
    (a, b) => weight(reading, b.match) - weight(reading, a.match) || a.match.start - b.match.start,
  )
  const best = ranked[0]
  if (!best) return undefined
  // A value that is only mentioned does not contradict one that is decided on.
  const equal = ranked.filter(({ match }) => weight(reading, match) === weight(reading, best.match))
  const conflicts = conflictsAbout(
    `options.${name}`,
    equal.map(({ value, match: { start, end } }) => ({ start, end, value })),
    'the first that the text decides on',
  )
  const choice: Choice = { value: best.value, ...origin(reading, best.match) }
  return conflicts.length === 0
    ? { choice }
    : { choice: { ...choice, reason: 'several are named; see contradictions' }, conflicts }
}

const weight = (reading: Reading, match: Match): number => {
  const before = reading.norm.slice(match.sentence.start, match.start).split(/[,;:]|\bbut\b/u)
  const after = reading.norm.slice(match.end, match.sentence.end).split(/[,;:]|\bbut\b/u)
  // "Use Vertex AI? No, we are AWS only."
  if (reading.norm.charAt(match.sentence.end - 1) === '?') return 0
  return DECIDES.test(`${before.at(-1) ?? ''} ${after[0] ?? ''}`) ? 1 : 0
}

const ONLY_BATCH =
  /\b(?:batch[- ]only|only (?:in )?batch|only (?:a )?(?:nightly|weekly|daily|monthly) (?:batch|list|run|report)|batch is (?:enough|sufficient|fine)|nur (?:batch|stapel)|nothing (?:online|real[- ]?time))\b/u

/** What the text implies without naming a mode: a time to answer asks for an endpoint, a rhythm for a batch. */
export interface Hints {
  readonly latency: (Span & { readonly milliseconds: number }) | undefined
  readonly schedule: Span | undefined
  /** A time of day by which results must be there. */
  readonly deadline: Span | undefined
}

/** "no API" instead of "API" alone, which would quote the text for the opposite. */
const withNegation = (reading: Reading, match: Match): Span => {
  const before = reading.norm.slice(match.sentence.start, match.start)
  const lead =
    /\b(?:no|not|never|neither|nor|without|nothing|kein\w*|nicht|ohne|sin|sans|pas|\w+n't)\b[^.;:]{0,30}$/u.exec(before)
  return { start: match.start - (lead?.[0].length ?? 0), end: match.end }
}

/** An answer within this time is one to a caller; a batch run may well be limited to some seconds. */
const AT_ONCE = 1000

const mode = (reading: Reading, knowledge: Knowledge, hints: Hints): Chosen | undefined => {
  const option = knowledge.options[MODE]
  if (!option) return undefined
  const words = (value: string): readonly string[] => option.values[value]?.recognise ?? []
  // The vocabulary lists the plainest words first: "API" says more than "while the customer is on the phone".
  const first = (value: string): Match | undefined =>
    words(value).flatMap((word) => findPhrases(reading, [word]).slice(0, 1))[0]
  const [realtime, batch, streaming, hybrid] = [first('realtime'), first('batch'), first('streaming'), first('hybrid')]
  const denied = (value: string): boolean => findDenied(reading, words(value)).length > 0
  const online: Span | undefined = realtime ?? (denied('realtime') ? undefined : hints.latency)
  const listed: Span | undefined = batch ?? (hints.schedule && hints.deadline)
  const chosen = (value: string, span: Span, reason?: string): Choice => ({
    value,
    ...origin(reading, span),
    ...(reason ? { reason } : {}),
  })
  const found = ONLY_BATCH.exec(reading.norm)
  const ruledOut = findDenied(reading, words('realtime')).map((match) => withNegation(reading, match))[0]
  const only: Span | undefined = found ? { start: found.index, end: found.index + found[0].length } : ruledOut
  const fast = hints.latency && hints.latency.milliseconds <= AT_ONCE ? hints.latency : undefined
  const asked = ruledOut ? fast : (realtime ?? fast)
  if (only && asked) {
    const statements = [
      { start: only.start, end: only.end, value: 'batch' },
      { start: asked.start, end: asked.end, value: 'realtime' },
    ]
    return {
      choice: chosen('hybrid', asked, 'both are asked for; see contradictions'),
      conflicts: conflictsAbout(`options.${MODE}`, statements, 'it serves both', 'hybrid'),
    }
  }
  if (hybrid) return { choice: chosen('hybrid', hybrid) }
  if (streaming && !realtime) return { choice: chosen('streaming', streaming) }
  if (online && listed) {
    const both = spanning(online, listed)
    const near = both.end - both.start <= 120 && sentenceAt(reading, both.start) === sentenceAt(reading, both.end - 1)
    const reason = `answers at once ("${quoteOf(reading, online)}") and lists ("${quoteOf(reading, listed)}")`
    return { choice: chosen('hybrid', near ? both : online, reason) }
  }
  if (streaming) return { choice: chosen('streaming', streaming) }
  if (online) return { choice: chosen('realtime', online) }
  if (listed) return { choice: chosen('batch', listed) }
  if (hints.schedule)
    return {
      choice: chosen('batch', hints.schedule, 'predictions are wanted on a schedule and no endpoint is asked for'),
    }
  if (denied('realtime'))
    return { choice: { value: 'batch', origin: 'assumed', reason: 'the text rules out an endpoint' } }
  return undefined
}

export const readOptions = (reading: Reading, knowledge: Knowledge, hints: Hints): OptionFacts => {
  const options: Record<string, Choice> = {}
  const conflicts: Conflict[] = []
  for (const [name, option] of Object.entries(knowledge.options)) {
    const found =
      name === MODE ? mode(reading, knowledge, hints) : choose(reading, name, namedValues(reading, option.values))
    conflicts.push(...(found?.conflicts ?? []))
    options[name] = found?.choice ?? {
      value: option.default,
      origin: 'assumed',
      reason: 'default; the text names none',
    }
  }
  return { options, conflicts }
}

/** Every tool that the text names and does not rule out, each once. */
export const readTools = (reading: Reading, knowledge: Knowledge): Spec['tools'] => {
  const words = [
    ...Object.entries(knowledge.options).flatMap(([name, option]) =>
      name === MODE ? [] : Object.values(option.values).flatMap(({ recognise }) => recognise),
    ),
    ...knowledge.tools,
  ]
  const tools: Spec['tools'] = []
  for (const match of findPhrases(reading, [...new Set(words)])) {
    const name = normOf(reading, match)
    if (tools.some((tool) => tool.name === name) || name.split(' ').length > 3) continue
    const { quote, req } = origin(reading, match)
    tools.push({ name, quote, req })
  }
  return tools
}
