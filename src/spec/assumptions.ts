// Keeps the list of assumptions true: a fact that a person has decided since is no assumption any more.
import type { Spec } from './schema.js'

const isRecord = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object'

/** The fact or option that a dotted path leads to; undefined where there is none. */
export function factAt(spec: Spec, path: string): Record<string, unknown> | undefined {
  const found = path.split('.').reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), spec)
  return isRecord(found) && 'origin' in found ? found : undefined
}

/** The spec without sentences about facts that are stated or edited; sentences about anything else stay. */
export function dropDecided<S extends Spec>(spec: S): S {
  const assumptions = spec.assumptions.filter((sentence) => {
    // e.g. `options.feature_store: feast (default)`
    const fact = factAt(spec, sentence.split(': ', 1)[0] ?? '')
    return fact === undefined || fact.origin === 'assumed'
  })
  return { ...spec, assumptions }
}
