import { describe, expect, it } from 'vitest'
import { carries } from '../../src/intake/carries.js'

describe('quoted words', () => {
  it.each<[string, string, string | number]>([
    ['a fifth of a second is too long, 200 ms is not', 'serving.latency_ms', 200],
    ['within two seconds', 'serving.latency_ms', 2000],
    ['at p99.5', 'serving.latency_percentile', 99.5],
    ['for the 95th percentile', 'serving.latency_percentile', 95],
    ['3,600 requests per minute', 'serving.throughput_rps', 60],
    ['kept for three months', 'compliance.retention_days', 90],
    ['two years of tables', 'data.history_months', 24],
    ['for nine in ten, 90 % that is', 'serving.latency_percentile', 90],
    ['2.4 million subscribers', 'entity.count', 2_400_000],
    ['maturity two', 'maturity', 2],
    ['every Monday', 'schedule.cadence', 'weekly'],
    ['by 6 pm', 'schedule.deadline', '18:00'],
    ['at half past, 06:30 sharp', 'schedule.deadline', '06:30'],
    ['Berlin time', 'schedule.timezone', 'Europe/Berlin'],
    ['our tenants who leave', 'entity.singular', 'tenant'],
    ['may terminate their lease', 'target.description', 'will terminate the lease'],
  ])('%j say %s %s', (quote, field, value) => expect(carries(quote, field, value)).toBe(true))

  it.each<[string, string, string | number]>([
    ['Nobody may wait longer', 'serving.latency_ms', 50],
    ['within 2 seconds', 'serving.latency_ms', 200],
    ['30 stores', 'entity.count', 300],
    ['every Monday', 'schedule.cadence', 'daily'],
    ['by 6 pm', 'schedule.deadline', '06:00'],
    ['our tenants who leave', 'entity.singular', 'customer'],
    ['may terminate their lease', 'target.description', 'will miss a payment'],
    ['…', 'maturity', 1],
  ])('%j do not say %s %s', (quote, field, value) => expect(carries(quote, field, value)).toBe(false))

  it('say an option by one of the words that stand for it, unless they rule it out', () => {
    expect(carries('we track with MLflow', 'options.x', 'mlflow', ['mlflow'])).toBe(true)
    expect(carries('we do not use MLflow', 'options.x', 'mlflow', ['mlflow'])).toBe(false)
    expect(carries('we track', 'options.x', 'mlflow', ['mlflow'])).toBe(false)
  })
})
