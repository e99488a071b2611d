import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { checkRequirements, decodeRequirements, LARGEST_TEXT } from '../../src/intake/decode.js'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('decodeRequirements', () => {
  it.each([
    ['nothing', bytes(), /expected a description in words, got nothing/],
    ['blanks', text(' \n\t '), /expected a description in words, got nothing/],
    ['a NUL byte', bytes(65, 66, 0, 67), /NUL byte/],
    ['an invalid byte', bytes(65, 0xff, 0xfe, 66), /expected UTF-8/],
    ['a control character', text('ab\u0007c'), /control character at position 3/],
    ['no words', text('12 34 !!'), /expected words/],
    ['a megabyte', text('word '.repeat(210_000)), /at most 100,000 bytes, got 1,050,000/],
  ])('refuses %s and says why', (_what, input, message) => {
    expect(() => decodeRequirements(input, 'brief.txt')).toThrow(UsageError)
    expect(() => decodeRequirements(input, 'brief.txt')).toThrow(message)
    expect(() => decodeRequirements(input, 'brief.txt')).toThrow(/^brief\.txt: /)
  })

  it('takes a text up to the limit, in bytes', () => {
    expect(checkRequirements('a'.repeat(LARGEST_TEXT))).toHaveLength(LARGEST_TEXT)
    expect(() => checkRequirements('ü'.repeat(LARGEST_TEXT / 2 + 1))).toThrow(UsageError)
  })

  it('drops a byte order mark and Windows line ends', () =>
    expect(decodeRequirements(text('\uFEFFPredict churn.\r\nSoon.\r\n'))).toBe('Predict churn.\nSoon.'))
})
