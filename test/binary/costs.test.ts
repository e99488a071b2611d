// What models cost, as a person and a program are told; the model is a scripted server that counts four bytes as a token.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { costSchema } from '../../src/run/cost.js'
import type { Asked } from './model-server.js'
import { events, scratch } from './product.js'
import { DESIGN, MODEL, place, same } from './talking.js'

/** A file of settings in which the scripted model has a price: 2 and 10 USD per million tokens. */
function priced(): Record<string, string> {
  const folder = scratch()
  const price = '{ input: 2, output: 10, date: 2026-11-21, page: "http://127.0.0.1/" }'
  writeFileSync(join(folder, 'prices.yaml'), `prices:\n  compatible:scripted: ${price}\n`)
  writeFileSync(join(folder, 'config.yaml'), 'prices: prices.yaml\n')
  return { MLOPS_AGENTS_CONFIG: join(folder, 'config.yaml') }
}

describe('the cost of a run', () => {
  it('stands at its end, for each deliverable and in all, and says where a price is unknown', async () => {
    const { run, server } = await place()
    const { code, stdout, stderr } = await run(...DESIGN, ...MODEL, '--budget', 'none')
    expect(code, stderr).toBe(0)
    const tokens = (asked: readonly Asked[]) => asked.reduce((sum, { text }) => sum + Math.ceil(text.length / 4), 0)
    const grouped = (count: number) => count.toLocaleString('en')
    expect(stdout).toMatch(/Cost +calls +tokens in +kept +out +USD +compatible:scripted/)
    const store = server.asked.filter(({ deliverable }) => deliverable === 'store')
    expect(stdout).toMatch(new RegExp(`store +1 +${grouped(tokens(store))} +0 % +100 +price unknown`))
    expect(stdout).toMatch(new RegExp(`sum +6 +${grouped(tokens(server.asked))} +0 % +600 +price unknown`))
    expect(stdout).toMatch(/collector +✓ sources {2}✓ store {2}[\d.]+ s, [\d,]+ tokens/)
  })

  it('is an event before the last one, also in USD', async () => {
    const { run } = await place(same, priced())
    const { code, stdout, stderr } = await run(...DESIGN, ...MODEL, '--json')
    expect(code, stderr).toBe(0)
    const all = events(stdout)
    const cost = costSchema.parse(all.at(-2))
    expect(all.at(-1)?.type).toBe('run-end')
    expect(cost.all.usd).toBeCloseTo((cost.all.input * 2 + cost.all.output * 10) / 1e6, 9)
    expect(cost.deliverables.map(({ deliverable }) => deliverable).sort()).toEqual(
      ['build', 'guard', 'report', 'shape', 'sources', 'store'].sort(),
    )
    const ends = all.filter(({ type }) => type === 'agent-end') as unknown as { spent: { calls: number } }[]
    expect(ends.map(({ spent }) => spent.calls)).toEqual([2, 1, 3])
  })
})
