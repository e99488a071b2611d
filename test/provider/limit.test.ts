import { describe, expect, it } from 'vitest'
import { withLimit } from '../../src/provider/limit.js'
import type { Turn } from '../../src/provider/turn.js'
import { listener, REQUEST } from './formats.js'
import { answered, failure, promised, scripted, settled } from './scripted.js'

const WIDTH = { start: 4, most: 6, growAfter: 3 }

/** A limited caller whose calls end when the test says so, in the order in which they began. */
function limited() {
  const open: ((turn: Turn) => void)[] = []
  const began: string[] = []
  const widths: number[] = []
  const inner = scripted((_, { system }) => {
    began.push(system)
    const { promise, keep } = promised<Turn>()
    open.push(keep)
    return promise
  })
  const caller = withLimit(inner, WIDTH, (calls) => widths.push(calls))
  const call = (name: string, signal?: AbortSignal) => caller.call({ ...REQUEST, system: name }, listener(signal).watch)
  const end = async (turn: Turn, count = 1): Promise<void> => {
    for (const keep of open.splice(0, count)) keep(turn)
    await settled()
  }
  return { open, began, widths, call, end }
}
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`)

describe('the limit of calls at once', () => {
  it('lets four go out, and the others in their order', async () => {
    const { open, began, call, end } = limited()
    const all = names(10).map((name) => call(name))
    await settled()
    expect(began).toEqual(names(4))
    await end(answered('a'), 2)
    expect(began).toEqual(names(6))
    while (open.length > 0) await end(answered('a'), open.length)
    await Promise.all(all)
    expect(began).toEqual(names(10))
  })

  it('is halved by a 429, once for all that were out together, and never below one', async () => {
    const { open, widths, call, end } = limited()
    const all = names(12).map((name) => call(name))
    await settled()
    await end(failure('rate'), 3)
    expect(widths).toEqual([2])
    expect(open.length).toBe(2)
    await end(failure('rate'), 1)
    expect(widths).toEqual([2])
    await end(failure('rate'), 2)
    await end(failure('rate'), 2)
    expect(widths).toEqual([2, 1])
    while (open.length > 0) {
      expect(open.length).toBe(1)
      await end(failure('rate'))
    }
    await Promise.all(all)
    expect(widths).toEqual([2, 1])
  })

  it('grows by one after some good calls, up to its most, and not with bad ones', async () => {
    const { open, widths, call, end } = limited()
    const all = names(40).map((name) => call(name))
    await settled()
    await end(answered('a'), 2)
    await end(failure('server'), 5)
    expect(widths).toEqual([])
    while (open.length > 0) await end(answered('a'))
    await Promise.all(all)
    expect(widths).toEqual([5, 6])
  })

  it('forgets a call that was stopped while it waited', async () => {
    const { began, call, end } = limited()
    const stop = new AbortController()
    const first = names(4).map((name) => call(name))
    const waiting = call('stopped', stop.signal)
    await settled()
    stop.abort(new Error('told to'))
    await expect(waiting).rejects.toThrow('told to')
    await end(answered('a'), 4)
    await Promise.all(first)
    expect(began).toEqual(names(4))
  })
})
