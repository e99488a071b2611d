// The estimate is simple enough to be explained to a person who asks where a number comes from.
import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../../src/prompt/tokens.js'

describe('estimateTokens', () => {
  it('is a quarter of the characters, rounded up', () => {
    expect([0, 1, 4, 5, 400].map((n) => estimateTokens('z'.repeat(n)))).toEqual([0, 1, 1, 2, 100])
  })
})
