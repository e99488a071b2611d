// Joins an existing spec with one freshly read from a text: what a person edited stays, the rest follows the text.
import { cronFor } from './cron.js'
import { type Difference, diffSpec, identityOf } from './diff.js'
import { type Spec, specSchema } from './schema.js'

export interface MergedSpec<S extends Spec = Spec> {
  readonly spec: S
  /** What changes against the existing spec. */
  readonly differences: Difference[]
  /** Where a person's edit was kept although the text now gives something else (`before` is kept, `after` is what the text gives). */
  readonly kept: Difference[]
}

type Tree = Record<string, unknown>
const isRecord = (value: unknown): value is Tree => value !== null && typeof value === 'object' && !Array.isArray(value)
const isFact = (value: unknown): value is Tree => isRecord(value) && 'value' in value && 'origin' in value
const isOwned = (value: unknown): value is Tree => isRecord(value) && 'origin' in value
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** An edited entry no longer claims the words of the text. */
const asEdited = (entry: Tree): Tree => {
  const { quote: _quote, req: _req, reason: _reason, ...rest } = entry
  return { ...rest, origin: 'edited' }
}

const mergeList = (existing: unknown[], previous: unknown, fresh: unknown[]): unknown[] => {
  const base = Array.isArray(previous) ? previous : undefined
  const identity = identityOf([...existing, ...fresh].length === 0 ? [] : existing.length > 0 ? existing : fresh)
  if (!identity || (fresh.length > 0 && identityOf(fresh) !== identity))
    return base && !same(existing, base) ? existing : fresh
  const of = (list: readonly unknown[] | undefined, name: unknown) =>
    list?.find((item) => (item as Tree)[identity] === name)
  const merged = fresh
    .filter(
      (item) =>
        of(existing, (item as Tree)[identity]) !== undefined || of(base, (item as Tree)[identity]) === undefined,
    )
    .map((item) => mergeNode(of(existing, (item as Tree)[identity]), of(base, (item as Tree)[identity]), item))
  // What a person added or changed stays even where the text no longer leads to it.
  const own = existing.filter((item) => {
    const name = (item as Tree)[identity]
    return (
      of(fresh, name) === undefined &&
      ((base && !same(item, of(base, name))) || (isOwned(item) && item.origin === 'edited'))
    )
  })
  return [...merged, ...own]
}

const mergeNode = (existing: unknown, previous: unknown, fresh: unknown): unknown => {
  if (existing === undefined) return fresh
  if (isFact(existing)) {
    // A decision that was already written down stays as it is, with its reason.
    if (existing.origin === 'edited' && same(existing, previous)) return existing
    const edited = existing.origin === 'edited' || (isFact(previous) && !same(existing.value, previous.value))
    return edited ? asEdited(existing) : fresh === undefined ? undefined : fresh
  }
  if (isRecord(existing) && isRecord(fresh)) {
    if (isOwned(existing) && existing.origin === 'edited') return existing
    const base = isRecord(previous) ? previous : {}
    if (isOwned(existing) && isOwned(previous) && !same(existing, previous)) return asEdited(existing)
    const keys = [...new Set([...Object.keys(fresh), ...Object.keys(existing)])]
    return Object.fromEntries(
      keys
        .map((key) => [key, mergeNode(existing[key], base[key], fresh[key])])
        .filter(([, value]) => value !== undefined),
    )
  }
  if (Array.isArray(existing) && Array.isArray(fresh)) return mergeList(existing, previous, fresh)
  return previous !== undefined && !same(existing, previous) ? existing : fresh
}

/** These say what this text says; a person's edit of them has no meaning. */
const READ_ONLY = ['text', 'requirements', 'tools', 'contradictions'] as const

const deriveCron = (spec: Spec, base: Spec | undefined, cronEdited: boolean): Spec => {
  const before = base?.schedule
  if (spec.schedule === undefined || before === undefined) return spec
  const { cadence, deadline, weekday, cron } = spec.schedule
  const changed =
    cadence.value !== before.cadence.value ||
    deadline.value !== before.deadline.value ||
    weekday?.value !== before.weekday?.value
  if (!changed || cronEdited) return spec
  const day = Number(cron.split(' ')[2])
  return {
    ...spec,
    schedule: {
      ...spec.schedule,
      cron: cronFor(cadence.value, deadline.value, weekday?.value, Number.isInteger(day) ? day : 1),
    },
  }
}

/**
 * Three-way merge by field. `previousGenerated` is the spec as the product last wrote it: what differs from it in `existing` was edited.
 * Without it only entries whose origin says `edited` count as a person's.
 */
export const mergeSpec = <S extends Spec>(existing: S, previousGenerated: S | undefined, fresh: S): MergedSpec<S> => {
  const merged = mergeNode(existing, previousGenerated, fresh) as S
  for (const field of READ_ONLY) Object.assign(merged, { [field]: fresh[field] })
  const cronEdited = previousGenerated !== undefined && existing.schedule?.cron !== previousGenerated.schedule?.cron
  const spec = specSchema.parse(deriveCron(merged, fresh, cronEdited)) as S
  return { spec, differences: diffSpec(existing, spec), kept: diffSpec(spec, fresh) }
}

/** The existing spec with every field that differs from what was generated marked as edited; what `design` without a text starts from. */
export const markEdited = <S extends Spec>(existing: S, previousGenerated: S): S => {
  const marked = mergeNode(existing, previousGenerated, existing) as S
  return specSchema.parse(
    deriveCron(marked, previousGenerated, existing.schedule?.cron !== previousGenerated.schedule?.cron),
  ) as S
}
