import { describe, expect, it } from 'vitest'
import { isStated, statedNumbers } from '../../src/verify/guard-stated.js'
import { platformOf } from '../emitted/platforms.js'

describe('a number that was stated', () => {
  const stated = [
    { path: 'serving.latency_ms', value: 80 },
    { path: 'compliance.retention_days', value: 365 },
    { path: 'budget.amount', value: 5000 },
  ]

  it.each([
    [80, 'slos.serving_latency'],
    [0.08, 'rollout.bounds.latencySeconds'],
    [365, 'conf/prod.yaml storage.retention_days'],
    [5000, 'monthly_budget'],
    [60_000, 'yearly budget'],
  ])('%d is meant by %s', (value, about) => {
    expect(isStated(stated, value, about)).toBe(true)
  })

  it.each([
    [0.08, 'rollout.bounds.errorShare'],
    [80_000, 'latencySeconds'],
    [365, 'tuning.trials'],
    [5000, 'serving.max_body_bytes'],
  ])('%d is not meant by %s', (value, about) => {
    expect(isStated(stated, value, about)).toBe(false)
  })
})

it('is read from the words of the requirements, and never from an assumption', async () => {
  const { spec } = await platformOf({ example: 'churn-telecom', maturity: 1 })
  const found = new Map(statedNumbers(spec).map(({ path, value }) => [path, value]))
  expect(found.get('serving.latency_ms')).toBe(150)
  expect(found.get('serving.throughput_rps')).toBe(60)
  expect([...found.keys()].some((path) => path.includes('positive_rate'))).toBe(false)
  expect(found.has('compliance.retention_days')).toBe(false)
})
