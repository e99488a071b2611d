// What the wire tests (misbehaviour.test.ts) do not show: chance, the end of all patience, and stopping.
import { describe, expect, it } from 'vitest'
import { surroundings } from '../../src/provider/call.js'
import { withRetries } from '../../src/provider/retry.js'
import { listener, REQUEST, still } from './formats.js'
import { answered, failure, promised, scripted, settled } from './scripted.js'

describe('retries', () => {
  it.each([
    [0, [0, 0, 0, 0]],
    [0.999, [999, 1998, 3996, 7992]],
  ])('wait by chance up to a doubling bound: %d', async (random, waits) => {
    const around = still(random)
    await withRetries(
      scripted(() => failure('server')),
      around,
    ).turn(REQUEST, listener().watch)
    expect(around.waits).toEqual(waits)
  })

  it('do not begin another try after five minutes, however few there were', async () => {
    const around = still()
    const slow = scripted(async () => {
      await around.sleep(200_000, new AbortController().signal)
      return failure('server', true)
    })
    const heard = listener()
    const turn = await withRetries(slow, around).turn(REQUEST, heard.watch)
    expect(turn).toMatchObject({ outcome: 'failed', reason: 'server (after 2 tries)' })
    expect(heard.lost).toEqual(['server', 'server'])
  })

  it.each(['key', 'model', 'request', 'context'] as const)('are not made for %s', async (kind) => {
    const caller = scripted(() => failure(kind))
    expect(await withRetries(caller, still()).turn(REQUEST, listener().watch)).toEqual(failure(kind))
    expect(caller.requests.length).toBe(1)
  })

  it('hand on what is no failure', async () => {
    for (const turn of [answered('a'), { outcome: 'over budget', reason: 'no' } as const]) {
      expect(
        await withRetries(
          scripted(() => turn),
          still(),
        ).turn(REQUEST, listener().watch),
      ).toBe(turn)
    }
  })

  it('begin only when it is noted that the call before may be on the bill', async () => {
    const noted = promised<void>()
    const caller = scripted((n) => (n === 0 ? failure('network', true) : answered('a')))
    const turn = withRetries(caller, still()).turn(REQUEST, { ...listener().watch, onLost: () => noted.promise })
    await settled()
    expect(caller.requests.length).toBe(1)
    noted.keep()
    expect(await turn).toEqual(answered('a'))
    expect(caller.requests.length).toBe(2)
  })

  it('go back to waiting where the new connection is reset too', async () => {
    const around = still()
    const caller = scripted((n) => (n < 2 ? { turn: failure('network', true), stale: true } : answered('a')))
    expect(await withRetries(caller, around).turn(REQUEST, listener().watch)).toEqual(answered('a'))
    expect(around.waits).toEqual([0, 1000])
  })

  it('end at once when they are stopped in a real wait', async () => {
    const stop = new AbortController()
    const patience = { tries: 5, total: 1e12, longest: 1e9, first: 1e9 }
    const caller = scripted(() => failure('server'))
    const turn = withRetries(caller, { ...surroundings, random: () => 1 }, patience).turn(
      REQUEST,
      listener(stop.signal).watch,
    )
    setTimeout(() => stop.abort(new Error('told to')), 10)
    await expect(turn).rejects.toThrow('told to')
    await expect(surroundings.sleep(1, stop.signal)).rejects.toThrow('told to')
    await surroundings.sleep(1, new AbortController().signal)
  })
})
