import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { type BudgetOptions, openBudget } from '../../src/provider/budget.js'
import { parsePrices } from '../../src/provider/prices.js'
import { withRetries } from '../../src/provider/retry.js'
import type { Turn, TurnRequest } from '../../src/provider/turn.js'
import { listener, still } from './formats.js'
import { answered, failure, promised, scripted, settled } from './scripted.js'

const AT = 'date: 2026-11-21, page: "http://127.0.0.1/"'
/** 1 USD per thousand tokens in, 10 out, so that tests can count in their heads. */
const PRICES = parsePrices(`prices:\n  compatible:scripted: { input: 1000, output: 10000, ${AT} }`, 'test')
/** 4,000 bytes: 1,000 tokens, 1,200 with the margin. */
const request: TurnRequest = { system: 'x'.repeat(4000), tools: [], messages: [], maxTokens: 3000 }
const used = (input: number, output: number): Turn => answered('a', { input, cacheRead: 0, cacheWrite: 0, output })
const budget = (options: Partial<BudgetOptions>) => openBudget({ limit: 'none', prices: PRICES, ...options })

/** A budget whose calls end when the test says so. */
function held(options: Partial<BudgetOptions>) {
  const open: ((turn: Turn) => void)[] = []
  const inner = scripted(() => {
    const { promise, keep } = promised<Turn>()
    open.push(keep)
    return promise
  })
  const whole = budget(options)
  const caller = whole.over(inner)
  const outcomes: string[] = []
  const call = (watch = listener().watch, what = request): void =>
    void caller.call(what, watch).then(
      ({ turn }) => outcomes.push(turn.outcome),
      (error) => outcomes.push(error.message),
    )
  return { whole, inner, open, outcomes, call }
}

describe('a budget', () => {
  it('in USD holds what a call can cost, and lets others wait while it is out', async () => {
    // Each call holds 1.2 + 30 USD.
    const { open, outcomes, call } = held({ limit: { usd: 70 } })
    for (let n = 0; n < 3; n++) call()
    await settled()
    expect(open.length).toBe(2)
    // 11 USD used, 31.2 held, and 31.2 more would be too much; with the second settled they are not.
    open[0]?.(used(1000, 1000))
    await settled()
    expect(open.length).toBe(2)
    open[1]?.(used(1000, 1000))
    await settled()
    expect(open.length).toBe(3)
    open[2]?.(used(1000, 1000))
    await settled()
    expect(outcomes).toEqual(['ok', 'ok', 'ok'])
  })

  it('is over only when nothing is out that could leave something', async () => {
    const { open, outcomes, call, whole } = held({ limit: { usd: 40 } })
    call()
    call()
    await settled()
    expect(outcomes).toEqual([])
    open[0]?.(used(1000, 2900))
    await settled()
    expect(outcomes.sort()).toEqual(['ok', 'over budget'])
    expect(whole.totals().all.usd).toBeCloseTo(30, 9)
  })

  it('cuts the reply of the last call to what is left', async () => {
    const { inner, open, call, outcomes } = held({ limit: { usd: 25 } })
    call()
    await settled()
    expect(inner.requests[0]?.maxTokens).toBe(2380)
    open[0]?.(used(1000, 2380))
    await settled()
    call()
    await settled()
    expect(outcomes).toEqual(['ok', 'over budget'])
  })

  it('in tokens needs no price', async () => {
    const { open, outcomes, call } = held({ limit: { tokens: 5000 }, prices: new Map() })
    call()
    call()
    await settled()
    expect(open.length).toBe(1)
    open[0]?.(used(1000, 3000))
    await settled()
    expect(outcomes).toEqual(['ok', 'over budget'])
  })

  it('in USD is refused for a model without a price, and no budget is not', () => {
    const caller = scripted(() => used(1, 1), 'compatible:unknown')
    expect(() => budget({ limit: { usd: 1 } }).over(caller)).toThrow(UsageError)
    expect(() => budget({ limit: { usd: 1 } }).over(caller)).toThrow(
      /compatible:unknown.*--budget-tokens.*--budget none/,
    )
    expect(() => budget({ limit: { tokens: 1 } }).over(caller)).not.toThrow()
    expect(() => budget({}).over(caller)).not.toThrow()
  })

  it('goes on from what earlier processes used', async () => {
    const { outcomes, call } = held({ limit: { usd: 40 }, before: { usd: 20, tokens: 0 } })
    call()
    await settled()
    expect(outcomes).toEqual(['over budget'])
  })

  it('counts lost calls at all they can have cost, and a new try only if that is there too', async () => {
    const whole = budget({ limit: { usd: 70 } })
    const inner = scripted(() => failure('network', true))
    const model = withRetries(whole.over(inner), still())
    expect(await model.turn(request, listener().watch)).toMatchObject({ outcome: 'over budget' })
    expect(inner.requests.length).toBe(2)
    expect(whole.totals().all.lost).toEqual({ calls: 2, tokens: 8400, usd: 62.4 })
    expect(whole.totals().all.usd).toBe(0)
  })

  it('counts nothing for what was never sent', async () => {
    const whole = budget({ limit: { usd: 40 } })
    const model = withRetries(whole.over(scripted((n) => (n < 4 ? failure('rate') : used(1000, 1)))), still())
    expect(await model.turn(request, listener().watch)).toMatchObject({ outcome: 'ok' })
    expect(whole.totals().all).toMatchObject({ calls: 1, usd: 1.01, lost: { calls: 0 } })
  })

  it('counts a call that was stopped half-way as lost, and one that waited not at all', async () => {
    const stop = new AbortController()
    const inner = scripted(
      () => new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason))),
    )
    const whole = budget({ limit: { usd: 40 } })
    const caller = whole.over(inner)
    const calls = [1, 2].map(() => caller.call(request, listener(stop.signal).watch))
    await settled()
    stop.abort(new Error('told to'))
    for (const call of calls) await expect(call).rejects.toThrow('told to')
    expect(whole.totals().all.lost).toMatchObject({ calls: 1, usd: 31.2 })
  })

  it('estimates usage that the vendor does not say, and marks it', async () => {
    const whole = budget({ limit: { usd: 40 } })
    await whole.over(scripted(() => answered('x'.repeat(400), null))).call(request, listener().watch)
    // 1,200 tokens in and 120 out.
    expect(whole.totals().all).toMatchObject({ calls: 1, estimated: 1 })
    expect(whole.totals().all.usd).toBeCloseTo(2.4, 9)
  })

  it('learns where a model counts more tokens than was thought', async () => {
    const { inner, open, call } = held({ limit: { usd: 33 } })
    call()
    await settled()
    open[0]?.(used(2000, 1))
    await settled()
    call()
    await settled()
    // 30.99 USD are left, and the input is thought to be 2,100 tokens now.
    expect(inner.requests.map(({ maxTokens }) => maxTokens)).toEqual([3000, 2889])
  })

  it('tells what each agent and deliverable used, and says unknown where a price is', async () => {
    const told: number[] = []
    const whole = budget({ onSpend: ({ all }) => told.push(all.calls) })
    const caller = whole.over(scripted(() => answered('a', { input: 100, cacheRead: 300, cacheWrite: 0, output: 10 })))
    const spenders = [
      { agent: 'b', deliverable: 'y' },
      { agent: 'a', deliverable: 'x' },
      { agent: 'a', deliverable: 'x' },
    ]
    for (const spender of spenders) await caller.call(request, { ...listener().watch, spender })
    expect(told).toEqual([1, 2, 3])
    const { accounts, all } = whole.totals()
    expect(
      accounts.map(({ agent, deliverable, calls, cacheShare }) => [agent, deliverable, calls, cacheShare]),
    ).toEqual([
      ['a', 'x', 2, 0.75],
      ['b', 'y', 1, 0.75],
    ])
    expect(all.usd).toBeCloseTo(1.5, 9)
    const unknown = 'compatible:unknown'
    await whole.over(scripted(() => answered('a', null, unknown), unknown)).call(request, listener().watch)
    expect(whole.totals().all.usd).toBeUndefined()
  })

  it('is never passed, whatever 400 calls cost up to what they hold', async () => {
    let state = 7
    const chance = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
      return state / 0x7fffffff
    }
    let out = 0
    let widest = 0
    const whole = budget({ limit: { usd: 500 } })
    const caller = whole.over(
      scripted(async (_, { maxTokens }) => {
        widest = Math.max(widest, ++out)
        for (let waits = Math.floor(chance() * 5); waits > 0; waits--) await settled()
        out--
        const drawn = chance()
        if (drawn < 0.1) return failure('network', true)
        if (drawn < 0.2) return failure('rate')
        return used(Math.floor(chance() * 1200), Math.floor(chance() * maxTokens))
      }),
    )
    const turns = await Promise.all(
      Array.from({ length: 400 }, () =>
        caller.call({ ...request, maxTokens: 1 + Math.floor(chance() * 3000) }, listener().watch),
      ),
    )
    const { usd, lost } = whole.totals().all
    expect((usd ?? 0) + (lost.usd ?? 0)).toBeLessThanOrEqual(500)
    expect((usd ?? 0) + (lost.usd ?? 0)).toBeGreaterThan(450)
    expect(widest).toBeGreaterThan(5)
    expect(turns.filter(({ turn }) => turn.outcome === 'over budget').length).toBeGreaterThan(100)
  })
})
