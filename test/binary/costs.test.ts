// What models cost, as a person and a program are told; the model is a scripted server that counts four bytes as a token.
import { existsSync, writeFileSync } from 'node:fs'
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
    expect(stdout).toMatch(new RegExp(`sum +7 +${grouped(tokens(server.asked) + 1)} +0 % +601 +price unknown`))
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
      ['build', 'guard', 'report', 'requirements', 'shape', 'sources', 'store'].sort(),
    )
    const ends = all.filter(({ type }) => type === 'agent-end') as unknown as { spent: { calls: number } }[]
    expect(ends.map(({ spent }) => spent.calls)).toEqual([2, 1, 3])
  })
})

describe('the cost before a run', () => {
  it('is said with what it rests on, before the first call', async () => {
    const { run } = await place(same, priced())
    const { stdout } = await run(...DESIGN, ...MODEL, '--budget', '3')
    expect(stdout).toMatch(
      /note: about 12 calls, [\d,]+ tokens in and [\d,]+ out; about \$[\d.]+, at most \$[\d.]+; budget \$3\.00/,
    )
    expect(stdout).toMatch(/assumed: 6 conversations of 2 turns, at most 4;.*prices as read on 2026-11-21/)
    expect(stdout.indexOf('note: about')).toBeLessThan(stdout.indexOf('collector '))
  })

  it('can be had without a key, with every prompt and to whom it would go; nothing is written or sent', async () => {
    const { run, cwd, server } = await place()
    const dry = await run(...DESIGN, '--model', 'anthropic:claude-opus-5-5', '--dry-run')
    expect(dry, dry.stderr).toMatchObject({ code: 0 })
    expect(dry.stdout.match(/prompt of about \d+ tokens to anthropic:claude-opus-5-5/g)).toHaveLength(7)
    expect(dry.stdout.match(/^=== tools, described to every agent$/gm)).toHaveLength(1)
    expect(dry.stdout).toMatch(/submit: .+/)
    expect(dry.stdout).toMatch(/about \$[\d.]+, at most \$[\d.]+; budget \$10\.00/)
    const json = await run(...DESIGN, '--model', 'anthropic:claude-opus-5-5', '--dry-run', '--json')
    const all = events(json.stdout)
    expect(all[0]).toMatchObject({ type: 'plan', model: 'anthropic:claude-opus-5-5' })
    expect(all.at(-1)).toMatchObject({ dry_run: true, estimate: { calls: 12 } })
    expect([existsSync(join(cwd, 'w')), server.asked.length]).toEqual([false, 0])
  })
})

it('doctor names the keys that are set, the models of the settings and how old prices are', async () => {
  const folder = scratch()
  const file = join(folder, 'config.yaml')
  writeFileSync(
    file,
    'models: { strong: anthropic:claude-opus-5-5, fast: [anthropic:claude-haiku-5-5, openai:gpt-6-luna] }\n',
  )
  const { run } = await place(same, { MLOPS_AGENTS_CONFIG: file, ANTHROPIC_API_KEY: 'sk-ant-canary-0123456789' })
  const { stdout } = await run('doctor')
  expect(stdout).toMatch(/ANTHROPIC_API_KEY +set$/m)
  expect(stdout).toMatch(/OPENAI_API_KEY +not set +needed only/)
  expect(stdout).toMatch(
    /models +strong: anthropic:claude-opus-5-5; fast: anthropic:claude-haiku-5-5, openai:gpt-6-luna/,
  )
  expect(stdout).toMatch(/prices +\d+ models, the newest as of 2026-\d\d-\d\d/)
  expect(stdout).not.toContain('canary')
})
