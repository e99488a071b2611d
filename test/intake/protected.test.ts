import { expect, it } from 'vitest'
import { PROTECTED } from '../../src/intake/protected.js'
import { columnSchema } from '../../src/spec/schema.js'
import { read } from './given.js'

it('every attribute is a column for fairness checks only, with words of its own', () => {
  const words = PROTECTED.flatMap((attribute) => attribute.words)
  expect(new Set(words).size).toBe(words.length)
  for (const { column } of PROTECTED) expect(columnSchema.parse(column).role).toBe('protected')
})

it('words are written as the text is read: lower case, without accents', () => {
  for (const word of PROTECTED.flatMap((attribute) => attribute.words)) expect(read(word).norm).toBe(word)
})

it('a person may always have left the answer out, or the value is known', () => {
  for (const { column } of PROTECTED) {
    if (column.type === 'category') expect(column.values?.length).toBeGreaterThanOrEqual(2)
    else expect([column.minimum, column.maximum]).not.toContain(undefined)
  }
})
