// Requirements text to spec, by rules alone: no network, no clock, the same text gives the same spec.
import type { Fact } from '../spec/facts.js'
import { type FullSpec, fullSpecSchema, type TaskKind } from '../spec/schema.js'
import { readHistory, readPositiveRate, readRows } from './amounts.js'
import { listAssumptions } from './assumptions.js'
import { readBudget } from './budget.js'
import { findClauses } from './clause.js'
import { readColumns } from './columns.js'
import { readCompliance, readProtected } from './compliance.js'
import { type Conflict, withDecisions } from './conflicts.js'
import { checkRequirements } from './decode.js'
import type { Domain } from './domain.js'
import { countsOf, readEntity } from './entity.js'
import { infeasible, withTaken } from './feasible.js'
import type { Knowledge } from './knowledge.js'
import { advisoriesOf, cuesOf } from './knowledge.js'
import { readMaturity } from './maturity.js'
import { readOptions, readTools } from './options.js'
import { findPhrases } from './phrases.js'
import { assumed, type Reading, readText, requirementsOf, type Span, stated } from './reading.js'
import { readResidency } from './residency.js'
import { readSchedule } from './schedule.js'
import { readServing } from './serving.js'
import { readSources, type Source } from './sources.js'
import { gapOf, readSplit, splitConflicts } from './split.js'
import { readTarget } from './target.js'
import { readTask } from './task.js'
import { projectNameOf, slugOf } from './words.js'

/**
 * The domain whose words weigh most; a word counts up to twice. Fewer than 3 points are no recognition.
 * Knowing the entity of the question adds 3, but does not decide alone: nearly every domain has customers.
 */
export const chooseDomain = (
  reading: Reading,
  domains: readonly Domain[],
  entity?: string,
): { domain: Domain; span: Span | undefined } => {
  const fallback = domains.find(({ name }) => name === 'generic') ?? domains[0]
  if (!fallback) throw new Error('intake needs at least one domain')
  const scored = domains.map((domain) => {
    const hits = cuesOf(domain.recognise).flatMap(({ word, weight }) =>
      findPhrases(reading, [word])
        .slice(0, 2)
        .map((match, index) => ({ match, weight: index === 0 ? weight : weight / 2 })),
    )
    hits.sort((a, b) => b.weight - a.weight || a.match.start - b.match.start)
    const words = hits.reduce((sum, { weight }) => sum + weight, 0)
    const knows = entity !== undefined && words >= 2 && domain.entities[entity] !== undefined
    return { domain, score: words + (knows ? 3 : 0), span: hits[0]?.match }
  })
  const best = scored.sort((a, b) => b.score - a.score)[0]
  return best && best.score >= 3 ? best : { domain: fallback, span: undefined }
}

const titleOf = (description: string, singular: string, horizon: Fact<number>): string =>
  `Predict whether ${/^(?:[aeio]|u(?!se|ni|ti))/u.test(singular) ? 'an' : 'a'} ${singular} ${description}${horizon.origin === 'stated' ? ` within ${horizon.value} days` : ''}`

const assumedSource = (plural: string, cloud: string): Source => ({
  name: slugOf(plural, '_') || 'records',
  system: cloud === 'aws' ? 's3' : cloud === 'azure' ? 'azure-blob' : cloud === 'gcp' ? 'gcs' : 'object-storage',
  cadence: 'daily',
  origin: 'assumed',
})

/**
 * Reads a requirements text. `settled` gives what a person has decided about a field that the text contradicts itself on:
 * a value that one of the statements gives is read as if the others were not there, and the contradiction is not listed. Stated facts carry the user's words and their REQ id, the rest is assumed with a reason;
 * what only the user can say is a question with `needs_answer`. Whether the task kind and the options are built is for the caller to decide (`unbuilt`).
 * @throws UsageError for an empty, overlong or binary text.
 */
export const readRequirements = (
  text: string,
  knowledge: Knowledge,
  settled: (field: string) => unknown = () => undefined,
): FullSpec => {
  const reading = readText(checkRequirements(text))
  return fullSpecSchema.parse(withDecisions(reading, (one) => interpret(one, knowledge), settled))
}

const interpret = (reading: Reading, knowledge: Knowledge): { spec: FullSpec; conflicts: readonly Conflict[] } => {
  const clauses = findClauses(reading, knowledge.domains)
  const clause = clauses[0]
  const { domain, span: domainSpan } = chooseDomain(reading, knowledge.domains, clause?.known)
  const entity = readEntity(reading, clause, domain, knowledge.domains)
  const target = readTarget(reading, clause, domain)
  const residency = readResidency(reading)
  const schedule = readSchedule(reading, residency?.place)
  const serving = readServing(reading)
  const { cadence, deadline } = schedule.schedule
  const scheduleSpan = schedule.scheduled ? spanOf(reading, cadence.quote) : undefined
  const { options, conflicts: optionConflicts } = readOptions(reading, knowledge, {
    latency: serving.latency && { ...serving.latency, milliseconds: serving.serving.latency_ms.value },
    schedule: scheduleSpan,
    deadline: spanOf(reading, deadline.quote),
  })
  const cloud = options.cloud_provider?.value ?? 'aws'

  const positiveRate = readPositiveRate(reading, domain)
  const { task, close } = readTask(reading, knowledge, positiveRate, target.horizon_days.value, clause)
  const found = readSources(reading)
  const sources = found.length > 0 ? found : [assumedSource(entity.plural, cloud)]
  const listed = readColumns(
    reading,
    domain,
    knowledge.domains,
    target.column,
    sources.map(({ name }) => name),
  )
  const guarded = readProtected(reading, listed.columns)
  const maturity = readMaturity(reading, knowledge)
  const { budget, conflicts: budgetConflicts } = readBudget(reading)
  const law = readCompliance(reading, {
    residency,
    attributes: guarded.attributes,
    cloud,
    entity: entity.singular.value,
    domain,
  })
  const things = countsOf(reading, Object.values(domain.entities).flat())
  const rows = readRows(reading, entity.count, entity.plural, things)
  const policy = readSplit(reading, {
    rows: rows.value,
    counted: rows.quote !== undefined && rows.quote !== entity.count.quote,
    entity: entity.singular.value,
  })
  const gap = gapOf(policy.value, target.horizon_days.value, target.label_delay_days.value)
  const history = readHistory(reading, Math.max(24, Math.ceil((3 * gap.value) / 30.4)))
  const names = new Set(guarded.columns.map(({ name }) => name))
  const source = sources[0]?.name
  const own = (column: FullSpec['data']['columns'][number]): FullSpec['data']['columns'][number] =>
    source ? { ...column, source } : column

  const questions: FullSpec['questions'] = []
  const ask = (needed: boolean, field: string, question: string): void => {
    questions.push({ field, question, needs_answer: needed })
  }
  if (entity.singular.origin === 'assumed')
    ask(true, 'entity', `Who or what is predicted? "${entity.singular.value}" is used until you say.`)
  if (target.description.origin === 'assumed')
    ask(true, 'target', `Which outcome is predicted? "${target.description.value}" is used until you say.`)
  if (found.length === 0)
    ask(true, 'data.sources', `Where do the data lie? ${sources[0]?.system ?? 'files'} is used until you say.`)
  if (target.horizon_days.origin === 'assumed')
    ask(false, 'target.horizon_days', `How far ahead? ${target.horizon_days.value} days are assumed.`)
  if (target.label_delay_days.origin === 'assumed')
    ask(
      false,
      'target.label_delay_days',
      `After how many days is the outcome known? ${target.label_delay_days.value} are assumed.`,
    )
  if (positiveRate.origin === 'assumed')
    ask(
      false,
      'task.value.positive_rate',
      `Which share has the outcome? ${Number((positiveRate.value * 100).toPrecision(3))} % is assumed.`,
    )
  if (history.origin === 'assumed')
    ask(false, 'data.history_months', `How many months of history are there? ${history.value} are assumed.`)
  if (!listed.listed) ask(false, 'data.columns', 'Which columns do the data have? Those usual in the domain are used.')
  if (law.outside) ask(true, 'compliance.region', law.outside)
  for (const kind of close)
    ask(false, 'task.value.kind', `Is this ${task.value.kind} or rather ${kind}? Both fit the text.`)

  const read: FullSpec = {
    version: 1,
    name: projectNameOf(
      [entity.singular.value, target.column.replace(/^(?:will|is)_(?:(?:be|become|get|have|give|go)_(?=\w))?/u, '')],
      'ml-platform',
    ),
    title: titleOf(target.description.value, entity.singular.value, target.horizon_days),
    text: reading.text,
    requirements: requirementsOf(reading),
    task,
    entity: { singular: entity.singular, plural: entity.plural, key: entity.key, count: entity.count },
    target: {
      column: target.column,
      description: target.description,
      horizon_days: target.horizon_days,
      label_delay_days: target.label_delay_days,
    },
    data: {
      domain: domainSpan
        ? stated(reading, domainSpan, domain.name)
        : assumed(domain.name, 'no domain is recognised in the text'),
      sources,
      rows,
      history_months: history,
      columns: [
        own({
          name: entity.key,
          type: 'string',
          role: 'key',
          description: `identifies one ${entity.singular.value}`,
          nullable: false,
        }),
        own({
          name: 'snapshot_date',
          type: 'timestamp',
          role: 'time',
          description: 'day at which the measures were taken',
          nullable: false,
        }),
        ...guarded.columns.filter(
          ({ name }) => name !== entity.key && name !== 'snapshot_date' && name !== target.column,
        ),
        own({
          name: target.column,
          type: 'boolean',
          role: 'target',
          description: `1 when the ${entity.singular.value} ${target.description.value}`,
          nullable: false,
        }),
      ],
      signal: listed.signal,
    },
    split: { policy },
    leakage: { gap_days: gap, excluded: domain.leakage_excluded.filter(({ column }) => !names.has(column)) },
    serving: serving.serving,
    schedule: schedule.schedule,
    compliance: law.compliance,
    ...(budget ? { budget } : {}),
    tools: readTools(reading, knowledge),
    options,
    maturity: maturity.maturity,
    assumptions: [],
    contradictions: [],
    questions,
    advisories: advisoriesOf(options, knowledge),
  }
  const impossible = infeasible(reading, read)
  const spec = withTaken(read, impossible)
  return {
    spec: { ...spec, assumptions: [...listAssumptions(spec), listed.assumption] },
    conflicts: [
      ...entity.conflicts,
      ...target.conflicts,
      ...splitConflicts(reading),
      ...serving.conflicts,
      ...schedule.conflicts,
      ...law.conflicts,
      ...optionConflicts,
      ...maturity.conflicts,
      ...budgetConflicts,
      ...impossible,
    ],
  }
}

const spanOf = (reading: Reading, quote: string | undefined): Span | undefined => {
  const start = quote === undefined ? -1 : reading.text.indexOf(quote)
  return quote === undefined || start < 0 ? undefined : { start, end: start + quote.length }
}

/** One thing the text asks for that the product knows but cannot make yet. */
export interface Unbuilt {
  readonly name: string
  readonly value: string
  readonly quote: string | undefined
  readonly built: readonly string[]
}

/** The task kind and every chosen option value without a component; the caller refuses them, naming the built ones. */
export const unbuilt = (spec: FullSpec, knowledge: Knowledge): Unbuilt[] => {
  const { task } = spec
  const kinds = Object.entries(knowledge.tasks) as [TaskKind, { built: boolean }][]
  const missing: Unbuilt[] = knowledge.tasks[task.value.kind].built
    ? []
    : [
        {
          name: 'task',
          value: task.value.kind,
          quote: task.quote,
          built: kinds.filter(([, { built }]) => built).map(([kind]) => kind),
        },
      ]
  for (const [name, choice] of Object.entries(spec.options)) {
    const values = knowledge.options[name]?.values ?? {}
    if (!values[choice.value]?.built)
      missing.push({
        name,
        value: choice.value,
        quote: choice.quote,
        built: Object.keys(values).filter((value) => values[value]?.built),
      })
  }
  return missing
}
