import { describe, expect, it } from 'vitest'
import { findClauses } from '../../src/intake/clause.js'
import { quoteOf } from '../../src/intake/reading.js'
import { DOMAINS, read } from './given.js'

describe('findClauses', () => {
  it.each([
    ['Predict which of our 2.4 million mobile subscribers will cancel within 30 days.', 'subscribers', 'cancel'],
    ['Which of our suppliers will deliver late next week?', 'suppliers', 'deliver late'],
    [
      'Predict whether a loan application will become 90 days past due within 12 months.',
      'application',
      'become 90 days past due',
    ],
    ['Identify patients who are likely to miss their appointment.', 'patients', 'miss their appointment'],
    ['Score the probability that a machine fails in the next 10 days', 'machine', 'fails'],
    ['Decide whether a claim is fraudulent while the customer waits', 'claim', 'fraudulent'],
    ['We want know which student drop out in next semester', 'student', 'drop out'],
    ['Predict which parcels arrive late', 'parcels', 'arrive late'],
    ['which visitors from Berlin and Paris will buy', 'visitors', 'buy'],
    ["Score each donor's chance to give again within a year", "donor's", 'give again'],
    ['Estimate the likelihood that credit card customers will not pay back.', 'customers', 'pay back'],
    ['ob ein Kunde kündigt', 'Kunde', 'kündigt'],
  ])('%j is about %j that may %j', (text, noun, predicate) => {
    const reading = read(text)
    const [best] = findClauses(reading, DOMAINS)
    expect(best && quoteOf(reading, best.noun)).toBe(noun)
    expect(best?.predicate && quoteOf(reading, best.predicate)).toBe(predicate)
  })

  it('finds none where nothing is asked', () => {
    expect(
      findClauses(read('We have a lot of data and want to use AI.'), DOMAINS).filter(({ score }) => score >= 5),
    ).toEqual([])
  })

  it('takes the load of something for no predicate', () => {
    expect(findClauses(read('Forecast the load of 120 substations.'), DOMAINS)[0]?.predicate).toBeUndefined()
  })
})
