import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identifierOf, pluralOf, projectNameOf, singularOf } from '../../src/intake/words.js'
import { projectName } from '../../src/spec/schema.js'

describe('inflection', () => {
  it.each([
    ['customers', 'customer'],
    ['policies', 'policy'],
    ['boxes', 'box'],
    ['buses', 'bus'],
    ['people', 'person'],
    ['businesses', 'business'],
    ['status', 'status'],
    ['houses', 'house'],
  ])('%s -> %s', (plural, singular) => expect(singularOf(plural)).toBe(singular))
  it.each([
    ['customer', 'customers'],
    ['policy', 'policies'],
    ['box', 'boxes'],
    ['person', 'people'],
    ['day', 'days'],
  ])('%s -> %s', (singular, plural) => expect(pluralOf(singular)).toBe(plural))
})

describe('names', () => {
  it('leaves articles out and stays legal', () => {
    expect(identifierOf('will cancel their gym membership', 'x', 6)).toBe('will_cancel_gym_membership')
    expect(identifierOf('90 days late', 'x')).toBe('x_90_days_late')
    expect(identifierOf('客戶', 'column')).toBe('column')
  })
  it('gives a legal project name for anything', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (parts) => {
        expect(projectName.safeParse(projectNameOf(parts, 'ml-platform')).success).toBe(true)
      }),
    )
    expect(projectNameOf(['subscriber', 'cancel'], 'x')).toBe('subscriber-cancel')
    expect(projectNameOf(['a'.repeat(60)], 'xy')).toHaveLength(24)
  })
})
