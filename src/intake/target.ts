// What is to be predicted, how far ahead, and when the truth is known.
import type { Fact } from '../spec/facts.js'
import type { Clause } from './clause.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import type { Domain } from './domain.js'
import { daysOf, findDurations } from './numbers.js'
import { findPhrases } from './phrases.js'
import { assumed, findAll, quoteOf, type Reading, type Span, sentenceAt, stated } from './reading.js'
import { identifierOf, plainVerb } from './words.js'

export interface TargetFacts {
  readonly column: string
  readonly description: Fact<string>
  readonly horizon_days: Fact<number>
  readonly label_delay_days: Fact<number>
  /** Horizons that disagree. */
  readonly conflicts: readonly Conflict[]
}

const END_OF_EVENT = /\s+(?:within|in the|over the|during)\b|\s{2,}/u

/** "Target: pays late", as lists and tables have it. */
const labelledEvent = (reading: Reading): { span: Span; words: string } | undefined => {
  for (const sentence of reading.sentences) {
    const label = findAll(reading, /\b(?:target|outcome|label|ziel(?:grosse)?)\s*[:=]\s*([^.:;,=()]+)/u, sentence)[0]
    const words = label?.groups[0]?.split(END_OF_EVENT)[0]?.trim() ?? ''
    if (!label || !/^\p{L}.*\p{L}{2}/u.test(words)) continue
    const start = reading.norm.indexOf(words, label.start)
    return { span: { start: label.start, end: start + words.length }, words }
  }
  return undefined
}

const describe = (
  reading: Reading,
  clause: Clause | undefined,
  domain: Domain,
): { column: string; description: Fact<string> } => {
  const event = findPhrases(reading, domain.events)[0]
  const predicate = clause?.predicate
  if (clause && predicate && clause.score >= 5) {
    const span = clause.whole
    if (clause.form === 'foreign')
      return {
        column: domain.target_column,
        description: stated(reading, span, domain.target_description, 'said in another language'),
      }
    const words = quoteOf(reading, predicate).replace(/\s+/gu, ' ').trim()
    const [first = '', ...rest] = words.split(' ')
    const plain = clause.form === 'state' ? words : [plainVerb(first.toLowerCase()), ...rest].join(' ')
    const prefix = clause.form === 'state' ? (clause.negative ? 'is_not' : 'is') : clause.negative ? 'will_not' : 'will'
    const description = `${clause.form === 'state' ? (clause.negative ? 'is not ' : 'is ') : clause.negative ? 'will not ' : 'will '}${plain}`
    return {
      column: identifierOf(`${prefix} ${plain}`, domain.target_column, 6),
      description: stated(reading, span, description),
    }
  }
  if (event) {
    const reason = `what "${quoteOf(reading, event)}" usually means for ${domain.description}; edit it where yours differs`
    return { column: domain.target_column, description: stated(reading, event, domain.target_description, reason) }
  }
  const labelled = labelledEvent(reading)
  if (labelled) {
    const [first = '', ...rest] = labelled.words.split(/\s+/u)
    const plain = [plainVerb(first), ...rest].join(' ')
    return {
      column: identifierOf(`will ${plain}`, domain.target_column, 6),
      description: stated(reading, labelled.span, `will ${plain}`),
    }
  }
  return {
    column: domain.target_column,
    description: assumed(domain.target_description, 'the text does not say which outcome is to be predicted'),
  }
}

const AHEAD =
  /\b(?:within|in|over|during|inside|innerhalb(?: von)?|binnen|en|durante|dans|next|coming|following|first|nachsten|kommenden|proximos|proximas|prochains)\s+(?:(?:at most|a maximum of|about|the|a|their|its|these|den|der|los|las|les|von)\s+)*(?:(?:next|coming|following|first|subsequent|nachsten|kommenden|folgenden|ersten|proximos|proximas|siguientes|prochains|primeros)\s+)?$/u
const AFTERWARDS =
  /^\s*(?:ahead|in advance|beforehand|horizon|window|im voraus|de antelacion|after (?:discharge|booking|the|their|signing|opening|purchase)|of (?:discharge|release|opening|purchase|signing|the (?:loan|discharge)))\b/u
const EVENT_NOUN =
  /^[\s-]+(?:churn|readmission|default|no-show|mortality|horizon|window|risk|failure|conversion|attrition|cancellation|prediction)\b/u
const OTHER = /^\s*(?:of (?:history|data|records|logs|past)|history|worth|old|deadline|trial)\b/u
const KEPT =
  /\b(?:keep|kept|retain\w*|retention|store[ds]?|delet\w+|history|historical|known|labels?|archiv\w+|respond|answer\w*|last|past(?! due)|previous|letzten|ultimos|aufbewahr\w*|conserv\w*|geloscht)\b[^.;]{0,40}$/u

/** "Predict it 90 days ahead" gives the horizon; "planners need the list 2 days ahead" does not. */
const FORETELLING =
  /^(?!.*\b(?:need\w*|send|sent|call\w*|notif\w+|list|remind\w*)\b).*\b(?:predict\w*|forecast\w*|horizon)\b/u

interface Candidate {
  readonly span: Span
  readonly days: number
  readonly score: number
}

const horizons = (reading: Reading, clause: Clause | undefined): Candidate[] => {
  const numbered = findDurations(reading).flatMap((duration): Candidate[] => {
    const sentence = sentenceAt(reading, duration.start)
    const before = reading.norm.slice(Math.max(sentence?.start ?? 0, duration.start - 60), duration.start)
    const after = reading.norm.slice(duration.end, Math.min(sentence?.end ?? 0, duration.end + 40))
    const lead = AHEAD.exec(before) ?? /\b(?:horizon|ahead|horizont)\s*[:=]\s*$/u.exec(before)
    const trail = AFTERWARDS.exec(after) ?? EVENT_NOUN.exec(after)
    if ((!lead && !trail) || OTHER.test(after) || KEPT.test(lead ? before.slice(0, lead.index) : before)) return []
    const span = {
      start: lead ? duration.start - (before.length - lead.index) : duration.start,
      end: trail ? duration.end + trail[0].length : duration.end,
    }
    return [
      {
        span,
        days: duration.days,
        score:
          1 +
          (/next|coming|following|nachsten|kommenden|proxim|prochain/u.test(before) ||
          (trail && sentence && FORETELLING.test(reading.norm.slice(sentence.start, sentence.end)))
            ? 1
            : 0),
      },
    ]
  })
  const bare = findAll(
    reading,
    /\b(?:(?:in|within|over|during|by|im|in der|el|la)\s+)?(?:the\s+|den\s+|der\s+)?(?:next|coming|following|nachsten?|kommenden?|proximo|proxima)\s+(day|week|month|quarter|semester|term|year|tag|woche|monat|quartal|jahr|dia|semana|mes|ano)\b(?! (?:on|at))|\bwithin (?:a|one|the) (day|week|month|quarter|year)\b/u,
  ).map(
    (match): Candidate => ({
      span: match,
      days:
        match.groups[0] === 'month' || match.groups[1] === 'month'
          ? 30
          : daysOf(1, match.groups[0] ?? match.groups[1] ?? 'day'),
      score: 1,
    }),
  )
  const home = clause ? sentenceAt(reading, clause.whole.start) : undefined
  return [...numbered, ...bare]
    .map((candidate) => ({
      ...candidate,
      score: candidate.score + (home && candidate.span.start >= home.start && candidate.span.end <= home.end ? 3 : 0),
    }))
    .sort((a, b) => b.score - a.score || a.span.start - b.span.start)
}

const LATE =
  /\b(?:labels?|outcomes?|truth|known|confirm\w*|chargebacks?|verdicts?|settled|results?|reported|bekannt|etiquetas?|feststeh\w*|conoc\w+)\b/u

const labelDelay = (reading: Reading, horizon: Fact<number>): Fact<number> => {
  for (const duration of findDurations(reading)) {
    const sentence = sentenceAt(reading, duration.start)
    if (!sentence) continue
    const around = reading.norm.slice(
      Math.max(sentence.start, duration.start - 80),
      Math.min(sentence.end, duration.end + 30),
    )
    const before = reading.norm.slice(Math.max(sentence.start, duration.start - 80), duration.start)
    const after = reading.norm.slice(duration.end, Math.min(sentence.end, duration.end + 14))
    const delayed =
      /(?:\bafter|\bup to|\btakes?|\btake about|\bonly|\bnach|\bdespues de|\btarda\w*|\bdelay(?:ed)?(?: of| by)?|\blag of)\s*(?:about|around|another|some|etwa|unos)?\s*$/u.test(
        before,
      ) || /^\s*(?:later|afterwards|late\b|delay|spater|despues)/u.test(after)
    if (LATE.test(around) && delayed && !/\b(?:keep|delete|retain|within)\b/u.test(before)) {
      const cue = LATE.exec(before)
      const start = cue ? duration.start - (before.length - cue.index) : duration.start
      return stated(reading, { start, end: duration.end }, duration.days)
    }
  }
  const soon = findAll(
    reading,
    /\b(?:labels?|outcomes?|results?|truth)\b[^.;]{0,30}?\b(?:(same day|immediately|at once|instantly)|(next day|day after|overnight))\b/u,
  )[0]
  if (soon) return stated(reading, soon, soon.groups[0] ? 0 : 1)
  return assumed(horizon.value, 'an outcome is certain when its horizon has passed')
}

export const readTarget = (reading: Reading, clause: Clause | undefined, domain: Domain): TargetFacts => {
  const { column, description } = describe(reading, clause, domain)
  const candidates = horizons(reading, clause)
  const best = candidates[0]
  const horizon_days = best
    ? stated(reading, best.span, best.days)
    : assumed(domain.horizon_days, `usual for ${domain.description}; the text names no horizon`)
  const rivals = best
    ? candidates.filter(
        (one) =>
          one.score >= 2 && one.days !== best.days && best.score - one.score <= 3 && isPredictive(reading, one.span),
      )
    : []
  return {
    column,
    description,
    horizon_days,
    label_delay_days: labelDelay(reading, horizon_days),
    conflicts: best
      ? conflictsAbout(
          'target.horizon_days',
          [best, ...rivals].map(({ span, days }) => ({ ...span, value: days })),
          'it stands nearest to the question',
        )
      : [],
  }
}

/** Only a second sentence that also speaks of the prediction can contradict the first. */
const isPredictive = (reading: Reading, span: Span): boolean => {
  const sentence = sentenceAt(reading, span.start)
  return (
    sentence !== undefined &&
    /\b(?:predict\w*|forecast\w*|will|likely|horizon|whether|probability|chance|risk)\b/u.test(
      reading.norm.slice(sentence.start, sentence.end),
    )
  )
}
