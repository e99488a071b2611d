import { describe, expect, it } from 'vitest'
import { withFallback } from '../../src/provider/fallback.js'
import type { Model, Turn } from '../../src/provider/turn.js'
import { listener, REQUEST } from './formats.js'
import { answered, failure } from './scripted.js'

function models(...turns: Turn[]): { readonly models: [Model, ...Model[]]; readonly asked: string[] } {
  const asked: string[] = []
  const made = turns.map((turn, n): Model => {
    const name = `compatible:${n + 1}`
    return {
      name,
      turn: async () => {
        asked.push(name)
        return turn
      },
    }
  })
  const [first, ...rest] = made
  if (first === undefined) throw new Error('expected a turn')
  return { models: [first, ...rest], asked }
}
const refused: Turn = { outcome: 'refused', reason: 'not this', reply: [], model: 'compatible:1' }
const invalid: Turn = { outcome: 'invalid', reason: 'ended quietly' }

describe('a list of models', () => {
  it.each([
    refused,
    invalid,
    ...(['key', 'model', 'context', 'rate', 'server', 'network', 'time'] as const).map((kind) => failure(kind)),
  ])('goes on to the next after %j', async (turn) => {
    const { models: list, asked } = models(turn, answered('second'))
    const heard = listener()
    expect(await withFallback(list).turn(REQUEST, heard.watch)).toEqual(answered('second'))
    expect(asked).toEqual(['compatible:1', 'compatible:2'])
    expect(heard.again).toEqual([[`compatible:1: ${'reason' in turn && turn.reason}; next: compatible:2`, 0]])
  })

  it.each([
    answered('first'),
    { outcome: 'truncated', limit: 'reply', reply: [], model: 'compatible:1' } as const,
    { outcome: 'over budget', reason: 'used up' } as const,
    failure('request'),
  ])('stays with %j', async (turn) => {
    const { models: list, asked } = models(turn, answered('second'))
    expect(await withFallback(list).turn(REQUEST, listener().watch)).toBe(turn)
    expect(asked).toEqual(['compatible:1'])
  })

  it('keeps what each of them said where none can answer', async () => {
    const { models: list } = models(failure('key'), refused, failure('server', true))
    expect(await withFallback(list).turn(REQUEST, listener().watch)).toEqual({
      ...failure('server', true),
      reason: 'compatible:1: key | compatible:2: not this | compatible:3: server',
    })
  })

  it('does not ask a model again whose key or name was refused, while there is another', async () => {
    const { models: list, asked } = models(failure('key'), failure('model'), answered('third'))
    const model = withFallback(list)
    await model.turn(REQUEST, listener().watch)
    await model.turn(REQUEST, listener().watch)
    expect(asked).toEqual(['compatible:1', 'compatible:2', 'compatible:3', 'compatible:3'])
    const none = models(failure('key'), failure('model'))
    const lost = withFallback(none.models)
    await lost.turn(REQUEST, listener().watch)
    expect(await lost.turn(REQUEST, listener().watch)).toMatchObject({
      reason: 'compatible:1: key | compatible:2: model',
    })
  })

  it('is the model itself where it has only one', () => {
    const { models: list } = models(invalid)
    expect(withFallback(list)).toBe(list[0])
  })
})
