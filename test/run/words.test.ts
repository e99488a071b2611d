// Reasons as a person reads them: what was what, and is now what.
import { describe, expect, it } from 'vitest'
import { type Change, changeWords, contractChanges } from '../../src/run/words.js'

const values = (spec: object, contract: object, options: object, maturity = 3) =>
  JSON.parse(JSON.stringify({ spec, contract, options, maturity, project: { name: 'churn' } })) as Change['now']
const fact = (value: unknown, origin = 'stated') => ({ value, origin })
const change = (name: string, old: Change['old'], now: Change['now'], edited: readonly string[] = []): string[] =>
  changeWords({ before: { [name]: 'a' }, after: { [name]: 'b' }, old, now, edited: new Set(edited) })

describe('a stale input in words', () => {
  it.each<[string, string, Change['now'], Change['now'], string[], readonly string[]]>([
    [
      'an option',
      'options.feature_store',
      values({}, {}, { feature_store: 'feast' }),
      values({}, {}, { feature_store: 'custom' }),
      ['feature_store was feast, now custom'],
      [],
    ],
    [
      'an edit',
      'spec.serving',
      values({ serving: { latency_ms: fact(200) } }, {}, {}),
      values({ serving: { latency_ms: fact(80, 'edited') } }, {}, {}),
      ['you edited spec.yaml: serving.latency_ms 200 -> 80'],
      ['serving.latency_ms'],
    ],
    [
      'a text that says something else',
      'spec.serving.latency_ms',
      values({ serving: { latency_ms: fact(200) } }, {}, {}),
      values({ serving: { latency_ms: fact(80) } }, {}, {}),
      ['spec.yaml: serving.latency_ms 200 -> 80'],
      [],
    ],
    [
      'only where it came from',
      'spec.serving.latency_ms',
      values({ serving: { latency_ms: fact(80) } }, {}, {}),
      values({ serving: { latency_ms: fact(80, 'edited') } }, {}, {}),
      ['spec.serving.latency_ms: its value is the same, but not where it comes from'],
      [],
    ],
    [
      'a column',
      'spec.data',
      values({ data: { columns: [{ name: 'age' }] } }, {}, {}),
      values({ data: { columns: [{ name: 'age' }, { name: 'plan' }] } }, {}, {}),
      ['spec.yaml: data.columns.plan is new (1 entries)'],
      [],
    ],
    ['maturity', 'maturity.4', values({}, {}, {}, 3), values({}, {}, {}, 5), ['maturity was 3, now 5'], []],
    [
      'a renamed entry',
      'contract.features',
      values({}, { features: { tenure_days: { dtype: 'int', owner: 'features' } } }, {}),
      values({}, { features: { tenure: { dtype: 'int', owner: 'features' } } }, {}),
      ['contract: feature tenure_days renamed tenure (by features)'],
      [],
    ],
    [
      'an entry with another value',
      'contract.slos.p99',
      values({}, { slos: { p99: { bound: 200, owner: 'serving' } } }, {}),
      values({}, { slos: { p99: { bound: 80, owner: 'serving' } } }, {}),
      ['contract: slo p99.bound 200 -> 80 (by serving)'],
      [],
    ],
  ])('%s', (_, name, old, now, words, edited) => {
    expect(change(name, old, now, edited)).toEqual(words)
  })

  it('names what is no value: files, models, other deliverables', () => {
    const before = { 'prompts/ml-engineer.hbs': 'a', model: 'none', 'deliverable features': 'a', blueprint: 'a' }
    const after = { 'prompts/ml-engineer.hbs': 'b', model: 'x:y', 'deliverable features': 'b', blueprint: 'b' }
    expect(changeWords({ before, after, old: values({}, {}, {}), now: values({}, {}, {}), edited: new Set() })).toEqual(
      [
        'its blueprint changed',
        'model was none, now x:y',
        'prompts/ml-engineer.hbs changed',
        'features gives other files',
      ],
    )
  })

  it('begins with what a person decided, and blames no blueprint for another component', () => {
    const before = { 'contract.slos': 'a', 'options.feature_store': 'a', blueprint: 'a' }
    const after = { 'contract.slos': 'b', 'options.feature_store': 'b', blueprint: 'b' }
    const old = values({}, { slos: { p99: { bound: 200, owner: 'serving' } } }, { feature_store: 'feast' })
    const now = values({}, { slos: { p99: { bound: 80, owner: 'serving' } } }, { feature_store: 'custom' })
    expect(changeWords({ before, after, old, now, edited: new Set() })).toEqual([
      'feature_store was feast, now custom',
      'contract: slo p99.bound 200 -> 80 (by serving)',
    ])
  })

  it('says the name alone where old values can no longer be read, and counts a long list', () => {
    expect(change('spec.serving', undefined, values({}, {}, {}))).toEqual(['spec.serving changed'])
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, { owner: 'x' }]))
    const words = change('contract.metrics', values({}, { metrics: {} }, {}), values({}, { metrics: many(7) }, {}))
    expect(words).toHaveLength(5)
    expect(words.at(-1)).toBe('and 3 more of the same kind')
  })

  it('gives all differences of two contracts with their owners', () => {
    expect(
      contractChanges(
        { buckets: { raw: { owner: 'ingestion' } } },
        { buckets: { raw: { owner: 'ingestion' }, logs: { owner: 'observability' } } },
      ),
    ).toEqual(['contract: bucket logs is new (by observability)'])
  })
})
