import { describe, expect, it } from 'vitest'
import { estimateRun } from '../../src/provider/estimate.js'
import { parsePrices } from '../../src/provider/prices.js'

const PRICES = parsePrices(
  'prices:\n  compatible:a: { input: 10, cacheRead: 1, cacheWrite: 10, output: 100, date: 2026-11-21, page: "http://127.0.0.1/" }',
  'test',
)
/** 100,000 bytes are 30,000 tokens with the margin. */
const one = { model: 'compatible:a', bytes: 100_000, sharedBytes: 80_000, replyBytes: 10_000 }

describe('an estimate of a run', () => {
  it('counts every turn of a conversation, and what is kept between them', () => {
    const { calls, inputTokens, outputTokens, usd, mostUsd } = estimateRun([one], PRICES, { usual: 2, most: 3 })
    expect({ calls, inputTokens, outputTokens }).toEqual({ calls: 2, inputTokens: 30_000 + 33_000, outputTokens: 6000 })
    // 30,000 written, 30,000 read, 3,000 written, 6,000 out.
    expect(usd).toBeCloseTo(0.3 + 0.03 + 0.03 + 0.6, 9)
    // 30,000 + 33,000 + 36,000 in and 9,000 out, nothing kept.
    expect(mostUsd).toBeCloseTo(0.99 + 0.9, 9)
  })
  it('counts what is shared in full only once per model', () => {
    const alone = estimateRun([one], PRICES, { usual: 1, most: 1 }).usd ?? 0
    const both = estimateRun([one, one], PRICES, { usual: 1, most: 1 }).usd ?? 0
    expect(both - alone).toBeCloseTo(0.024 + 0.06 + 0.3, 9)
  })
  it('says what it assumed, and that a price is unknown', () => {
    const { usd, mostUsd, assumptions } = estimateRun([one, { ...one, model: 'compatible:b' }], PRICES)
    expect(usd).toBeUndefined()
    expect(mostUsd).toBeUndefined()
    expect(assumptions.join('\n')).toMatch(/2 conversations of 2 turns, at most 4/)
    expect(assumptions.join('\n')).toMatch(/2026-11-21/)
    expect(assumptions.join('\n')).toMatch(/the price of compatible:b is unknown/)
  })
})
