// Two people decided on the same spec side by side: field by field the one who changed it counts, and the newer decision where both did.
import { dropDecided } from './assumptions.js'
import { type Spec, specSchema } from './schema.js'

type Tree = Record<string, unknown>
const isGroup = (value: unknown): value is Tree =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !('value' in value && 'origin' in value)
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function join(newer: unknown, base: unknown, older: unknown): unknown {
  if (same(newer, base)) return older
  if (same(older, base) || !isGroup(newer) || !isGroup(older)) return newer
  const known = isGroup(base) ? base : {}
  const names = new Set([...Object.keys(newer), ...Object.keys(older)])
  return Object.fromEntries(
    [...names]
      .map((name) => [name, join(newer[name], known[name], older[name])])
      .filter(([, value]) => value !== undefined),
  )
}

/** `base` is what both started from. */
export const joinSpecs = <S extends Spec>(newer: S, base: S, older: S): S =>
  dropDecided(specSchema.parse(join(newer, base, older)) as S)
