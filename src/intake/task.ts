// Which of the eight kinds of prediction the text asks for, and what that kind needs to know.
import type { Fact } from '../spec/facts.js'
import type { FullSpec, TaskKind } from '../spec/schema.js'
import { TASK_KINDS } from '../spec/schema.js'
import type { Clause } from './clause.js'
import type { Knowledge } from './knowledge.js'
import { findMeasured } from './numbers.js'
import { findPhrases } from './phrases.js'
import { assumed, findAll, type Match, type Reading, sentenceAt, stated } from './reading.js'

type Details = FullSpec['task']['value']

interface Scored {
  readonly kind: TaskKind
  readonly score: number
  readonly strongest: Match | undefined
}

/** A cue counts once however often it is repeated, so that a long text about churn is not decided by one chatty word. */
const scoreKinds = (reading: Reading, knowledge: Knowledge): Scored[] =>
  TASK_KINDS.map((kind) => {
    const hits = knowledge.tasks[kind].cues.flatMap(({ word, weight }) =>
      findPhrases(reading, [word])
        .slice(0, 1)
        .map((match) => ({ match, weight })),
    )
    hits.sort((a, b) => b.weight - a.weight || a.match.start - b.match.start)
    // "which of our" says no more than the "which of" in it, and "classify" no more than "classif*".
    const own = hits.filter(
      ({ match }, index) =>
        !hits.slice(0, index).some((other) => other.match.start < match.end && match.start < other.match.end),
    )
    return { kind, score: own.reduce((sum, { weight }) => sum + weight, 0), strongest: own[0]?.match }
  })

/** Few events in years of history are the mark of a time-to-event task: a classifier cannot learn from 35 failures. */
const rareEvents = (reading: Reading): { match: Match; events: number } | undefined => {
  const found = findMeasured(
    reading,
    /(?:failures?|breakdowns?|events?|outages?|deaths?|incidents?)\s+(?:in|over|within|during)\s+(?:the (?:last|past)\s+)?(?:[\p{L}\d]+)\s+(?:years?|months?)/u,
  )[0]
  const sentence = found ? sentenceAt(reading, found.start) : undefined
  return found && sentence && found.value <= 100
    ? { match: { start: found.start, end: found.end, groups: [], sentence }, events: Math.round(found.value) }
    : undefined
}

export interface TaskFacts {
  readonly task: Fact<Details>
  /** Kinds that score nearly as well, for a question. */
  readonly close: readonly TaskKind[]
}

const number = (reading: Reading, unit: RegExp): number | undefined => findMeasured(reading, unit)[0]?.value

export const detailsOf = (
  reading: Reading,
  kind: TaskKind,
  positiveRate: Fact<number>,
  horizonDays: number,
  events: number | null,
): Details => {
  switch (kind) {
    case 'tabular-classification':
      return { kind, classes: 2, positive_rate: positiveRate }
    case 'regression':
      return {
        kind,
        unit: findAll(reading, /\b(?:price|cost|value|revenue|amount|salary)\b/u)[0] ? 'currency' : null,
        error_band: findAll(reading, /\b(?:error band|interval|uncertainty|confidence|range)\b/u).length > 0,
      }
    case 'forecasting': {
      const hours = number(reading, /hours?\b/u)
      const hourly = findAll(reading, /\b(?:hourly|every hour|per hour)\b/u).length > 0
      const percents = findAll(reading, /(\d{1,2})\s*\/\s*(\d{1,2})\s*\/\s*(\d{1,2})\s*%/u)[0]?.groups.map(
        (part) => Number(part) / 100,
      )
      return {
        kind,
        steps: hourly && hours ? Math.round(hours) : Math.max(1, horizonDays),
        frequency: hourly ? 'hourly' : 'daily',
        quantiles: percents ?? [0.1, 0.5, 0.9],
      }
    }
    case 'recommendation': {
      const items = number(reading, /(?:titles|items|products|articles|songs|films|movies|books|courses)\b/u)
      const length = number(reading, /(?:suggestions|recommendations|results)\b/u)
      return { kind, items: items ? Math.round(items) : null, list_length: Math.max(1, Math.round(length ?? 10)) }
    }
    case 'text-classification': {
      const labels = number(reading, /(?:topics|labels|classes|categories|tags|queues)\b/u)
      const languages = findAll(
        reading,
        /\b(english|spanish|german|french|italian|portuguese|dutch|polish|japanese|chinese|hindi|arabic)\b/u,
      ).map(({ groups }) => groups[0] ?? '')
      return { kind, labels: labels && labels >= 2 ? Math.round(labels) : null, languages: [...new Set(languages)] }
    }
    case 'image-classification': {
      const list = findAll(reading, /\bas ([\p{L}-]+(?:, [\p{L}-]+)*,? or [\p{L}-]+)/u)[0]?.groups[0]
      return { kind, classes: list ? list.split(/,\s*(?:or\s+)?|\s+or\s+/u) : [] }
    }
    case 'anomaly-detection': {
      const alerts = findMeasured(reading, /(?:[\p{L}-]+\s+){0,2}?(?:alarms?|alerts?)\s*(?:\/|per|a)\s*day/u)[0]?.value
      const few = findAll(reading, /\b(?:hardly any|few|some|a handful of)\s+labels?\b/u).length > 0
      return {
        kind,
        alerts_per_day: alerts ?? null,
        labels: few ? 'few' : findAll(reading, /\bno labels?\b/u).length > 0 ? 'none' : 'few',
      }
    }
    case 'survival':
      return { kind, horizon_days: horizonDays, events }
  }
}

export const readTask = (
  reading: Reading,
  knowledge: Knowledge,
  positiveRate: Fact<number>,
  horizonDays: number,
  clause: Clause | undefined,
): TaskFacts => {
  const scores = scoreKinds(reading, knowledge)
  const rare = rareEvents(reading)
  const adjusted = scores.map((one) =>
    one.kind === 'survival' && rare ? { ...one, score: one.score + 8, strongest: one.strongest ?? rare.match } : one,
  )
  // Order of TASK_KINDS decides ties: a yes-or-no question about records is by far the commonest.
  const ranked = [...adjusted].sort((a, b) => b.score - a.score)
  const best = ranked[0]
  const kind = best && best.score >= 3 ? best.kind : 'tabular-classification'
  const details = detailsOf(reading, kind, positiveRate, horizonDays, rare?.events ?? null)
  // The sentence that asks the question says more than a single word.
  const question =
    kind === 'tabular-classification' && clause?.predicate && clause.score >= 5 ? clause.whole : undefined
  const strongest = question ?? adjusted.find((one) => one.kind === kind)?.strongest
  return {
    task: strongest
      ? stated(reading, strongest, details)
      : assumed(details, 'a yes or no for each record is the commonest question; the text does not say more'),
    close: ranked
      .filter((one) => one.kind !== kind && best !== undefined && one.score >= 4 && best.score - one.score <= 1)
      .map((one) => one.kind),
  }
}
