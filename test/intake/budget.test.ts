import { describe, expect, it } from 'vitest'
import { readBudget } from '../../src/intake/budget.js'
import { read } from './given.js'

describe('a budget is a fact only where the text names one', () => {
  it.each([
    ['It may cost at most 2,000 EUR a month.', 2000, 'EUR', 'month', '2,000 EUR a month'],
    ['The budget is $5k per month.', 5000, 'USD', 'month', '$5k per month'],
    ['Our cloud bill must stay below 24,000 dollars a year.', 24_000, 'USD', 'year', '24,000 dollars a year'],
    ['Das Budget liegt bei 2.000 Euro im Monat.', 2000, 'EUR', 'month', '2.000 Euro im Monat'],
    ['We can spend £900 monthly on it.', 900, 'GBP', 'month', '£900 monthly'],
    ['Costs must not exceed €1,500/month.', 1500, 'EUR', 'month', '€1,500/month'],
  ])('%s', (text, amount, currency, period, quote) => {
    expect(readBudget(read(text)).budget).toEqual({
      amount: { value: amount, origin: 'stated', quote, req: 'REQ-001' },
      currency,
      period,
    })
  })

  it.each([
    'Each missed case costs 300 EUR, and we lose 2,000 EUR a month in revenue.',
    'Customers pay 20 EUR a month.',
    'It should save 10,000 USD a month.',
    'A node costs 300 EUR a month.',
    'The monthly_charge column is in EUR.',
    'Predict who will cancel within 30 days.',
  ])('none in: %s', (text) => expect(readBudget(read(text)).budget).toBeUndefined())
})

describe('a budget is contradicted', () => {
  it('by another one; the smaller is taken', () => {
    const { conflicts, budget } = readBudget(
      read('The budget is 3,000 EUR a month. It must cost at most 2,000 EUR a month.'),
    )
    expect(budget?.amount.value).toBe(2000)
    expect(conflicts).toMatchObject([{ field: 'budget.amount', taken: 2000 }])
  })

  it('by the stated price of one machine, with the arithmetic, from just above it on', () => {
    const of = (budget: number) =>
      readBudget(read(`The budget is ${budget} EUR a month. One node costs 300 EUR a month.`)).conflicts
    expect(of(299)).toMatchObject([
      {
        field: 'budget.amount',
        taken: 299,
        arithmetic: '1 machine x 300 = 300 EUR a month, more than the budget of 299',
      },
    ])
    expect(of(300)).toEqual([])
  })

  it('by no price of another currency or period, which nobody has converted', () => {
    expect(readBudget(read('The budget is 200 EUR a month. One node costs 300 USD a month.')).conflicts).toEqual([])
    expect(readBudget(read('The budget is 200 EUR a month. One node costs 300 EUR a year.')).conflicts).toEqual([])
  })
})
