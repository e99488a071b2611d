// Facts that a model proposes for a text: which there can be, what is wrong with one, and what becomes of the rest. Pure.
import { z } from 'zod'
import { factAt } from '../spec/assumptions.js'
import { brief } from '../spec/document.js'
import { ORIGINS } from '../spec/facts.js'
import { fullSpecSchema, type Spec, TASK_KINDS, type TaskKind } from '../spec/schema.js'
import { carries } from './carries.js'
import type { Knowledge } from './knowledge.js'
import type { Reading, Span } from './reading.js'

const { entity, target, data, serving, schedule, compliance, maturity } = fullSpecSchema.shape

/** The spec's own schemas of the facts that a model may propose. What is derived from them follows; the rest is for a person to edit. */
const FACTS: Readonly<Record<string, z.ZodType>> = {
  'entity.singular': entity.shape.singular,
  'entity.count': entity.shape.count,
  'target.description': target.shape.description,
  'target.horizon_days': target.shape.horizon_days,
  'target.label_delay_days': target.shape.label_delay_days,
  'data.rows': data.shape.rows,
  'data.history_months': data.shape.history_months,
  'serving.latency_ms': serving.shape.latency_ms,
  'serving.latency_percentile': serving.shape.latency_percentile,
  'serving.throughput_rps': serving.shape.throughput_rps,
  'schedule.cadence': schedule.shape.cadence,
  'schedule.weekday': schedule.shape.weekday.unwrap(),
  'schedule.deadline': schedule.shape.deadline,
  'schedule.timezone': schedule.shape.timezone,
  'compliance.retention_days': compliance.shape.retention_days,
  maturity,
}
/** Which kind of prediction it is decides what else there is to know, so it is no fact like the others. */
export const TASK_FIELD = 'task.kind'

export const PROPOSE = 'propose'
/** What the tool takes. Values are text, so that vendors' strict schemas all know the form. */
export const proposeSchema = z.strictObject({
  facts: z.array(
    z.strictObject({
      field: z.string(),
      value: z.string(),
      origin: z.enum(['stated', 'assumed']),
      quote: z.string(),
      reason: z.string(),
    }),
  ),
})
type Given = z.infer<typeof proposeSchema>['facts'][number]

/** More than there are fields is no proposal. */
export const MOST_FACTS = 60

/** A fact that may be taken. */
export interface Proposal {
  readonly field: string
  readonly value: string | number
  /** Where the words stand; absent for what is assumed. */
  readonly span?: Span
  readonly reason?: string
}

export interface Refused {
  readonly field: string
  readonly reason: string
}

export interface Judged {
  readonly taken: readonly Proposal[]
  readonly refused: readonly Refused[]
}

/** What was found by rules, as a model is shown it; the fields of it are those that can be proposed. */
export function factsOf(spec: Spec): { field: string; value: string; origin: string; quote: string }[] {
  const shown = (field: string, fact: Record<string, unknown>, value: unknown) => ({
    field,
    value: String(value ?? 'unknown'),
    origin: String(fact.origin),
    quote: typeof fact.quote === 'string' ? fact.quote : '',
  })
  const task = spec.task === undefined ? [] : [shown(TASK_FIELD, spec.task, spec.task.value.kind)]
  const fields = [...Object.keys(FACTS), ...Object.keys(spec.options).map((name) => `options.${name}`)]
  return [
    ...task,
    ...fields.flatMap((field) => {
      const fact = factAt(spec, field)
      return fact === undefined ? [] : [shown(field, fact, fact.value)]
    }),
  ]
}

export function judge(facts: readonly Given[], reading: Reading, spec: Spec, knowledge: Knowledge): Judged {
  const known = new Set(factsOf(spec).map(({ field }) => field))
  const taken = new Map<string, Proposal>()
  const refused: Refused[] = []
  for (const given of facts.slice(0, MOST_FACTS)) {
    const field = given.field.slice(0, 60)
    const judged = !known.has(given.field)
      ? `there is no such field; expected one of ${[...known].join(', ')}`
      : taken.has(given.field)
        ? 'it is proposed twice; give one value'
        : judgeOne(given, reading, knowledge)
    if (typeof judged === 'string') refused.push({ field, reason: judged })
    else taken.set(field, judged)
  }
  if (facts.length > MOST_FACTS) refused.push({ field: 'facts', reason: `expected at most ${MOST_FACTS}` })
  return { taken: [...taken.values()], refused }
}

function judgeOne(given: Given, reading: Reading, knowledge: Knowledge): Proposal | string {
  const { field } = given
  const value = readValue(field, given.value.trim(), knowledge)
  if (typeof value === 'object') return value.wrong
  if (given.origin === 'assumed') {
    const reason = given.reason.replace(/\s+/gu, ' ').trim().slice(0, 200)
    return reason === '' ? 'an assumed fact needs a reason' : { field, value, reason }
  }
  const quote = given.quote.trim()
  if (!/\p{L}/u.test(quote)) return 'a stated fact needs the words of the text that say it, as its quote'
  const span = find(quote, reading)
  if (span === undefined) return `"${quote.slice(0, 80)}" does not stand in the text`
  if (carries(quote, field, value, vocabularyOf(field, value, knowledge))) return { field, value, span }
  return `"${quote.slice(0, 80)}" does not say ${brief(value)}; quote the words that do, or leave it out`
}

/** As the spec's schema takes it, or what is wrong. */
function readValue(field: string, text: string, knowledge: Knowledge): string | number | { readonly wrong: string } {
  const expected = valuesOf(field, knowledge)
  if (expected !== undefined)
    return expected.includes(text) ? text : { wrong: `expected one of ${expected.join(', ')}, got ${brief(text)}` }
  const schema = FACTS[field]
  const number = text === '' ? Number.NaN : Number(text)
  const fits = (value: unknown): boolean => schema?.safeParse({ value, origin: ORIGINS[1] }).success === true
  if (fits(number)) return number
  if (text !== '' && text.length <= 80 && !/[\n\r]/u.test(text) && fits(text)) return text
  const { error } = schema?.safeParse({ value: Number.isNaN(number) ? text : number, origin: ORIGINS[1] }) ?? {}
  return { wrong: `${brief(text)} is no such value: ${error?.issues[0]?.message ?? 'expected a short text'}` }
}

function valuesOf(field: string, knowledge: Knowledge): readonly string[] | undefined {
  if (field === TASK_FIELD) return TASK_KINDS
  const option = /^options\.(.+)$/u.exec(field)?.[1]
  return option === undefined ? undefined : Object.keys(knowledge.options[option]?.values ?? {})
}

function vocabularyOf(field: string, value: string | number, knowledge: Knowledge): readonly string[] | undefined {
  if (field === TASK_FIELD) return [...knowledge.tasks[value as TaskKind].cues.map(({ word }) => word), String(value)]
  const option = /^options\.(.+)$/u.exec(field)?.[1]
  if (option === undefined) return undefined
  return [...(knowledge.options[option]?.values[value]?.recognise ?? []), String(value).replaceAll('_', ' ')]
}

/** Where words stand in the text, however lines are broken. */
export function find(quote: string, { text }: Reading): Span | undefined {
  const pattern = quote
    .split(/\s+/u)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&'))
    .join('\\s+')
  const match = new RegExp(pattern, 'u').exec(text)
  return match === null ? undefined : { start: match.index, end: match.index + match[0].length }
}

/** Both quote some of the same words. */
export function overlaps(quote: unknown, span: Span, reading: Reading): boolean {
  const other = typeof quote === 'string' ? find(quote, reading) : undefined
  return other !== undefined && other.start < span.end && span.start < other.end
}
