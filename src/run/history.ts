// What the record says of the last run: how it ended, what it was to make, and which attempts it began without an end.
import { z } from 'zod'
import { type EventSchema, type Run, readRuns } from '../record/runs.js'
import type { Intent, RunStatus } from './events.js'
import { READER } from './ledger.js'
import type { CallsBefore } from './spent-before.js'

const intentSchema: z.ZodType<Intent> = z.looseObject({
  run: z.string(),
  spec: z.string(),
  found: z.string().exactOptional(),
  level: z.enum(['none', 'L1', 'L2', 'L3']),
  only: z.array(z.string()).exactOptional(),
  note: z.string().exactOptional(),
  plain: z.literal(true).exactOptional(),
  autostash: z.boolean().exactOptional(),
  resumes: z.number().int().exactOptional(),
  pause: z.array(z.string()).exactOptional(),
  models: z
    .looseObject({
      tiers: z.record(z.string(), z.array(z.string())),
      baseUrl: z.string().exactOptional(),
      budget: z.union([z.looseObject({ usd: z.number() }), z.looseObject({ tokens: z.number() }), z.literal('none')]),
    })
    .exactOptional(),
})
const attemptSchema = z.looseObject({
  type: z.literal('deliverable-start'),
  deliverable: z.string(),
  attempt: z.number().int(),
})
const KNOWN = {
  // Version 1 had no intent.
  'run-start': z.looseObject({ type: z.literal('run-start'), intent: intentSchema.optional() }),
  'deliverable-start': attemptSchema,
  'turn-start': z.looseObject({
    type: z.literal('turn-start'),
    request: z.string(),
    model: z.string(),
    most: z.looseObject({ input: z.number(), output: z.number() }).exactOptional(),
  }),
  'turn-lost': z.looseObject({ type: z.literal('turn-lost'), request: z.string() }),
  'turn-end': z.looseObject({
    type: z.literal('turn-end'),
    deliverable: z.string(),
    request: z.string(),
    answer: z.unknown().exactOptional(),
    model: z.string().exactOptional(),
    usage: z
      .looseObject({ input: z.number(), cacheRead: z.number(), cacheWrite: z.number(), output: z.number() })
      .exactOptional(),
    recalled: z.literal(true).exactOptional(),
  }),
  cost: z.looseObject({
    type: z.literal('cost'),
    all: z.looseObject({
      input: z.number(),
      output: z.number(),
      usd: z.number().nullable(),
      lost: z.looseObject({ calls: z.number(), tokens: z.number(), usd: z.number().nullable() }),
    }),
  }),
  'deliverable-end': z.looseObject({ type: z.literal('deliverable-end'), deliverable: z.string() }),
  'run-end': z.looseObject({
    type: z.literal('run-end'),
    status: z.enum(['done', 'failed', 'waiting', 'interrupted', 'over budget']),
  }),
} as const
type Known = z.infer<(typeof KNOWN)[keyof typeof KNOWN]>
type Event = Known | { readonly type: '' }
type TurnEnd = Extract<Event, { type: 'turn-end' }>

const kindSchema = z.looseObject({ type: z.string() })
/** Of events that say nothing about how to go on only the envelope counts. */
const events: EventSchema<Event> = {
  safeParse(value) {
    const kind = kindSchema.safeParse(value)
    if (!kind.success) return kind
    const known = Object.entries(KNOWN).find(([type]) => type === kind.data.type)?.[1]
    return known === undefined ? { success: true, data: { type: '' } } : known.safeParse(value)
  },
}

export interface Begun {
  readonly deliverable: string
  readonly attempt: number
}

export interface LastRun {
  readonly number: number
  /** When it began, as ISO text. */
  readonly at: string
  readonly status: RunStatus | 'cut off'
  /** Absent in records of version 1. */
  readonly intent?: Intent
  /** Attempts that this run, or the ones that it went on with, began and did not end. */
  readonly begun: readonly Begun[]
  /** What of models they asked. */
  readonly calls: CallsBefore
}

export interface History {
  /** The newest run of which at least the beginning can be read. */
  readonly last?: LastRun
  /** Calls about requirements since then, of which no run has come yet. */
  readonly reading: CallsBefore
  /** What of the record cannot be read, with file, line and byte. */
  readonly damage: readonly string[]
}

/** @throws DefinitionError where a newer version of the product recorded a run */
export async function readHistory(root: string): Promise<History> {
  const runs = await readRuns(root, events)
  const damage = runs.flatMap((run) => run.damage ?? [])
  const newest = runs.findLast(isBegun)
  const reading = joined(
    runs.slice(newest === undefined ? 0 : runs.indexOf(newest) + 1).map((run) => callsOf(run.events)),
  )
  return { damage, reading, ...(newest === undefined ? {} : { last: lastOf(newest, runs) }) }
}

const isBegun = ({ events: all }: Run<Event>): boolean => all.some(({ type }) => type === 'run-start')

function lastOf(newest: Run<Event>, runs: readonly Run<Event>[]): LastRun {
  const intent = intentOf(newest)
  const [first] = newest.events
  const end = newest.damage === undefined ? newest.events.at(-1) : undefined
  const same = runs.filter((run) => run === newest || (intent !== undefined && intentOf(run)?.run === intent.run))
  return {
    number: newest.number,
    at: first?.at ?? '',
    status: end?.type === 'run-end' ? end.status : 'cut off',
    ...(intent === undefined ? {} : { intent }),
    begun: begunIn(same.flatMap((run) => run.events)),
    calls: joined([...same, ...readBefore(same, runs)].map((run) => callsOf(run.events))),
  }
}

/** Logs in which only requirements were read: what that has cost is of the run that came of it in the end. */
const readBefore = (same: readonly Run<Event>[], runs: readonly Run<Event>[]): Run<Event>[] =>
  runs.filter((run, at) => {
    const next = isBegun(run) ? undefined : runs.slice(at).find(isBegun)
    return next !== undefined && same.includes(next)
  })

/**
 * The answers that were received and whose run did not end well, by the id of the request: what is made again with the same
 * prompt takes them from here. A run that ended well is not gone on with, and what is asked after it is to be answered anew; so is
 * what came to its own end in a run that failed, as the same answers would fail again.
 */
export async function receivedAnswers(root: string): Promise<ReadonlyMap<string, unknown>> {
  const runs = await readRuns(root, events)
  const done = runs.findLastIndex(({ events: all }) => {
    const last = all.at(-1)
    return last?.type === 'run-end' && last.status === 'done'
  })
  const turns = runs.slice(done + 1).flatMap(({ events: all }) => turnsOf(all))
  return answersIn(turns)
}

/** The answers about requirements, by the id of the request, of all runs: the same text leads to the same spec. */
export async function readingAnswers(root: string): Promise<ReadonlyMap<string, unknown>> {
  const turns = (await readRuns(root, events)).flatMap(({ events: all }) =>
    all.filter((event) => event.type === 'turn-end').filter(({ deliverable }) => deliverable === READER),
  )
  return answersIn(turns)
}

const answersIn = (turns: readonly TurnEnd[]): ReadonlyMap<string, unknown> =>
  new Map(turns.flatMap(({ request, answer }) => (answer === undefined ? [] : [[request, answer]])))

function turnsOf(all: readonly Event[]): TurnEnd[] {
  const last = all.at(-1)
  const over = last?.type === 'run-end' && (last.status === 'failed' || last.status === 'waiting')
  const ended = new Set(all.flatMap((event) => (over && event.type === 'deliverable-end' ? [event.deliverable] : [])))
  return all.filter((event) => event.type === 'turn-end').filter(({ deliverable }) => !ended.has(deliverable))
}

function intentOf({ events: all }: Run<Event>): Intent | undefined {
  return all.find((event) => event.type === 'run-start')?.intent
}

function begunIn(all: readonly Event[]): Begun[] {
  const open = new Map<string, number>()
  for (const event of all) {
    if (event.type === 'deliverable-start') open.set(event.deliverable, event.attempt)
    if (event.type === 'deliverable-end') open.delete(event.deliverable)
  }
  return [...open].map(([deliverable, attempt]) => ({ deliverable, attempt }))
}

/** From the sum at the end of a run; of one that was cut off, from its single calls. */
function callsOf(all: readonly Event[]): CallsBefore {
  const cost = all.findLast((event) => event.type === 'cost')
  if (cost !== undefined) {
    const { input, output, usd, lost } = cost.all
    const dollars = usd === null || lost.usd === null ? null : usd + lost.usd
    return {
      sums: [{ tokens: input + output + lost.tokens, usd: dollars, lost: lost.calls }],
      answered: [],
      uncertain: [],
    }
  }
  type Uncertain = CallsBefore['uncertain'][number]
  const open = new Map<string, Uncertain>()
  const answered: CallsBefore['answered'][number][] = []
  const uncertain: Uncertain[] = []
  for (const event of all) {
    if (event.type === 'turn-start') {
      const { model, most } = event
      open.set(event.request, { model, ...(most === undefined ? {} : { most }) })
    }
    const called = event.type === 'turn-lost' ? open.get(event.request) : undefined
    if (called !== undefined) uncertain.push(called)
    if (event.type !== 'turn-end' || event.recalled === true) continue
    const began = open.get(event.request)
    open.delete(event.request)
    const { model = began?.model, usage, answer } = event
    if (usage !== undefined && model !== undefined) answered.push({ model, usage })
    // An answer whose tokens nobody counted.
    else if (answer !== undefined && began !== undefined) uncertain.push(began)
  }
  return { sums: [], answered, uncertain: [...uncertain, ...open.values()] }
}

const joined = (all: readonly CallsBefore[]): CallsBefore => ({
  sums: all.flatMap(({ sums }) => sums),
  answered: all.flatMap(({ answered }) => answered),
  uncertain: all.flatMap(({ uncertain }) => uncertain),
})
