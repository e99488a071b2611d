// Two values side by side: every place where they differ, with list entries met by their name and not by their position.
import type { Json } from '../types.js'
import { isObject } from './json-value.js'

export type Keys = readonly (string | number)[]

export interface Difference {
  /** Where it is in the tailored value, or was in the baseline's. */
  readonly path: Keys
  readonly was: Json | undefined
  readonly is: Json | undefined
}

const IDENTITIES = [
  'name',
  'id',
  'key',
  'alert',
  'record',
  'sid',
  'type',
  'metric',
  'package-ecosystem',
  'templateName',
] as const

/** The word by which an entry of a list is known among the others; its place where it has none. */
export function identity(entry: Json, list: readonly Json[], at: number): string | number {
  if (typeof entry === 'string') return entry
  if (!isObject(entry)) return at
  for (const key of IDENTITIES) {
    const value = entry[key]
    if (typeof value === 'string' && list.filter((other) => isObject(other) && other[key] === value).length === 1)
      return value
  }
  return at
}

/** Differences, outermost first; inside of what only one of the two has nothing more is said. */
export function differences(was: Json | undefined, is: Json | undefined, path: Keys = []): Difference[] {
  if (was === is) return []
  if (Array.isArray(was) && Array.isArray(is)) return listDifferences(was, is, path)
  if (!isObject(was) || !isObject(is)) return [{ path, was, is }]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    differences(was[key], is[key], [...path, key]),
  )
}

function listDifferences(was: readonly Json[], is: readonly Json[], path: Keys): Difference[] {
  const names = (list: readonly Json[]) => list.map((one, at) => identity(one, list, at))
  const [before, after] = [names(was), names(is)]
  const lost = was.flatMap((one, at) => {
    const now = after.indexOf(before[at] ?? at)
    return differences(one, now < 0 ? undefined : is[now], [...path, before[at] ?? at])
  })
  const added = is.flatMap((one, at) =>
    before.includes(after[at] ?? at) ? [] : [{ path: [...path, after[at] ?? at], was: undefined, is: one }],
  )
  return [...lost, ...added]
}

/** Every leaf inside a value with its path, in the words of `differences`. */
export function* leaves(value: Json | undefined, path: Keys = []): Generator<{ path: Keys; value: Json }> {
  if (Array.isArray(value))
    for (const [at, one] of value.entries()) yield* leaves(one, [...path, identity(one, value, at)])
  else if (isObject(value)) for (const [key, one] of Object.entries(value)) yield* leaves(one, [...path, key])
  else if (value !== undefined) yield { path, value }
}

/** The path with places instead of names, as a parser's positions want it. */
export function placed(value: Json, path: Keys): Keys {
  const found: (string | number)[] = []
  let current: Json | undefined = value
  for (const key of path) {
    if (Array.isArray(current)) {
      const list: Json[] = current
      const at = list.findIndex((one, index) => identity(one, list, index) === key)
      if (at < 0) break
      found.push(at)
      current = list[at]
    } else if (isObject(current) && key in current) {
      found.push(key)
      current = current[key]
    } else break
  }
  return found
}
