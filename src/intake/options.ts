// Which option values and tools the text names, and what follows for the deployment mode.
import type { Spec } from '../spec/schema.js'
import type { Knowledge } from './knowledge.js'
import { findDenied, findPhrases } from './phrases.js'
import { type Match, normOf, origin, quoteOf, type Reading, type Span, sentenceAt, spanning } from './reading.js'

export type Choice = Spec['options'][string]
export interface Clash {
  readonly field: string
  readonly statements: readonly { quote: string; value: string }[]
  readonly resolution: string
}

export interface OptionFacts {
  readonly options: Record<string, Choice>
  readonly clashes: readonly Clash[]
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
  /\b(?:only|solely|exclusively|run\w*|deploy\w*|host\w*|platform|our cloud|use[sd]?|using|standard\w*|is our|next year|moving to|migrat\w* to|in production|lauft|nutzen|verwenden|setzen|usamos|utilisons)\b/u

const choose = (
  reading: Reading,
  name: string,
  named: readonly Named[],
): { choice: Choice; clash?: Clash } | undefined => {
  const ranked = [...named].sort(
    (a, b) => weight(reading, b.match) - weight(reading, a.match) || a.match.start - b.match.start,
  )
  const best = ranked[0]
  if (!best) return undefined
  const firsts = new Map<string, Named>()
  // A value that is only mentioned does not contradict one that is decided on.
  for (const one of ranked.filter(({ match }) => weight(reading, match) === weight(reading, best.match)))
    if (!firsts.has(one.value)) firsts.set(one.value, one)
  const choice: Choice = { value: best.value, ...origin(reading, best.match) }
  if (firsts.size < 2) return { choice }
  return {
    choice: { ...choice, reason: 'several are named; see contradictions' },
    clash: {
      field: `options.${name}`,
      statements: [...firsts.values()].map(({ value, match }) => ({ quote: quoteOf(reading, match), value })),
      resolution: `${best.value}; say which one is meant, or give it as an option`,
    },
  }
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
  readonly latency: Span | undefined
  readonly schedule: Span | undefined
  /** A time of day by which results must be there. */
  readonly deadline: Span | undefined
}

const mode = (reading: Reading, knowledge: Knowledge, hints: Hints): { choice: Choice; clash?: Clash } | undefined => {
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
  const only = ONLY_BATCH.exec(reading.norm)
  if (only && realtime && !denied('realtime')) {
    const span = { start: only.index, end: only.index + only[0].length }
    return {
      choice: chosen('hybrid', realtime, 'both are asked for; see contradictions'),
      clash: {
        field: `options.${MODE}`,
        statements: [
          { quote: quoteOf(reading, span), value: 'batch' },
          { quote: quoteOf(reading, realtime), value: 'realtime' },
        ],
        resolution: 'hybrid serves both; strike one of the two sentences to get only the other',
      },
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
  const clashes: Clash[] = []
  for (const [name, option] of Object.entries(knowledge.options)) {
    const found =
      name === MODE ? mode(reading, knowledge, hints) : choose(reading, name, namedValues(reading, option.values))
    if (found?.clash) clashes.push(found.clash)
    options[name] = found?.choice ?? {
      value: option.default,
      origin: 'assumed',
      reason: 'default; the text names none',
    }
  }
  return { options, clashes }
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
