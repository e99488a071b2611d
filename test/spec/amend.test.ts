import { describe, expect, it } from 'vitest'
import { amend, onOneLine } from '../../src/spec/amend.js'
import { type Contract, contractSchema } from '../../src/spec/contract.js'

const metric = { owner: 'goals', role: 'guard', description: '' }
const contract: Contract = contractSchema.parse({
  version: 1,
  project: 'p',
  metrics: {
    auc: { ...metric, direction: 'higher', threshold: 0.6 },
    error: { ...metric, direction: 'lower', threshold: 0.05 },
    loss: { ...metric, direction: 'lower', threshold: null },
  },
  buckets: { raw: { owner: 'storage', uri: 's3://raw', description: '' } },
  slos: { latency: { owner: 'storage', value: 1, unit: 'ms', description: '' } },
})

const amended = (deliverable: string, entry: string, value: unknown) =>
  amend(contract, new Map([[deliverable, [{ entry, value: JSON.stringify(value) }]]]))
const auc = (change: object) => ({ direction: 'higher', role: 'guard', description: '', threshold: 0.6, ...change })

describe('an amendment', () => {
  it('gives an entry of its deliverable another value, or adds one beside it', () => {
    const value = { uri: 's3://other', description: 'x' }
    expect(amended('storage', 'buckets.raw', value).contract.buckets.raw).toEqual({ owner: 'storage', ...value })
    const { contract: more, refused } = amended('storage', 'buckets.more', value)
    expect(refused).toEqual([])
    expect(more.buckets).toEqual({ ...contract.buckets, more: { owner: 'storage', ...value } })
    expect(contract.buckets).not.toHaveProperty('more')
  })

  it.each([
    ['goals', 'buckets.raw', {}, 'it belongs to storage and not to goals'],
    ['goals', 'buckets.more', {}, 'the section belongs to storage'],
    ['goals', 'topics.more', {}, 'the section belongs to nobody here'],
    ['storage', 'slos.latency', {}, 'slos follow from what the user asked for'],
    ['storage', 'criteria.x', {}, 'criteria follow from what the user asked for'],
    ['storage', 'nothing.x', {}, 'there is no section nothing; expected one of datasets, features'],
    ['storage', 'project.x', {}, 'there is no section project'],
    ['storage', 'buckets.raw.uri', 's3://x', 'expected buckets.<name of one entry>'],
    ['storage', 'buckets.raw', ['s3://x'], 'expected the whole entry as a JSON object, got ["s3://x"]'],
    ['storage', 'buckets.raw', { uri: 's3://x' }, 'description: Invalid input'],
    ['storage', 'buckets.raw', { uri: 's3://x', description: '', more: 1 }, 'Unrecognized key'],
    ['storage', 'buckets.raw', { owner: 'goals', uri: '', description: '' }, 'the owner stays storage'],
    ['goals', 'metrics.auc', auc({ threshold: 0.5 }), 'its threshold is 0.6, and 0.5 would let more pass'],
    ['goals', 'metrics.auc', auc({ threshold: null }), 'and null would let more pass'],
    ['goals', 'metrics.auc', auc({ direction: 'lower', threshold: 0.7 }), 'direction and role of a metric stay'],
    ['goals', 'metrics.auc', auc({ role: 'report' }), 'direction and role of a metric stay'],
    ['goals', 'metrics.error', auc({ direction: 'lower', threshold: 0.06 }), 'would let more pass'],
  ])('of %s at %s to %j is refused and changes nothing', (deliverable, entry, value, reason) => {
    const { contract: same, refused } = amended(deliverable, entry, value)
    expect(same).toEqual(contract)
    expect(refused).toEqual([{ deliverable, entry, reason: expect.stringContaining(reason) }])
  })

  it.each([
    ['metrics.auc', auc({ threshold: 0.7 })],
    ['metrics.error', auc({ direction: 'lower', threshold: 0.04 })],
    ['metrics.loss', auc({ direction: 'lower', threshold: 0.3 })],
    ['metrics.recall', auc({ threshold: null, role: 'report' })],
  ])('may hold %s to more', (entry, value) => {
    expect(amended('goals', entry, value).refused).toEqual([])
  })

  it('beside one that is refused still holds, in any order of deliverables', () => {
    const right = { entry: 'buckets.raw', value: '{"uri":"s3://a","description":""}' }
    const both = [
      ['storage', [right]],
      ['goals', [{ ...right, entry: 'buckets.b' }]],
    ] as const
    const results = [both, [...both].reverse()].map((all) => amend(contract, new Map(all)))
    for (const { contract: one, refused } of results) {
      expect(one.buckets.raw?.uri).toBe('s3://a')
      expect(refused).toHaveLength(1)
    }
    expect(results[0]).toEqual(results[1])
  })
})

it('stands on one line and reads back as what it was taken for', () => {
  const text = onOneLine('{\n  "a": "two  blanks\\nand a line"}')
  expect(text).toBe('{"a":"two blanks\\nand a line"}')
  expect(onOneLine(text)).toBe(text)
})
