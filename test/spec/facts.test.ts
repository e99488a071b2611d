import { expect, it } from 'vitest'
import { z } from 'zod'
import { fact } from '../../src/spec/facts.js'

const schema = fact(z.number())
const problem = (value: unknown): string | undefined => schema.safeParse(value).error?.issues[0]?.message

it.each([
  { value: 1, origin: 'stated', quote: 'one', req: 'REQ-001' },
  { value: 1, origin: 'assumed', reason: 'usual' },
  { value: 1, origin: 'edited' },
])('%j is a fact', (value) => expect(schema.parse(value)).toEqual(value))

it.each([
  [{ value: 1, origin: 'stated' }],
  [{ value: 1, origin: 'stated', quote: 'one' }],
  [{ value: 1, origin: 'stated', req: 'REQ-001' }],
])('%j claims words of the user that it does not name', (value) =>
  expect(problem(value)).toMatch(/needs the quote and the requirement id/),
)

it.each([
  [{ value: 1, origin: 'guessed' }],
  [{ value: '1', origin: 'edited' }],
  [{ value: 1, origin: 'edited', note: 'x' }],
  [{ value: 1, origin: 'stated', quote: 'one', req: 'REQ-1' }],
  [{ value: 1, origin: 'stated', quote: '', req: 'REQ-001' }],
])('%j is refused', (value) => expect(problem(value)).toBeDefined())
