// Numbers that nothing can meet: what a request and a list cost at least on the platform that is built, against what the text demands.
import { leadMinutes } from '../spec/cron.js'
import type { Fact } from '../spec/facts.js'
import type { FullSpec } from '../spec/schema.js'
import type { Conflict } from './conflicts.js'
import type { Reading, Span } from './reading.js'

/**
 * The least that parts of one answer take at the high percentiles, in ms.
 * Assumed: a hop inside a region 1 ms; DynamoDB 9 ms, as "single-digit milliseconds" is all that AWS says (its page "Understanding Amazon DynamoDB latency");
 * a cache in the cluster 1 ms. Measured: scoring one row with the pipeline of the demonstration takes 5.5 ms of one core in the median.
 */
const HOP = 1
const SCORING = 5
const STORES: Readonly<Record<string, { readonly name: string; readonly milliseconds: number }>> = {
  feast: { name: 'DynamoDB', milliseconds: 9 },
  custom: { name: 'the cache in the cluster', milliseconds: 1 },
}
/** Measured: the pipeline of the demonstration scores 115,000 rows a second on one core; a list is scored by one process. */
const ROWS_PER_SECOND = 100_000
/** Below this a bound says nothing about the slow requests, which are the ones that wait for the store. */
const HIGH_PERCENTILE = 90

const spanOf = (reading: Reading, fact: Fact<unknown>): Span | undefined => {
  const start = fact.quote === undefined ? -1 : reading.text.indexOf(fact.quote)
  return fact.origin === 'stated' && fact.quote !== undefined && start >= 0
    ? { start, end: start + fact.quote.length }
    : undefined
}

const latencyConflicts = (reading: Reading, spec: FullSpec): Conflict[] => {
  const { latency_ms, latency_percentile } = spec.serving
  const span = spanOf(reading, latency_ms)
  const store = STORES[spec.options.feature_store?.value ?? '']
  const online = spec.options.deployment_mode?.value !== 'batch'
  if (!span || !store || !online || latency_percentile.value < HIGH_PERCENTILE) return []
  const least = 2 * HOP + store.milliseconds + SCORING
  if (latency_ms.value >= least) return []
  return [
    {
      field: 'serving.latency_ms',
      statements: [{ ...span, value: latency_ms.value }],
      arithmetic: `2 hops x ${HOP} ms + ${store.milliseconds} ms for the features (${store.name}) + ${SCORING} ms to score = ${least} ms at least, more than ${latency_ms.value} ms`,
      taken: least,
      reason: 'the least that this platform can promise; its latency alerts would never be silent below it',
    },
  ]
}

const listConflicts = (reading: Reading, spec: FullSpec): Conflict[] => {
  const listed = ['batch', 'hybrid'].includes(spec.options.deployment_mode?.value ?? '')
  const rows =
    spec.entity.count.value === null ? spec.data.rows : { ...spec.entity.count, value: spec.entity.count.value }
  const field = spec.entity.count.value === null ? 'data.rows' : 'entity.count'
  const span = spanOf(reading, rows)
  const minutes = leadMinutes(spec.schedule.cadence.value)
  const capacity = ROWS_PER_SECOND * minutes * 60
  if (!listed || !span || rows.value <= capacity) return []
  return [
    {
      field,
      statements: [{ ...span, value: rows.value }],
      arithmetic: `${rows.value} rows / ${ROWS_PER_SECOND} rows a second = ${Math.ceil(rows.value / ROWS_PER_SECOND / 60)} minutes for one list, and ${minutes} lie between its start and the deadline`,
      taken: rows.value,
      reason: 'every list is then late, and alerts say so; start earlier by schedule.cron in spec.yaml',
    },
  ]
}

/** What the text demands and cannot get, each with the arithmetic. */
export const infeasible = (reading: Reading, spec: FullSpec): Conflict[] => [
  ...latencyConflicts(reading, spec),
  ...listConflicts(reading, spec),
]

/** The spec with the values that are taken until a person decides; what the text said stays in the list of contradictions. */
export const withTaken = (spec: FullSpec, conflicts: readonly Conflict[]): FullSpec => {
  const latency = conflicts.find(({ field }) => field === 'serving.latency_ms')
  if (typeof latency?.taken !== 'number') return spec
  const { value } = spec.serving.latency_ms
  return {
    ...spec,
    serving: {
      ...spec.serving,
      latency_ms: {
        value: latency.taken,
        origin: 'assumed',
        reason: `the text asks for ${value} ms, which nothing meets: ${latency.arithmetic}`,
      },
    },
  }
}
