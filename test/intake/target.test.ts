import { describe, expect, it } from 'vitest'
import { findClauses } from '../../src/intake/clause.js'
import { chooseDomain } from '../../src/intake/requirements.js'
import { readTarget } from '../../src/intake/target.js'
import { DOMAINS, read } from './given.js'

const target = (text: string) => {
  const reading = read(text)
  return readTarget(reading, findClauses(reading, DOMAINS)[0], chooseDomain(reading, DOMAINS).domain)
}

describe('horizon', () => {
  it.each([
    ['Predict which customers will cancel within 30 days.', 30],
    ['Predict which customers will cancel in the next two weeks.', 14],
    ['Predict which customers will cancel over the coming 3 months.', 91],
    ['Predict which customers will cancel next month.', 30],
    ['Predict which customers will cancel within a week.', 7],
    ['Predict whether a loan becomes 90 days past due within 12 months of signing.', 365],
    ['30-day readmission risk per patient', 30],
    ['Tell us 6 weeks in advance which customers will cancel', 42],
    ['welche Kunden innerhalb von 14 Tagen kündigen', 14],
    ['welche Kunden in den nächsten 14 Tagen kündigen', 14],
    ['qué clientes se darán de baja en los próximos 60 días', 60],
  ])('%j looks %i days ahead', (text, days) =>
    expect(target(text).horizon_days).toMatchObject({ value: days, origin: 'stated' }),
  )

  it.each([
    'Predict which customers will cancel. Keep events for 90 days.',
    'Predict which customers will cancel. We have 24 months of history.',
    'Predict which customers will cancel, from their last 12 months.',
    'Predict which customers will cancel. The API answers within 150 ms.',
  ])('%j names no horizon', (text) => expect(target(text).horizon_days.origin).toBe('assumed'))

  it('reports two horizons', () => {
    const conflicts = (second: string) =>
      target(`Predict which customers will cancel within 30 days. ${second}`).conflicts.map(({ statements }) =>
        statements.map(({ value }) => value),
      )
    expect(conflicts('The model must predict whether they will cancel in the next 90 days.')).toEqual([[30, 90]])
    expect(conflicts('We want to predict it 90 days ahead.')).toEqual([[30, 90]])
    expect(conflicts('Planners need the list 2 days ahead.')).toEqual([])
    expect(conflicts('The outcome is known 45 days later.')).toEqual([])
  })
})

describe('description and column', () => {
  it.each([
    ['Predict which customers will cancel within 30 days', 'will_cancel', 'will cancel'],
    ['Decide whether a claim is fraudulent', 'is_fraudulent', 'is fraudulent'],
    ["Predict which guests won't show up", 'will_not_show_up', 'will not show up'],
    ['Predict which parcels arrive late', 'will_arrive_late', 'will arrive late'],
    ['customer churn model', 'will_cancel', 'cancels the subscription'],
  ])('%j -> %s', (text, column, description) => {
    const found = target(text)
    expect([found.column, found.description.value, found.description.origin]).toEqual([column, description, 'stated'])
  })
})

describe('label delay', () => {
  it.each([
    ['Which claims are fraudulent? The verdict is known only after 75 days.', 75],
    ['Which payments are fraudulent? Chargebacks come in up to 45 days later.', 45],
    ['Which customers will cancel? Labels arrive two weeks later.', 14],
    ['Which passengers will be late? The label is known the same day.', 0],
  ])('%j', (text, days) => expect(target(text).label_delay_days).toMatchObject({ value: days, origin: 'stated' }))
  it('is the horizon where nothing is said', () =>
    expect(target('Which customers will cancel within 30 days?').label_delay_days).toMatchObject({
      value: 30,
      origin: 'assumed',
    }))
})
