import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { openBudget } from '../../src/provider/budget.js'
import { openModel } from '../../src/provider/open.js'
import { parsePrices } from '../../src/provider/prices.js'
import { ANTHROPIC, CHAT, KEY, listener, REQUEST, still, stream } from './formats.js'
import { type Answer, type WireServer, wireServer } from './wire-server.js'

const servers: WireServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
async function serve(answer: (n: number) => Answer): Promise<WireServer> {
  const server = await wireServer((_, n) => answer(n))
  servers.push(server)
  return server
}

describe('a list of models of different vendors', () => {
  it('goes on to the other vendor, and counts what each of them cost', async () => {
    const first = await serve(() => stream(ANTHROPIC.body('refusal')))
    const second = await serve(() => stream(CHAT.body('text')))
    const at = 'output: 1000, date: 2026-11-21, page: "http://127.0.0.1/"'
    const prices = parsePrices(
      `prices:\n  ${ANTHROPIC.model}: { input: 100, ${at} }\n  ${CHAT.model}: { input: 10, ${at} }`,
      'test',
    )
    const budget = openBudget({ limit: { usd: 50 }, prices })
    const model = openModel({
      names: [ANTHROPIC.model, CHAT.model],
      env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: first.url },
      baseUrl: `${second.url}/v1`,
      budget,
      around: still(),
    })
    const watch = { ...listener().watch, spender: { agent: 'a', deliverable: 'd' } }
    expect(await model.turn(REQUEST, watch)).toMatchObject({ outcome: 'ok', model: CHAT.answers })
    expect(budget.totals().accounts).toMatchObject([
      { agent: 'a', deliverable: 'd', model: ANTHROPIC.model, calls: 1, usage: { output: 3 } },
      { agent: 'a', deliverable: 'd', model: CHAT.model, calls: 1, usage: { output: 42 } },
    ])
    // 2,420 tokens in at each, at the rates of each.
    expect(budget.totals().all.usd).toBeCloseTo(0.242 + 0.003 + 0.0242 + 0.042, 9)
    expect(second.seen[0]?.headers.authorization).toBeUndefined()
  })

  it('is refused as a whole where one of them has no price or no key', () => {
    const budget = openBudget({ limit: { usd: 1 }, prices: new Map() })
    const open = (env: Record<string, string>) => openModel({ names: [ANTHROPIC.model], env, budget })
    expect(() => open({ ANTHROPIC_API_KEY: KEY })).toThrow(/price of anthropic:claude-test-1 is unknown/)
    expect(() => open({})).toThrow(/ANTHROPIC_API_KEY/)
  })
})

describe('a model with its limit', () => {
  it('sends no more at once than the vendor bears', async () => {
    const server = await serve((n) =>
      n === 0 ? { status: 429, pieces: [CHAT.error(429)] } : { pieces: [CHAT.body('text')], pause: 5 },
    )
    const widths: number[] = []
    const model = openModel({
      names: [CHAT.model],
      env: CHAT.env(server.url),
      budget: openBudget({ limit: 'none', prices: new Map() }),
      around: still(),
      onWidth: (_, calls) => widths.push(calls),
    })
    const turns = await Promise.all(Array.from({ length: 30 }, () => model.turn(REQUEST, listener().watch)))
    expect(turns.every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect(widths.slice(0, 3)).toEqual([2, 3, 4])
    expect(server.widest()).toBeLessThanOrEqual(Math.max(4, ...widths))
    expect(server.seen.length).toBe(31)
  })
})

describe("the vendors' packages", () => {
  it('are loaded by the first call and not before', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    const pattern = /(?:^|\n)(import\s[^'"]*?from|[^\n]*\bimport\()\s*['"](?:@anthropic-ai\/sdk|openai)[/'"]/g
    const loads = files.flatMap((name) =>
      [...readFileSync(`src/${name}`, 'utf8').matchAll(pattern)].map(([, how]) => how),
    )
    expect(loads.filter((how) => how?.endsWith('await import(')).length).toBe(2)
    for (const how of loads) expect(how).toMatch(/^import type |await import\($/)
    expect(loads.length).toBeGreaterThan(5)
  })
})
