import { describe, expect, it } from 'vitest'
import { findClauses } from '../../src/intake/clause.js'
import { readEntity } from '../../src/intake/entity.js'
import { chooseDomain } from '../../src/intake/requirements.js'
import { DOMAINS, read } from './given.js'

const entity = (text: string) => {
  const reading = read(text)
  return readEntity(reading, findClauses(reading, DOMAINS)[0], chooseDomain(reading, DOMAINS).domain, DOMAINS)
}

describe('readEntity', () => {
  it.each([
    ['Predict which of our 2.4 million mobile subscribers will cancel', 'subscriber', 2_400_000, 'subscriber_id'],
    ['churn model, 80k customers', 'customer', 80_000, 'customer_id'],
    ['qué clientes se darán de baja; 1,3 millones de clientes', 'customer', 1_300_000, 'customer_id'],
    ['Predict which vineyards will sell early. We know 420 vineyards.', 'vineyard', 420, 'vineyard_id'],
    ['Which of our people will resign? 900 people work here.', 'person', 900, 'person_id'],
    ['Predict loan default for SME borrowers. Volume: 45,000 borrowers', 'borrower', 45_000, 'borrower_id'],
    ['Flag fraudulent claims. 400 claims a day.', 'claim', null, 'claim_id'],
  ])('%j', (text, singular, count, key) => {
    const found = entity(text)
    expect([found.singular.value, found.count.value, found.key]).toEqual([singular, count, key])
    expect(found.singular.origin).toBe('stated')
  })

  it('assumes the usual entity of the domain where none is named', () => {
    expect(entity('Churn prediction please').singular).toMatchObject({ value: 'customer', origin: 'assumed' })
  })

  it('reports two different numbers', () => {
    const [conflict] = entity('Which of our 500 members will leave? We have 800 members.').conflicts
    expect(conflict).toMatchObject({ field: 'entity.count', taken: 500, statements: [{ value: 500 }, { value: 800 }] })
  })

  it.each([
    'Which of our 500 members will leave? 120 of them are new members.',
    'Which of our 500 members will leave? Call the top 50 members first.',
    'Which of our 500 members will leave? We have 80 junior members.',
    'Which of our 500 members will leave? We have 500 members in two clubs.',
  ])('does not take a part for another number of all: %s', (text) => {
    expect(entity(text).conflicts).toEqual([])
  })
})
