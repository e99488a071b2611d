// Whether quoted words really say a value: a fact counts as the user's only where its own words carry it.

import { findDurations, findQuantities, findShares } from './numbers.js'
import { findPhrases } from './phrases.js'
import { normalise, type Reading, readText } from './reading.js'
import { cadenceWithin } from './schedule.js'

/** "Three months" are 91 days to one reader and 90 to another. */
const CLOSE = 0.02
const near = (a: number, b: number): boolean => Math.abs(a - b) <= CLOSE * Math.abs(b)
const same = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.abs(b)

/** Units in which a number of the field may be written, as factors; those that the rules know by name come on top. */
const UNITS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/_ms$/u, [1, 1000]],
  [/_rps$/u, [1, 1 / 60, 1 / 3600, 1 / 86_400]],
]

/** Numbers of the words, in the field's unit. */
function numbersIn(words: Reading, field: string): number[] {
  const plain = findQuantities(words).map(({ value }) => value)
  if (/_days$/u.test(field)) return [...plain, ...findDurations(words).map(({ days }) => days)]
  if (/_months$/u.test(field)) return [...plain, ...findDurations(words).map(({ months }) => months)]
  if (/percentile$/u.test(field))
    return [
      ...plain,
      ...[...words.norm.matchAll(/\bp(\d{2}(?:\.\d+)?)\b/gu)].map(([, digits]) => Number(digits)),
      ...findShares(words).map(({ share }) => share * 100),
    ]
  const factors = UNITS.find(([unit]) => unit.test(field))?.[1] ?? [1]
  return plain.flatMap((value) => factors.map((factor) => value * factor))
}

function saysTime(words: Reading, value: string): boolean {
  const [hour = 0, minute = 0] = value.split(':').map(Number)
  if (minute === 0 && hour === 0 && /\bmidnight\b/u.test(words.norm)) return true
  if (minute === 0 && hour === 12 && /\bnoon\b/u.test(words.norm)) return true
  return [...words.norm.matchAll(/(?<!\d)(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]\.?m\b)?/gu)].some(([, h, m, half]) => {
    const late = half?.startsWith('p') === true && Number(h) < 12 ? 12 : 0
    return Number(h) + late === hour && Number(m ?? 0) === minute
  })
}

const FILLER = new Set(
  'a an the their his her its our your my of to in on at be is are will with for and or'.split(' '),
)
const wordsOf = (text: string): string[] =>
  normalise(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1 && !FILLER.has(word))

/** "Cancels" is said by "cancel", "company" by "companies". */
const akin = (one: string, other: string): boolean => {
  const least = Math.min(one.length, other.length)
  const shared = [...one].findIndex((letter, at) => letter !== other.charAt(at))
  return (shared < 0 ? one.length : shared) >= Math.max(Math.min(least, 4), least - 2)
}

/** Every word of the value has one of its kind among the words. */
function saysWords(words: Reading, value: string): boolean {
  const said = wordsOf(words.norm)
  const wanted = wordsOf(value)
  return wanted.length > 0 && wanted.every((word) => said.some((other) => akin(word, other)))
}

/** `recognise` are the words that stand for the value, where the field has a vocabulary. */
export function carries(quote: string, field: string, value: string | number, recognise?: readonly string[]): boolean {
  const words = readText(quote)
  if (words.sentences.length === 0) return false
  if (typeof value === 'number') {
    const equal = /_(?:days|rps)$/u.test(field) ? near : same
    return numbersIn(words, field).some((number) => equal(number, value))
  }
  if (recognise !== undefined) return findPhrases(words, [...recognise]).length > 0
  if (field === 'schedule.cadence')
    return cadenceWithin(words, { start: 0, end: words.text.length })?.value === value || saysWords(words, value)
  if (field === 'schedule.deadline') return saysTime(words, value)
  if (field === 'schedule.timezone') return saysWords(words, value.split('/').at(-1) ?? value)
  return saysWords(words, value)
}
