// One budget for all runs that go on with one another; the model is a scripted server that counts four bytes as a token.
import { describe, expect, it } from 'vitest'
import { costSchema } from '../../src/run/cost.js'
import type { Asked } from './model-server.js'
import { events } from './product.js'
import { DESIGN, MODEL, place, same } from './talking.js'

/** Tokens that the server has counted, with two for the requirements. */
const counted = (asked: readonly Asked[]): number =>
  asked.reduce((sum, { text }) => sum + Math.ceil(text.length / 4) + 100, 2)

describe('a budget', { timeout: 240_000 }, () => {
  it('is that of all runs of a chain: none of them may spend what another one has spent', async () => {
    const { run, server } = await place()
    const stopped = await run(...DESIGN, ...MODEL, '--budget-tokens', '4000')
    expect(stopped, stopped.stderr).toMatchObject({ code: 5 })
    const first = counted(server.asked)
    expect(first).toBeGreaterThan(2)
    expect(stopped.stdout).toMatch(/Cost .*scripted/)
    const again = await run('resume', '--workspace', 'w')
    expect(again, again.stderr).toMatchObject({ code: 5 })
    expect(again.stderr).toContain(`${first} of 4000 tokens are used`)
    expect(counted(server.asked)).toBe(first)
    const more = await run('resume', '--workspace', 'w', '--budget-tokens', '90000')
    expect(more, more.stderr).toMatchObject({ code: 0 })
    expect(more.stdout).toContain(`${first.toLocaleString('en')} tokens; they count for the budget`)
    expect(new Set(server.asked.map(({ deliverable }) => deliverable)).size).toBe(server.asked.length)
  })

  it('counts a call whose answer never came at the most that it can have cost', async () => {
    let hold = true
    const { begin, run, server } = await place((asked) =>
      hold && asked.deliverable === 'shape' ? { never: true } : same(),
    )
    const { child, ended } = begin(...DESIGN, ...MODEL, '--budget-tokens', '60000')
    while (!server.asked.some(({ deliverable }) => deliverable === 'shape'))
      await new Promise((done) => setTimeout(done, 20))
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    expect(await ended).toMatchObject({ code: 137 })
    hold = false
    const answered = counted(server.asked.filter(({ deliverable }) => deliverable !== 'shape'))
    const resumed = await run('resume', '--workspace', 'w', '--json')
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
    const all = events(resumed.stdout)
    expect(all[0]).toMatchObject({ type: 'resume', uncertain_calls: 1 })
    const { before } = costSchema.parse(all.at(-2))
    expect(before?.tokens).toBeGreaterThan(answered + 32_000)
    expect(before?.tokens).toBeLessThan(answered + 40_000)
  })

  it('counts what an interrupted run has lost, and resume says how many calls that are', async () => {
    let hold = true
    const { begin, run, server } = await place((asked) =>
      hold && asked.deliverable === 'shape' ? { never: true } : same(),
    )
    const { child, ended } = begin(...DESIGN, ...MODEL, '--budget', 'none')
    while (!server.asked.some(({ deliverable }) => deliverable === 'shape'))
      await new Promise((done) => setTimeout(done, 20))
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect((await ended).stdout).toMatch(/1 call without an answer, which may be on the bill: at most 3\d,\d+ tokens/)
    hold = false
    const resumed = await run('resume', '--workspace', 'w')
    expect(resumed.stdout).toMatch(/1 call of a model whose answer never came; it may be on the bill/)
    expect(resumed).toMatchObject({ code: 0 })
  })
})
