import { describe, expect, it } from 'vitest'
import { gapOf, readSplit, splitConflicts } from '../../src/intake/split.js'
import { read } from './given.js'

describe('readSplit', () => {
  it.each([
    ['Please use an out-of-time test.', 'time'],
    ['Split by customer.', 'group'],
    ['We want cross-validation.', 'random'],
  ])('%j is stated', (text, policy) =>
    expect(readSplit(read(text), { rows: 1e6, counted: true, entity: 'customer' })).toMatchObject({
      value: policy,
      origin: 'stated',
    }),
  )

  it.each([
    ['600 rows, one row per patient', 600, true, 'random'],
    ['600 rows', 600, true, 'random'],
    ['600 machines with readings every hour', 600, false, 'time'],
    ['one row per loan', 300_000, true, 'time'],
    ['several visits per patient, no dates', 50_000, true, 'group'],
    ['several visits per patient', 50_000, true, 'time'],
    ['no timestamps', 50_000, true, 'random'],
    ['anything', 2_000_000, false, 'time'],
  ] as const)('%j with %i rows is decided with a reason', (text, rows, counted, policy) => {
    const found = readSplit(read(text), { rows, counted, entity: 'patient' })
    expect([found.value, found.origin]).toEqual([policy, 'assumed'])
    expect(found.reason).toMatch(/\w{4}/)
  })
})

it('keeps the horizon and the delay of the outcome between training and test', () => {
  expect(gapOf('time', 30, 75).value).toBe(75)
  expect(gapOf('time', 30, 5).value).toBe(30)
  expect(gapOf('random', 30, 75).value).toBe(0)
})

it('contradicts itself with time and chance, not with cross-validation or groups', () => {
  const taken = (text: string) => splitConflicts(read(text)).map((one) => [one.field, one.taken])
  expect(taken('Split the data by time. Use a random split.')).toEqual([['split.policy', 'time']])
  expect(taken('Split by time, with cross-validation in the training period.')).toEqual([])
  expect(taken('Split by time and no random split.')).toEqual([])
  expect(taken('Split by time. Split by customer.')).toEqual([])
})
