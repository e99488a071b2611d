// Numbers as people write them: 2.4 million, 2,4 Mio, 40,000, 40.000, 60k, "two hundred", 3 %, one in fifty; and durations.
import { findAll, type Reading, type Span, sentenceAt } from './reading.js'

export interface Quantity extends Span {
  readonly value: number
}

const SMALL: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  zwei: 2,
  drei: 3,
  vier: 4,
  funf: 5,
  sechs: 6,
  sieben: 7,
  acht: 8,
  neun: 9,
  zehn: 10,
  zwolf: 12,
  zwanzig: 20,
  dreissig: 30,
  dos: 2,
  tres: 3,
  cuatro: 4,
  cinco: 5,
  seis: 6,
  siete: 7,
  ocho: 8,
  nueve: 9,
  diez: 10,
  doce: 12,
  quince: 15,
  veinte: 20,
  treinta: 30,
  ...Object.fromEntries(
    ['ein', 'zwei', 'drei', 'vier', 'funf', 'sechs', 'sieben', 'acht', 'neun'].map((word, index) => [
      `${word}hundert`,
      (index + 1) * 100,
    ]),
  ),
} // prettier-ignore
const SCALES: readonly [RegExp, number][] = [
  [/^(?:billions?|bn|milliarden?|mrd\.?|mil millones)$/u, 1e9],
  [/^(?:millions?|mio\.?|mln|mn|m|millionen|millon(?:es)?|mill\.?)$/u, 1e6],
  [/^(?:crores?)$/u, 1e7],
  [/^(?:lakhs?|lacs?)$/u, 1e5],
  [/^(?:thousands?|k|tsd\.?|tausend|mil|mille)$/u, 1e3],
  [/^(?:hundreds?|hundert|cien(?:tos)?)$/u, 1e2],
]
const SCALE_WORD =
  '(?:mil millones|billions?|milliarden?|mrd\\.?|millions?|millionen|millon(?:es)?|mio\\.?|mln|crores?|lakhs?|lacs?|thousands?|tausend|tsd\\.?|hundreds?|hundert|mil|mille)(?![\\p{L}])'
const SCALE_LETTER = '(?:bn|mn|k|m)(?![\\p{L}\\p{N}/])'
const DIGITS = "\\d{1,3}(?:[ '_]\\d{3})+(?!\\d)(?:[.,]\\d+)?|\\d+(?:[.,]\\d+)*"
const WORD = `(?:${Object.keys(SMALL).join('|')})(?![\\p{L}])`
const WORDS = `${WORD}(?:[ -]${WORD})?(?: and a half(?![\\p{L}]))?|half an?|a quarter of a(?= second)|an?(?= (?:hundred|thousand|million|billion|dozen))`
const EXPRESSION = new RegExp(
  `(?<![\\p{L}\\p{N}.,_-])(?:(${DIGITS})|(${WORDS})(?![\\p{L}]))(?:\\s*(${SCALE_LETTER})|[\\s-]+(${SCALE_WORD}|dozen))?(?:\\s+(${SCALE_WORD}))?`,
  'gu',
)

/** `fraction` tells that a scale or a unit of time follows, where three decimals are likelier than thousands. */
export const parseDigits = (digits: string, fraction = false): number => {
  const plain = digits.replace(/[ '_]/gu, '')
  const marks = [...plain.matchAll(/[.,]/gu)].map((mark) => mark[0])
  const last = marks.at(-1)
  if (last === undefined) return Number(plain)
  const tail = plain.length - plain.lastIndexOf(last) - 1
  const other = marks.some((mark) => mark !== last)
  const grouping = !other && (marks.length > 1 || (tail === 3 && !/^0[.,]/u.test(plain) && !fraction))
  if (grouping) return Number(plain.replace(/[.,]/gu, ''))
  const at = plain.lastIndexOf(last)
  return Number(`${plain.slice(0, at).replace(/[.,]/gu, '')}.${plain.slice(at + 1)}`)
}

const scaleOf = (word: string | undefined): number => {
  if (!word) return 1
  if (word === 'dozen') return 12
  return SCALES.find(([pattern]) => pattern.test(word))?.[1] ?? 1
}

const spelled = (words: string): number => {
  if (words.startsWith('half')) return 0.5
  if (words.startsWith('a quarter')) return 0.25
  if (words === 'a' || words === 'an') return 1
  const whole = words.split(/[ -]/u).reduce((sum, word) => sum + (SMALL[word] ?? 0), 0)
  return words.endsWith('and a half') ? whole + 0.5 : whole
}

/** Every number of the text, in order. */
export const findQuantities = (reading: Reading): Quantity[] =>
  findAll(reading, EXPRESSION).map(({ start, end, groups: [digits, words, letter, word, second] }) => {
    const follows = reading.norm.slice(end, end + 12)
    const scale = scaleOf(letter ?? word) * scaleOf(second)
    const base =
      digits === undefined
        ? spelled(words ?? '')
        : parseDigits(digits, scale > 1 || /^\s*(?:s|sec|second|sekunden?|segundos?)\b/u.test(follows))
    return { start, end, value: Number((base * scale).toPrecision(12)) }
  })

/** A number directly followed by something; the span covers both. */
export interface Measured extends Quantity {
  readonly unit: string
  readonly groups: readonly (string | undefined)[]
}

/** Numbers whose following words match; `unit` must not start with `^` or carry flags but u. */
export const findMeasured = (reading: Reading, unit: RegExp): Measured[] => {
  const following = new RegExp(`^(?:\\s|-)*(?:${unit.source})`, 'u')
  return findQuantities(reading).flatMap((quantity) => {
    const sentence = sentenceAt(reading, quantity.start)
    const match = following.exec(reading.norm.slice(quantity.end, sentence?.end))
    return match
      ? [
          {
            ...quantity,
            end: quantity.end + match[0].trimEnd().length,
            unit: match[0].replace(/^[\s-]+/u, '').trim(),
            groups: match.slice(1),
          },
        ]
      : []
  })
}

const DURATION =
  /(?:business |working |calendar |next |following |coming |nachsten |kommenden |proximos |proximas |prochaine?s )?((?:hours?|hrs?|h|stunden?|horas?)|(?:days?|d|tag(?:e|en)?|dias?|jours?)|(?:weeks?|wks?|wochen?|semanas?)|(?:months?|mos?|monat(?:e|en)?|mes(?:es)?|mois)|(?:quarters?|quartale?n?)|(?:years?|yrs?|jahr(?:e|en)?|anos?|ans))(?![\p{L}])/u

/** Days of a calendar unit; months are twelfths of a year, one alone counts 30. */
export const daysOf = (value: number, unit: string): number => {
  if (/^(?:h|hr|hour|stunde|hora)/u.test(unit)) return Math.max(1, Math.ceil(value / 24))
  if (/^(?:w|semana)/u.test(unit)) return Math.round(value * 7)
  if (/^(?:mo|mes)/u.test(unit)) return Math.round((value * 365) / 12)
  if (/^(?:sem(?!ana)|term)/u.test(unit)) return Math.round((value * 365) / 2)
  if (/^q/u.test(unit)) return Math.round((value * 365) / 4)
  if (/^(?:y|jahr|ano|ans)/u.test(unit)) return Math.round(value * 365)
  return Math.max(1, Math.round(value))
}

export interface Duration extends Span {
  readonly days: number
  readonly months: number
}

export const findDurations = (reading: Reading): Duration[] =>
  findMeasured(reading, DURATION).map(({ start, end, value, groups: [unit = 'days'] }) => {
    const days = daysOf(value, unit)
    return {
      start,
      end,
      days,
      months: /^(?:mo|mes)/u.test(unit) ? Math.max(1, Math.round(value)) : Math.max(1, Math.round((days * 12) / 365)),
    }
  })

const FRACTIONS: Readonly<Record<string, number>> = {
  third: 1 / 3,
  quarter: 0.25,
  fifth: 0.2,
  tenth: 0.1,
  twentieth: 0.05,
}

export interface Share extends Span {
  /** Between 0 and 1. */
  readonly share: number
  readonly percent: boolean
}

/** "3 %", "2.5 percent", "one in fifty", "1 in 200", "120 of 600", "5 out of 1000". */
export const findShares = (reading: Reading): Share[] => {
  const percents = findMeasured(reading, /(?:%|percent|per cent|pct|prozent|por ciento|pour cent)/u).map(
    ({ start, end, value }) => ({ start, end, share: value / 100, percent: true }),
  )
  // "a third of them", "about half are": only where the words go on about them, since a quarter is also three months.
  const fractions = findAll(
    reading,
    /\b(?:(?:a|one) (third|quarter|fifth|tenth|twentieth)|(half))(?=\s+(?:of|are|is|do|does|get|cancel|miss|leave)\b)/u,
  ).map(({ start, end, groups: [part, half] }) => ({
    start,
    end,
    share: half ? 0.5 : (FRACTIONS[part ?? ''] ?? 0),
    percent: false,
  }))
  const numbers = findQuantities(reading)
  const ratios = numbers.flatMap((left) => {
    const right = numbers.find((one) => one.start > left.end && one.start - left.end < 28)
    if (!right || right.value <= left.value) return []
    const between = reading.norm.slice(left.end, right.start)
    if (!/^\s+(?:in|out of|of|von|de cada|aus)(?:\s+(?:every|the|our|about))?\s+$/u.test(between)) return []
    return [{ start: left.start, end: right.end, share: left.value / right.value, percent: false }]
  })
  return [...percents, ...fractions, ...ratios]
    .filter(({ share }) => share > 0 && share < 1)
    .sort((a, b) => a.start - b.start)
}
