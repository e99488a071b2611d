import { describe, expect, it } from 'vitest'
import { readRequirements } from '../../src/intake/requirements.js'
import { KNOWLEDGE } from './given.js'

const PREDICT = 'Predict which of our subscribers will cancel within 30 days. Billing tables land in S3.'
const online = (words: string) => readRequirements(`${PREDICT} An API answers ${words}.`, KNOWLEDGE)

describe('a latency that nothing meets', () => {
  it('is listed with its arithmetic, and the least that can be met is used', () => {
    const { serving, contradictions } = online('within 5 ms at the 99th percentile')
    expect(contradictions).toEqual([
      {
        field: 'serving.latency_ms',
        statements: [{ value: 5, quote: '5 ms', req: 'REQ-003' }],
        arithmetic: '2 hops x 1 ms + 9 ms for the features (DynamoDB) + 5 ms to score = 16 ms at least, more than 5 ms',
        taken: 16,
        reason: 'the least that this platform can promise; its latency alerts would never be silent below it',
      },
    ])
    expect(serving.latency_ms).toMatchObject({ value: 16, origin: 'assumed', reason: /asks for 5 ms/ })
  })

  it.each([
    ['at the bound', 'within 16 ms at the 99th percentile'],
    ['of a median, which the slow requests do not move', 'within 5 ms in the median'],
    ['from a store in the cluster', 'within 8 ms at the 99th percentile from our custom feature store'],
  ])('is none %s', (_, words) => {
    const { serving, contradictions } = online(words)
    expect(contradictions).toEqual([])
    expect(serving.latency_ms.origin).toBe('stated')
  })

  it('is a decision that a person may still take', () => {
    const text = `${PREDICT} An API answers within 5 ms at the 99th percentile.`
    const spec = readRequirements(text, KNOWLEDGE, (field) => (field === 'serving.latency_ms' ? 5 : undefined))
    expect(spec.contradictions).toEqual([])
  })
})

describe('a list that cannot be ready', () => {
  const hourly = (count: string) =>
    readRequirements(
      `Predict which of our ${count} subscribers will cancel within 30 days. Billing tables land in S3. We need a list every hour, batch only.`,
      KNOWLEDGE,
    ).contradictions

  it('is listed with its arithmetic beyond ten minutes of scoring, and not at them', () => {
    expect(hourly('61 million')).toMatchObject([
      {
        field: 'entity.count',
        taken: 61_000_000,
        arithmetic:
          '61000000 rows / 100000 rows a second = 11 minutes for one list, and 10 lie between its start and the deadline',
      },
    ])
    expect(hourly('60 million')).toEqual([])
  })
})
