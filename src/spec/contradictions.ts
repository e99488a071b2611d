// Contradictions of the requirements: which ones nobody has decided yet, and how a decision is kept.
import { factAt } from './assumptions.js'
import type { Spec } from './schema.js'

export type Contradiction = Spec['contradictions'][number]

/** The value that a person gave to the fact, by flag, answer or edit; undefined where it is the text's or an assumption. */
export function editedValue(spec: Spec, field: string): unknown {
  const fact = factAt(spec, field)
  return fact?.origin === 'edited' ? fact.value : undefined
}

/** The spec without contradictions about facts that a person has decided. */
export function dropSettled<S extends Spec>(spec: S): S {
  return { ...spec, contradictions: spec.contradictions.filter(({ field }) => editedValue(spec, field) === undefined) }
}

/** Those that wait for a person: not settled, and not accepted with the same words when `before` was designed. */
export function openContradictions(spec: Spec, before: Spec | undefined): Contradiction[] {
  const wordsOf = ({ field, statements }: Contradiction): string =>
    JSON.stringify([field, ...statements.map(({ quote }) => quote)])
  const accepted = new Set(before?.contradictions.map(wordsOf))
  return dropSettled(spec).contradictions.filter((contradiction) => !accepted.has(wordsOf(contradiction)))
}

/** The spec with the fact marked as the person's own, so that later texts do not change it. */
export function markDecided<S extends Spec>(spec: S, field: string, value: Contradiction['taken']): S {
  const copy = structuredClone(spec)
  const fact = factAt(copy, field)
  if (!fact) throw new Error(`the spec has no fact at ${field}`)
  for (const key of Object.keys(fact)) delete fact[key]
  Object.assign(fact, { value, origin: 'edited', reason: 'chosen by the user' })
  return copy
}
