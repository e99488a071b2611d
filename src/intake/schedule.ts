// How often predictions are needed, by when, in which time zone; the start is early enough for the deadline.
import { cronFor, leadMinutes, type Weekday } from '../spec/cron.js'
import type { Fact } from '../spec/facts.js'
import type { FullSpec } from '../spec/schema.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import { isDenied } from './phrases.js'
import type { Place } from './places.js'
import { assumed, findAll, type Match, normOf, type Reading, type Span, stated } from './reading.js'

type Schedule = FullSpec['schedule']
type Cadence = Schedule['cadence']['value']

const DAYS: readonly [RegExp, Weekday][] = [
  [/^(?:mon|lunes|lundi)/u, 'monday'],
  [/^(?:tue|dien|martes|mardi)/u, 'tuesday'],
  [/^(?:wed|mitt|mierc|mercredi)/u, 'wednesday'],
  [/^(?:thu|donn|juev|jeudi)/u, 'thursday'],
  [/^(?:fri|frei|viern|vendredi)/u, 'friday'],
  [/^(?:sat|sam|saba)/u, 'saturday'],
  [/^(?:sun|sonn|domin|dim)/u, 'sunday'],
]
const DAY_WORD =
  '(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?)'

const CADENCES: readonly [RegExp, Cadence][] = [
  [
    new RegExp(
      `\\b(?:(?:every|each|on|by|jeden|jede|am|cada|los|todos los|chaque|tous les|le)\\s+(?:second\\s+)?)?(${DAY_WORD})\\b`,
      'u',
    ),
    'weekly',
  ],
  [
    /\b(?:weekly|once a week|every week|each week|per week|a week|wochentlich|jede woche|semanal(?:mente)?|cada semana|par semaine|hebdomadaire)\b/u,
    'weekly',
  ],
  [
    /\b(?:hourly|every hour|each hour|once an hour|by \w+ past the hour|stundlich|jede stunde|cada hora|toutes les heures)\b/u,
    'hourly',
  ],
  [
    /\b(?:monthly|once a month|every month|each month|month[- ]end|monatlich|jeden monat|mensual(?:mente)?|cada mes|mensuel\w*|(?:first|last) (?:working |business )?day of (?:the|each|every) month)\b/u,
    'monthly',
  ],
  [
    /\b(?:daily|nightly|once a day|every day|each day|every night|each night|overnight|every (?:\w+ )?(?:morning|evening)|each (?:morning|evening)|on workdays|per day|taglich|jeden (?:tag|abend|morgen)|jede nacht|nachts|diari[oa]s?(?:mente)?|cada (?:dia|noche|manana)|todas las (?:noches|mananas)|tous les jours|chaque (?:jour|nuit|matin)|quotidien\w*)\b/u,
    'daily',
  ],
]

/** Clauses about data arriving or models being trained say nothing about when predictions are needed. */
const ARRIVAL =
  /\b(?:land(?:s|ed|ing)?|arriv\w+|load(?:s|ed)?|dump(?:s|ed)?|export(?:s|ed)?|updat\w+|refresh\w*|deliver(?:s|ed)|copied|copy|sync\w*|replicat\w+|drop(?:s|ped)|stored|comes? in|uploaded|written to|readings?|snapshots?|ankommen|geladen|liegen|kommen|llegan?|cargan?|actualiz\w+|arrivent|backups?|billed|paid)\b/u
const RETRAINING = /\b(?:re-?train\w*|trained|backups?)\b/u
/** When people talk about predictions is seldom when they need them. */
const TALK = /\b(?:we|teams?) (?:review|discuss|meet|evaluate)|\bmeetings?\b/u
const WANTED =
  /\b(?:list|score[sd]?|scoring|report|predict\w*|ranking|ranked|results?|forecasts?|need\w*|send|sent|mail(?:ed)?|run|runs|worklist|liste|lista|listado|braucht|brauchen|necesit\w+)\b/u
/** "a day", "per week" after a number is a volume, and "last Monday" a past day. */
const VOLUME = /(?:\d[\d.,]*\s*(?:k|m|million|thousand)?\s*(?:[\p{L}-]+\s+){1,3}|last |since |from )$/u

const clauseOf = (reading: Reading, match: Match): Span => {
  const before = reading.norm.slice(match.sentence.start, match.start)
  const after = reading.norm.slice(match.end, match.sentence.end)
  const from = Math.max(
    ...[...before.matchAll(/[,;]|:(?!\d)|\b(?:and|but|und|aber|y|et)\b/gu)].map((one) => one.index + one[0].length),
    0,
  )
  const to = after.search(/[,;]|:(?!\d)|\b(?:but|aber|pero)\b/u)
  return { start: match.sentence.start + from, end: to < 0 ? match.sentence.end : match.end + to }
}

interface Found {
  readonly match: Match
  readonly cadence: Cadence
  readonly score: number
}

const cadences = (reading: Reading): { wanted: Found[]; arrivals: Found[] } => {
  const all = CADENCES.flatMap(([expression, cadence]) =>
    findAll(reading, expression).flatMap((match): Found[] => {
      if (isDenied(reading, match)) return []
      const before = reading.norm.slice(match.sentence.start, match.start)
      if (/^(?:a week|per week|per day)$/u.test(normOf(reading, match)) || VOLUME.test(before.slice(-40))) return []
      const clause = normOf(reading, clauseOf(reading, match))
      const sentence = normOf(reading, match.sentence)
      if (RETRAINING.test(clause)) return []
      const arrival = ARRIVAL.test(clause) && !WANTED.test(clause)
      return [
        {
          match,
          cadence,
          score: arrival
            ? -1
            : (WANTED.test(clause) ? 3 : WANTED.test(sentence) ? 2 : 1) +
              (cadence === 'weekly' && /\b(?:every|each)\b/u.test(normOf(reading, match)) ? 0.5 : 0) -
              (TALK.test(clause) ? 1 : 0),
        },
      ]
    }),
  )
  const order = (a: Found, b: Found): number => b.score - a.score || a.match.start - b.match.start
  return {
    wanted: all.filter(({ score }) => score > 0).sort(order),
    arrivals: all.filter(({ score }) => score < 0).sort(order),
  }
}

/** Cadence of the clause that a source is named in, for the source's own entry. */
export const cadenceWithin = (reading: Reading, span: Span): { value: Cadence; span: Span } | undefined => {
  const found = CADENCES.flatMap(([expression, cadence]) =>
    findAll(reading, expression, span).map((match) => ({ value: cadence, span: match })),
  )
  return found.sort((a, b) => a.span.start - b.span.start)[0]
}

const TIME =
  /(?:\b(?:at|by|before|until|till|um|bis|gegen|vor|a las|antes de las|a|avant)\s+)(\d{1,2})(?:[:.h](\d{2}))?\s*(a\.?m\.?|p\.?m\.?|uhr|o'?clock|h)?(?![\d%\p{L}]|\s*(?:%|percent|ms|requests|days|months))|(?<![\d.,])(\d{1,2})[:](\d{2})\s*(am|pm)?(?!\d)|(?:\b(?:by|before|at)\s+)(noon|midnight|midday|ten past the hour|(?:a )?quarter past the hour|half past the hour|(\d{1,2})(?: minutes)? past the hour)/u

const clock = (groups: readonly (string | undefined)[]): string | undefined => {
  const [h1, m1, half1, h2, m2, half2, word, past] = groups
  if (word) {
    const minutes = past
      ? Number(past)
      : word.startsWith('ten')
        ? 10
        : word.includes('quarter')
          ? 15
          : word.startsWith('half')
            ? 30
            : undefined
    return minutes !== undefined ? `00:${String(minutes).padStart(2, '0')}` : word === 'midnight' ? '00:00' : '12:00'
  }
  const half = (half1 ?? half2 ?? '').replace(/\./gu, '')
  const hour = Number(h1 ?? h2)
  const minute = Number(m1 ?? m2 ?? 0)
  const hours = half === 'pm' && hour < 12 ? hour + 12 : half === 'am' && hour === 12 ? 0 : hour
  if (hours > 23 || minute > 59) return undefined
  // "at 6" alone may be anything; an hour counts with minutes, am/pm, Uhr or o'clock.
  if (h2 === undefined && m1 === undefined && half1 === undefined) return undefined
  return `${String(hours).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

const deadlines = (reading: Reading): { span: Span; value: string; sentence: Span; arrival: boolean }[] =>
  findAll(reading, TIME).flatMap((match) => {
    const value = clock(match.groups)
    const clause = normOf(reading, clauseOf(reading, match))
    return value
      ? [{ span: match, value, sentence: match.sentence, arrival: ARRIVAL.test(clause) && !WANTED.test(clause) }]
      : []
  })

const ZONES: readonly [RegExp, string][] = [
  [/\b(?:utc|gmt)\b/u, 'UTC'],
  [/\b(?:cet|cest|mez|mesz)\b/u, 'Europe/Berlin'],
  [/\b(?:eastern time|us eastern|new york time)\b/u, 'America/New_York'],
  [/\b(?:central time)\b/u, 'America/Chicago'],
  [/\b(?:pacific time)\b/u, 'America/Los_Angeles'],
  [/\b(?:uk time|london time)\b/u, 'Europe/London'],
  [/\b(?:india standard time)\b/u, 'Asia/Kolkata'],
]

const timezone = (reading: Reading, place: Place | undefined): Fact<string> => {
  const iana = /(?:Europe|America|Asia|Africa|Australia|Pacific|Atlantic)\/[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z_]+)?/u.exec(
    reading.text,
  )
  if (iana) return stated(reading, { start: iana.index, end: iana.index + iana[0].length }, iana[0])
  for (const [expression, zone] of ZONES) {
    const found = findAll(reading, expression)[0]
    if (found) return stated(reading, found, zone)
  }
  return place
    ? assumed(place.timezone, `the time of ${place.name}, where the data stay`)
    : assumed('UTC', 'the text names neither a time zone nor a place')
}

const weekdayOf = ({ cadence, match }: Found): Weekday | undefined =>
  cadence === 'weekly' ? DAYS.find(([expression]) => expression.test(match.groups[0] ?? ''))?.[1] : undefined

/** Two days in one sentence may both be meant; in two sentences that each want results, one of them is to be decided on. */
const otherWeekdays = (best: Found, wanted: readonly Found[]): Conflict[] => {
  const first = weekdayOf(best)
  if (!first) return []
  const others = wanted.flatMap((one) => {
    const value = weekdayOf(one)
    return value && one.score >= 3 && one.match.sentence !== best.match.sentence
      ? [{ start: one.match.start, end: one.match.end, value }]
      : []
  })
  const statement = { start: best.match.start, end: best.match.end, value: first }
  return conflictsAbout('schedule.weekday', [statement, ...others], 'it stands nearest to what is wanted')
}

export interface ScheduleFacts {
  readonly schedule: Schedule
  readonly conflicts: readonly Conflict[]
  /** True where the text gives a time at which predictions must be there. */
  readonly scheduled: boolean
}

export const readSchedule = (reading: Reading, place: Place | undefined): ScheduleFacts => {
  const { wanted, arrivals } = cadences(reading)
  const best = wanted[0]
  const times = deadlines(reading).filter(({ arrival }) => !arrival)
  const near = best ? times.find(({ sentence }) => sentence.start === best.match.sentence.start) : undefined
  const time = near ?? times[0]
  const arrival = arrivals[0]
  const cadence: Fact<Cadence> = best
    ? stated(reading, best.match, best.cadence)
    : assumed(arrival?.cadence ?? 'daily', arrival ? 'as often as the data arrive' : 'the text names no rhythm')
  const hourly = cadence.value === 'hourly'
  const hours = time?.value.startsWith('00:') === true
  const usable = time && (!hourly || hours) ? time : undefined
  const deadline: Fact<string> = usable
    ? stated(reading, usable.span, usable.value)
    : assumed(hourly ? '00:10' : '06:00', hourly ? 'ten minutes after the full hour' : 'before the working day begins')
  const dayName = best ? weekdayOf(best) : undefined
  const weekday: Fact<Weekday> | undefined =
    cadence.value !== 'weekly'
      ? undefined
      : best && dayName
        ? stated(reading, best.match, dayName)
        : assumed('monday', 'the text names no day of the week')
  const date =
    cadence.value === 'monthly'
      ? findAll(reading, /\b(?:on|by) the (\d{1,2})(?:st|nd|rd|th)?\b/u)[0]?.groups[0]
      : undefined
  const day = date && Number(date) >= 1 && Number(date) <= 28 ? Number(date) : 1
  const rival = wanted.filter((one) => best && one.score >= 3 && one.cadence !== best.cadence)
  return {
    schedule: {
      cadence,
      ...(weekday ? { weekday } : {}),
      deadline: {
        ...deadline,
        reason: deadline.reason ?? `the run starts ${leadMinutes(cadence.value)} minutes earlier`,
      },
      timezone: timezone(reading, place),
      cron: cronFor(cadence.value, deadline.value, weekday?.value, day),
    },
    conflicts: best
      ? [
          ...conflictsAbout(
            'schedule.cadence',
            [best, ...rival].map(({ match: { start, end }, cadence: value }) => ({ start, end, value })),
            'it stands nearest to what is wanted',
          ),
          ...otherWeekdays(best, wanted),
        ]
      : [],
    scheduled: best !== undefined,
  }
}
