// Numbers that the user has stated: the only thing that may move a bound of the baseline to its looser side.
import type { Spec } from '../spec/schema.js'
import type { Json } from '../types.js'
import { isObject } from './json-value.js'

export interface Stated {
  /** Where the spec holds it, e.g. `serving.latency_ms`. */
  readonly path: string
  readonly value: number
}

/** Every number of the spec that came from the text or from a person's hand. */
export function statedNumbers(spec: Spec): Stated[] {
  const found: Stated[] = []
  const numbers = (value: Json, path: string): void => {
    if (typeof value === 'number') found.push({ path, value })
    // A fact inside of a fact says by itself where it came from.
    else if (isObject(value) && 'origin' in value) visit(value, path)
    else if (Array.isArray(value)) for (const one of value) numbers(one, path)
    else if (isObject(value)) for (const [key, one] of Object.entries(value)) numbers(one, `${path}.${key}`)
  }
  const visit = (value: Json | undefined, path: string): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, path)
    if (!isObject(value)) return
    const said = value.origin === 'stated' || value.origin === 'edited'
    if (said && value.value !== undefined) numbers(value.value, path)
    else for (const [key, one] of Object.entries(value)) visit(one, path === '' ? key : `${path}.${key}`)
  }
  visit(JSON.parse(JSON.stringify(spec)) as Json, '')
  return found
}

/** What a number may be multiplied by without being another one, by the unit that the spec's field names. */
const UNITS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/_ms$/, [1, 0.001]],
  [/_seconds$/, [1, 1000, 1 / 60]],
  [/_days$/, [1, 24, 1440, 86_400]],
  [/_rps$/, [1, 60]],
  [/percentile$/, [1, 0.01]],
  [/_(rate|share)$/, [1, 100]],
  [/budget\.amount$/, [1, 12, 1 / 12, 1 / 30]],
]

/** Said of too many things to say what a number is about. */
const EMPTY = new Set([
  'value',
  'values',
  'max',
  'min',
  'maximum',
  'minimum',
  'limit',
  'days',
  'seconds',
  'amount',
  'count',
])

const wordsOf = (text: string): Set<string> =>
  new Set(
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z]+/)
      .filter((word) => word.length > 2 && !EMPTY.has(word))
      .map((word) => word.replace(/(ed|ing|s)$/, '')),
  )

/** Whether a person has asked for this number, for a thing of this name. */
export function isStated(stated: readonly Stated[], value: number, about: string): boolean {
  const words = wordsOf(about)
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
  return stated.some((one) => {
    const factors = UNITS.find(([unit]) => unit.test(one.path))?.[1] ?? [1]
    const parts = one.path.split('.')
    // The section of the spec says of many numbers where they belong, and of none what it is; a bare amount is its section's.
    const own = wordsOf(parts.at(-1) ?? '')
    const names = own.size > 0 ? own : wordsOf(parts.at(-2) ?? '')
    return factors.some((factor) => near(one.value * factor, value)) && [...names].some((word) => words.has(word))
  })
}
