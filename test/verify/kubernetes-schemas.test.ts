import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { knownKinds, kubernetesVersion, structuralSchema } from '../../src/verify/kubernetes-schemas.js'

const FILE = join(import.meta.dirname, '../../validators/kubernetes.json.br')
const KEYWORDS = new Set(
  'type properties required additionalProperties items oneOf $ref enum format pattern minLength maxLength minimum maximum minItems maxItems'.split(
    ' ',
  ),
)

/** Keywords of a schema that the interpreter has no idea of, wherever they stand. */
function unknownKeywords(schema: object): string[] {
  return Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
    if (!KEYWORDS.has(keyword)) return [keyword]
    if (keyword === 'properties') return Object.values(value as object).flatMap((one: object) => unknownKeywords(one))
    if (keyword === 'oneOf') return (value as object[]).flatMap(unknownKeywords)
    const inner = keyword === 'items' || (keyword === 'additionalProperties' && typeof value === 'object')
    return inner ? unknownKeywords(value as object) : []
  })
}

describe('the schemas that ship', () => {
  it('are those of all kinds, under their full groups', () => {
    expect(kubernetesVersion()).toBe('1.34.4')
    expect(knownKinds()).toHaveLength(222)
    expect(knownKinds()).toEqual(
      expect.arrayContaining([
        'v1/Pod',
        'rbac.authorization.k8s.io/v1/Role',
        'serving.kserve.io/v1beta1/InferenceService',
        'serving.knative.dev/v1/Service',
        'argoproj.io/v1alpha1/Rollout',
        'monitoring.coreos.com/v1/PrometheusRule',
      ]),
    )
  })

  it('use no keyword that the interpreter would pass over', () => {
    const names = brotliDecompressSync(readFileSync(FILE))
      .toString()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '')
    const unknown = names
      .filter((name) => name !== 'version')
      .flatMap((name) => unknownKeywords(structuralSchema(name) ?? {}))
    expect(unknown).toEqual([])
    expect(unknownKeywords({ properties: { a: { items: { anyOf: [] } } } })).toEqual(['anyOf'])
  })
})
