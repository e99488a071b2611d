import { describe, expect, it } from 'vitest'
import { readColumns } from '../../src/intake/columns.js'
import { DOMAINS, domainNamed, read } from './given.js'

const columns = (text: string, domain = 'generic') =>
  readColumns(read(text), domainNamed(domain), DOMAINS, 'target', ['crm'])
const names = (text: string): string[] =>
  columns(text)
    .columns.filter(({ quote }) => quote !== undefined)
    .map(({ name }) => name)

describe('a list in the text', () => {
  it.each([
    [
      'Columns: income, number of visits, last price and region.',
      ['income', 'number_of_visits', 'last_price', 'region'],
    ],
    ['The fields are: monthly_fee, plan, calls 30d', ['monthly_fee', 'plan', 'calls_30d']],
    ['We have for each customer: spend, visits, returns, city', ['spend', 'visits', 'returns', 'city']],
    ['The table has the columns id, spend, visits, returns, label', ['spend', 'visits', 'returns']],
    ['We know their income, balance and tenure.', ['income', 'balance', 'tenure']],
  ])('%j', (text, expected) => expect(names(text)).toEqual(expected))

  it('guesses types from names and keeps the words', () => {
    const found = columns('Columns: income, region, is active, age, utilisation rate, visits').columns
    const of = (name: string) => found.find((column) => column.name === name)
    expect(of('income')).toMatchObject({ type: 'number', unit: 'currency', quote: 'income' })
    expect(of('region')).toMatchObject({ type: 'category', role: 'attribute' })
    expect(of('is_active')?.type).toBe('boolean')
    expect(of('age')).toMatchObject({ type: 'integer', role: 'protected' })
    expect(of('utilisation_rate')).toMatchObject({ minimum: 0, maximum: 1 })
  })

  it('is no list when it only counts or denies', () => {
    expect(names('We have 2 years of history, 3 teams and 40 shops.')).toEqual([])
    expect(names('There are no columns: none, nothing, nil')).toEqual([])
  })

  it('adds usual columns where too few numbers are listed, and says so', () => {
    const found = columns('Columns: region, plan, income', 'subscriber-churn')
    expect(found.columns.length).toBeGreaterThan(6)
    expect(found.assumption).toMatch(/too few to train on/)
  })

  it('plants the signal in columns that exist and are not protected', () => {
    const { columns: all, signal } = columns('Columns: income, visits, returns, age, region')
    const usable = new Set(all.filter(({ role }) => role !== 'protected').map(({ name }) => name))
    for (const name of [signal.lag, ...signal.interaction, signal.rule.column]) expect(usable).toContain(name)
  })
})

it('takes the columns of the domain where the text lists none', () => {
  const found = columns('no list here', 'credit-default')
  expect(found.columns.map(({ name }) => name)).toEqual(domainNamed('credit-default').columns.map(({ name }) => name))
  expect(new Set(found.columns.map(({ source }) => source))).toEqual(new Set(['crm']))
})
