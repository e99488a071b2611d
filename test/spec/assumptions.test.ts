import { describe, expect, it } from 'vitest'
import { dropDecided } from '../../src/spec/assumptions.js'
import { sampleSpec } from './sample.js'

describe('dropDecided', () => {
  const spec = { ...sampleSpec(), assumptions: [] }
  const of = (origin: 'assumed' | 'stated' | 'edited') =>
    dropDecided({
      ...spec,
      maturity: { ...spec.maturity, origin },
      assumptions: ['maturity: 5 (default; the text names none)', 'data.columns: usual for customers'],
    }).assumptions

  it('drops the sentence of a fact that a person decided, and only that', () => {
    expect(of('edited')).toEqual(['data.columns: usual for customers'])
    expect(of('stated')).toEqual(['data.columns: usual for customers'])
  })

  it('keeps what is still assumed, and what no fact stands behind', () => {
    expect(of('assumed')).toHaveLength(2)
  })
})
