// Puts facts that a model proposed into what the rules read: never over what the text plainly states or a person decided.
import { factAt } from '../spec/assumptions.js'
import type { Contradiction } from '../spec/contradictions.js'
import { cronFor } from '../spec/cron.js'
import { type FullSpec, isFull, type Spec, specSchema, type TaskKind } from '../spec/schema.js'
import { listAssumptions } from './assumptions.js'
import { overlaps, type Proposal, TASK_FIELD } from './proposals.js'
import { assumed, origin, type Reading, readText, stated } from './reading.js'
import { gapOf } from './split.js'
import { detailsOf } from './task.js'
import { identifierOf, pluralOf } from './words.js'

export interface Taken {
  readonly spec: Spec
  /** What was not taken, in a person's words. */
  readonly left: readonly string[]
}

/** `settled` gives what a person has decided; that stays. */
export function take(read: Spec, proposals: readonly Proposal[], settled: (field: string) => unknown): Taken {
  const spec = structuredClone(read)
  const reading = readText(spec.text)
  const left: string[] = []
  const taken = new Set<string>()
  for (const proposal of proposals) {
    const { field } = proposal
    if (settled(field) !== undefined || spec.contradictions.some((one) => one.field === field)) continue
    if (field === TASK_FIELD ? takeTask(spec, proposal, reading) : takeFact(spec, proposal, reading, left))
      taken.add(field)
    else if (field === TASK_FIELD && spec.task?.value.kind !== proposal.value)
      left.push(`${field}: ${proposal.value} is not taken, as the text was read as ${spec.task?.value.kind}`)
  }
  if (taken.size === 0) return { spec: specSchema.parse(spec), left }
  const derived = isFull(spec) ? derive(spec, read, taken) : spec
  const sentences = derived.assumptions.filter((text) => factAt(derived, text.split(': ', 1)[0] ?? '') === undefined)
  const asked = (field: string): boolean => [...taken].some((one) => one === field || one.startsWith(`${field}.`))
  return {
    spec: specSchema.parse({
      ...derived,
      assumptions: [...listAssumptions(derived), ...sentences],
      questions: derived.questions.filter(({ field }) => !asked(field)),
    }),
    left,
  }
}

/** Whether the fact is the model's from now on. */
function takeFact(spec: Spec, proposal: Proposal, reading: Reading, left: string[]): boolean {
  const { field, value, span, reason } = proposal
  const fact = factAt(spec, field)
  if (fact === undefined) return false
  if (fact.origin !== 'stated') {
    const next = span === undefined ? assumed(value, `a model: ${reason}`) : stated(reading, span, value)
    // An assumption that says nothing new keeps its reason.
    if (span === undefined && fact.value === value) return false
    for (const key of Object.keys(fact)) delete fact[key]
    Object.assign(fact, next)
    return true
  }
  if (fact.value === value) return false
  if (span === undefined || overlaps(fact.quote, span, reading))
    left.push(
      `${field}: ${value} is not taken, as the text says "${String(fact.quote)}", read as ${String(fact.value)}`,
    )
  else spec.contradictions.push(between(field, fact, proposal, reading))
  return false
}

/** Other words of the text say another value: that is for a person to decide. */
function between(
  field: string,
  fact: Record<string, unknown>,
  { value, span }: Proposal,
  reading: Reading,
): Contradiction {
  const { quote, req } = origin(reading, span ?? { start: 0, end: 1 })
  const before = fact.value as Contradiction['taken']
  return {
    field,
    statements: [
      { value: before, quote: String(fact.quote), req: String(fact.req) },
      { value, quote, req },
    ],
    taken: before,
    reason: 'the rules read it; a model read the other words',
  }
}

function takeTask(spec: Spec, { value, span, reason }: Proposal, reading: Reading): boolean {
  const { task } = spec
  if (task === undefined || task.value.kind === value || task.origin !== 'assumed' || !isFull(spec)) return false
  const { value: now } = task
  const rate = now.kind === 'tabular-classification' ? now.positive_rate : assumed(0.1, 'unknown')
  const details = detailsOf(reading, value as TaskKind, rate, spec.target.horizon_days.value, null)
  spec.task = span === undefined ? assumed(details, `a model: ${reason}`) : stated(reading, span, details)
  return true
}

/** What follows from a fact follows from the new one. */
function derive(spec: FullSpec, read: Spec, taken: ReadonlySet<string>): FullSpec {
  if (taken.has('entity.singular')) {
    const name = spec.entity.singular.value
    spec.entity.plural = pluralOf(name)
    spec.entity.key = renamed(
      spec,
      'key',
      `${identifierOf(name, 'record', 3).slice(0, 45)}_id`,
      `identifies one ${name}`,
    )
  }
  const { singular } = spec.entity
  const { description, horizon_days, label_delay_days } = spec.target
  if (taken.has('entity.singular') || taken.has('target.description')) {
    const column = taken.has('target.description')
      ? identifierOf(description.value, spec.target.column, 6)
      : spec.target.column
    spec.target.column = renamed(spec, 'target', column, `1 when the ${singular.value} ${description.value}`)
    const article = /^[aeio]/u.test(singular.value) ? 'an' : 'a'
    const within = horizon_days.origin === 'stated' ? ` within ${horizon_days.value} days` : ''
    spec.title = `Predict whether ${article} ${singular.value} ${description.value}${within}`
  }
  if (spec.leakage.gap_days.origin === 'assumed')
    spec.leakage.gap_days = gapOf(spec.split.policy.value, horizon_days.value, label_delay_days.value)
  const { cadence, deadline, weekday, cron } = spec.schedule
  if (JSON.stringify(read.schedule) !== JSON.stringify(spec.schedule)) {
    const day = Number(cron.split(' ')[2])
    spec.schedule.cron = cronFor(cadence.value, deadline.value, weekday?.value, Number.isInteger(day) ? day : 1)
  }
  return spec
}

/** The name that the column has then: its own one where another column is called so. */
function renamed(spec: FullSpec, role: 'key' | 'target', name: string, description: string): string {
  const column = spec.data.columns.find((one) => one.role === role)
  if (column === undefined) return name
  const free = !spec.data.columns.some((one) => one !== column && one.name === name)
  Object.assign(column, { name: free ? name : column.name, description })
  return column.name
}
