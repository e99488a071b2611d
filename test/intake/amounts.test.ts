import { describe, expect, it } from 'vitest'
import { readHistory, readPositiveRate, readRows } from '../../src/intake/amounts.js'
import { domainNamed, read } from './given.js'

const unknown = { value: null, origin: 'assumed' as const, reason: 'the text gives no number' }

describe('readRows', () => {
  it.each([
    ['about 600 rows in a file', 600],
    ['We have 45,000 historical cases', 45_000],
    ['11 lakh rows', 1_100_000],
    ['40.000 Zeilen', 40_000],
  ])('%j', (text, rows) =>
    expect(readRows(read(text), unknown, 'customers')).toMatchObject({ value: rows, origin: 'stated' }),
  )
  it('falls back to the number of entities, then to an assumption', () => {
    const count = { value: 80_000, origin: 'stated' as const, quote: '80k customers', req: 'REQ-001' }
    expect(readRows(read('80k customers'), count, 'customers')).toMatchObject({ value: 80_000, origin: 'stated' })
    expect(readRows(read('customers'), unknown, 'customers').origin).toBe('assumed')
  })
})

describe('readHistory', () => {
  it.each([
    ['five years of history', 60],
    ['24 months of data', 24],
    ['We kept nothing older, but the last 18 months are available', 18],
    ['tres años de historial', 36],
    ['visits 30d and 48 months of history', 48],
  ])('%j', (text, months) => expect(readHistory(read(text), 24)).toMatchObject({ value: months, origin: 'stated' }))
  it.each(['within 30 days', 'Records are deleted after seven years', '90 days past due', 'visits 30d'])(
    '%j is no history',
    (text) => expect(readHistory(read(text), 24)).toMatchObject({ value: 24, origin: 'assumed' }),
  )
})

describe('readPositiveRate', () => {
  it.each([
    ['about 4 % of the loans default', 0.04],
    ['churn rate is 2.1 %', 0.021],
    ['Only one in fifty is fraud', 0.02],
    ['120 of 600 patients did not show up', 0.2],
    ['On-time delivery is normal; about 12% are late', 0.12],
    ['95 % are good, the rest fail', 0.05],
  ])('%j', (text, share) =>
    expect(readPositiveRate(read(text), domainNamed('generic'))).toMatchObject({ value: share, origin: 'stated' }),
  )
  it.each([
    '150 ms for 99 % of requests',
    '99.95 % availability',
    'retrain when the error rises by 5 %',
    'reduce churn by 10 %',
    'recall of at least 80 %',
  ])('%j is no share of an outcome', (text) =>
    expect(readPositiveRate(read(text), domainNamed('generic')).origin).toBe('assumed'),
  )
})
