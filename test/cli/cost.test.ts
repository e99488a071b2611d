import { expect, it } from 'vitest'
import { spentText } from '../../src/cli/cost.js'

const spent = { calls: 3, input: 8_000, output: 1_234, kept: 0, usd: null, estimated: 0 }
const lost = { calls: 0, tokens: 0, usd: 0 }

it('says of an agent what it cost, its tokens, and how much of its prompts the vendor had kept', () => {
  expect(spentText({ ...spent, lost })).toBe('9,234 tokens')
  expect(spentText({ ...spent, lost, kept: 2_000 })).toBe('9,234 tokens, 25 % of the input kept')
  expect(spentText({ ...spent, lost, usd: 0.125, kept: 6_000 })).toMatch(
    /^\$0\.1[23], 9,234 tokens, 75 % of the input kept$/,
  )
})
