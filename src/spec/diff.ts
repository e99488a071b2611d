// Says in words what changed between two specs or two contracts; people read it before they accept a merge.

import type { Json } from '../types.js'
import type { Contract } from './contract.js'
import type { Spec } from './schema.js'

/** One changed value; undefined means that the path is absent on that side. */
export interface Difference {
  readonly path: string
  readonly before: Json | undefined
  readonly after: Json | undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
const isFact = (value: unknown): value is { value: unknown } => isRecord(value) && 'value' in value && 'origin' in value

/** Entries of a list keep their identity by one of these fields, so that inserting one does not shift the others. */
const IDENTITIES = ['name', 'id', 'column', 'field', 'component'] as const
export const identityOf = (list: readonly unknown[]): (typeof IDENTITIES)[number] | undefined =>
  list.length === 0
    ? undefined
    : IDENTITIES.find(
        (field) =>
          list.every((item) => isRecord(item) && typeof item[field] === 'string') &&
          new Set(list.map((item) => (item as Record<string, unknown>)[field])).size === list.length,
      )

const children = (value: unknown): Map<string, unknown> | undefined => {
  if (isRecord(value)) return new Map(Object.entries(value).filter(([, inner]) => inner !== undefined))
  if (!Array.isArray(value)) return undefined
  const identity = identityOf(value)
  return identity
    ? new Map(value.map((item) => [String((item as Record<string, unknown>)[identity]), item]))
    : undefined
}

/** What differs below `path`, entry by entry; a fact is compared by its value. */
export const differences = (path: string, before: unknown, after: unknown): Difference[] => [
  ...compare(path, before, after),
]

function* compare(path: string, before: unknown, after: unknown): Generator<Difference> {
  const left = isFact(before) ? before.value : before
  const right = isFact(after) ? after.value : after
  if (JSON.stringify(left) === JSON.stringify(right)) return
  const [a, b] = [children(left), children(right)]
  // A list that became empty has no identity; its entries are still shown one by one.
  const entries = (own: Map<string, unknown> | undefined, value: unknown) =>
    own ?? (Array.isArray(value) && value.length === 0 ? new Map<string, unknown>() : undefined)
  const [x, y] = [entries(a, left), entries(b, right)]
  if (!x || !y) {
    yield { path, before: left as Json | undefined, after: right as Json | undefined }
    return
  }
  for (const key of new Set([...x.keys(), ...y.keys()]))
    yield* compare(path === '' ? key : `${path}.${key}`, x.get(key), y.get(key))
}

/** What differs, in the order of the file; a fact is compared by its value, not by where it came from. */
export const diffSpec = (before: Spec, after: Spec): Difference[] => [...compare('', before, after)]

export const diffContract = (before: Contract, after: Contract): Difference[] => [...compare('', before, after)]

const show = (value: Json | undefined): string =>
  value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value)

/** One line such as `serving.latency_ms: 150 -> 80`. */
export const describeDifference = ({ path, before, after }: Difference): string =>
  before === undefined
    ? `${path}: added ${show(after)}`
    : after === undefined
      ? `${path}: removed (was ${show(before)})`
      : `${path}: ${show(before)} -> ${show(after)}`
