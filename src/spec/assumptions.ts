// Keeps the list of assumptions true: a fact that a person has decided since is no assumption any more.
import type { Spec } from './schema.js'

const isRecord = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object'

/** Where the sentence's path leads, e.g. `options.feature_store: feast (default)`. */
function factOf(spec: Spec, sentence: string): unknown {
  const [path = ''] = sentence.split(': ', 1)
  return path.split('.').reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), spec)
}

/** The spec without sentences about facts that are stated or edited; sentences about anything else stay. */
export function dropDecided(spec: Spec): Spec {
  const assumptions = spec.assumptions.filter((sentence) => {
    const fact = factOf(spec, sentence)
    return !(isRecord(fact) && 'origin' in fact && fact.origin !== 'assumed')
  })
  return { ...spec, assumptions }
}
