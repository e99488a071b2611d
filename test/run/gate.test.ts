// Runs that wait for a person, played on real workspaces: where they stop, what lets them go on, and that nothing is made twice.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { statusDocumentSchema } from '../../src/run/status.js'
import { ASKED, smallProduct } from '../small/product.mjs'
import { scratch, user, write } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Player, player } from './playing.js'

const ADA = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
}
const fresh = (product?: string): Player => player(join(scratch(), 'small'), ADA, product)

/** The product with gates in its workflow. */
function gated(...phases: string[]): string {
  const root = smallProduct(scratch())
  const file = join(root, 'workflows/ml-pipeline.yaml')
  let text = readFileSync(file, 'utf8')
  for (const phase of phases) text = text.replace(`  - id: ${phase}\n`, `  - id: ${phase}\n    gate: true\n`)
  writeFileSync(file, text)
  return root
}

const phases = async (one: Player) => {
  const { phases: all } = statusDocumentSchema.parse(JSON.parse((await one.status({ json: true })).out))
  return Object.fromEntries(all.map(({ id, status }) => [id, status]))
}
const attempts = (one: Player): string[] =>
  user(
    one.root,
    'log',
    '--reverse',
    '--format=%(trailers:key=Deliverable,valueonly,separator=%x20)',
    'mlops-agents/generated',
  )
    .split('\n')
    .filter((line) => line !== '')

describe('design --pause', () => {
  it('makes the phase, waits with exit code 4, and goes on after an approval as if it had never stopped', async () => {
    const whole = await designed()
    const one = fresh()
    const stopped = await one.design({ pause: ['phase1'] }, ASKED)
    expect(stopped).toMatchObject({ code: 4, error: '' })
    const tree = /waits for your decision: \d+ files, tree ([0-9a-f]{12})\n/.exec(stopped.out)?.[1] ?? ''
    expect(stopped.out).toContain(`Approve  mlops-agents approve phase1 --tree ${tree} --workspace .`)
    expect(stopped.out).toContain('Go on    mlops-agents resume --workspace .')
    expect(contents(one.root).has('src/store.py')).toBe(true)
    expect(contents(one.root).has('src/build.py')).toBe(false)
    expect(await phases(one)).toEqual({ phase1: 'waiting', phase2: 'pending' })
    expect((await one.status()).out).toMatch(/phase1 waits for you: mlops-agents review phase1/)

    const approved = await one.approve('phase1', { tree })
    expect(approved.out).toMatch(/Next: mlops-agents resume --workspace \./)
    expect(await phases(one)).toEqual({ phase1: 'done', phase2: 'pending' })
    expect(await one.resume()).toMatchObject({ code: 0, error: '' })
    expect(contents(one.root)).toEqual(contents(whole.root))
    expect(attempts(one)).toEqual(attempts(whole))
    expect(await phases(one)).toEqual({ phase1: 'done', phase2: 'done' })
  })

  it('keeps waiting through resume and design until it is approved, and makes nothing meanwhile', async () => {
    const one = fresh()
    await one.design({ pause: ['phase1'] }, ASKED)
    const before = user(one.root, 'for-each-ref')
    expect((await one.resume()).code).toBe(4)
    expect((await one.design()).code).toBe(4)
    expect((await one.rerun('phase2')).code).toBe(4)
    const early = /nothing was made in phase2 \(Build\) yet/
    expect(await one.approve('phase2')).toMatchObject({ code: 2, error: expect.stringMatching(early) })
    expect(await one.review('phase2')).toMatchObject({ code: 2, error: expect.stringMatching(early) })
    expect(user(one.root, 'for-each-ref')).toBe(before)
    await one.approve('phase1')
    expect((await one.design()).code).toBe(0)
  })

  it('more than once waits after each, the last one before the platform is checked', async () => {
    const one = fresh()
    expect((await one.design({ pause: ['phase2', 'phase1'] }, ASKED)).out).toMatch(/phase1 \(Gather\) waits/)
    await one.approve('phase1')
    expect((await one.resume()).out).toMatch(/phase2 \(Build\) waits/)
    expect((await one.resume()).code).toBe(4)
    await one.approve('phase2')
    expect((await one.resume()).code).toBe(0)
  })

  it('as events ends with what it waits for', async () => {
    const one = fresh()
    const { out } = await one.design({ pause: ['phase1'], json: true }, ASKED)
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.at(-2)).toMatchObject({
      type: 'gate-wait',
      phase: 'phase1',
      title: 'Gather',
      files: expect.any(Number),
    })
    expect(events.at(-2)?.tree).toMatch(/^[0-9a-f]{40}$/)
    expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'waiting' })
    const ended = events.at(-1)?.deliverables as { id: string; status: string }[] | undefined
    const statuses = ended?.map(({ id, status }) => `${id} ${status}`)
    expect(statuses).toEqual([
      'sources done',
      'store done',
      'shape done',
      'build pending',
      'report pending',
      'guard pending',
    ])
  })

  it('for a name that is no phase is refused before anything is written', async () => {
    const one = fresh()
    expect(await one.design({ pause: ['phase9'] }, ASKED)).toMatchObject({
      code: 2,
      error: expect.stringMatching(/phase1\?/),
    })
    expect(contents(one.root).size).toBe(0)
  })
})

describe('a gate and a merge conflict', () => {
  it('is the conflict first: both reasons, exit code 4, and the gate as soon as it is resolved', async () => {
    const one = player((await designed()).root, ADA)
    write(one.root, 'docs/store.md', 'By hand.\n')
    commitAll(one.root)
    const torn = await one.design({ featureStore: 'custom', pause: ['phase1'] })
    expect(torn).toMatchObject({ code: 4, error: expect.stringMatching(/docs\/store\.md: you and the new design/) })
    expect(attempts(one).slice(7)).toEqual(['spec', 'sources', 'store', 'shape'])
    expect(() => user(one.root, 'merge', '-q', '--no-edit', 'mlops-agents/generated')).toThrow()
    write(one.root, 'docs/store.md', 'Both.\n')
    commitAll(one.root, 'resolved')
    expect((await one.resume()).out).toMatch(/phase1 \(Gather\) waits for your decision/)
    await one.approve('phase1')
    expect(await one.resume()).toMatchObject({ code: 0, error: '' })
    expect(contents(one.root).get('docs/store.md')).toBe('Both.\n')
  })
})

describe('a gate of the workflow', () => {
  it('holds every run, also in a clone, for as long as the phase is not approved as it is', async () => {
    const product = gated('phase1')
    const one = fresh(product)
    expect((await one.design({}, ASKED)).code).toBe(4)
    await one.approve('phase1')
    expect((await one.resume()).code).toBe(0)
    expect((await one.design({ deploymentMode: 'batch' })).code).toBe(0)

    const folder = join(scratch(), 'clone')
    user(one.root, 'clone', '-q', one.root, folder)
    const clone = player(folder, ADA, product)
    write(folder, 'docs/store.md', 'By hand.\n')
    commitAll(folder)
    expect(await phases(clone)).toEqual({ phase1: 'waiting', phase2: 'done' })
    const held = await clone.design({ deploymentMode: 'realtime' })
    expect(held.code).toBe(4)
    expect(contents(folder).has('src/realtime.py')).toBe(false)
    expect(await clone.approve('phase1')).toMatchObject({ code: 0 })
    expect((await clone.resume()).code).toBe(0)
    expect(contents(folder).has('src/realtime.py')).toBe(true)
    expect(contents(folder).get('docs/store.md')).toBe('By hand.\n')
  })

  it('waits again where the phase was made again, and not where there is nothing to make', async () => {
    const one = fresh(gated('phase2'))
    expect((await one.design({}, ASKED)).code).toBe(4)
    await one.approve('phase2')
    expect((await one.resume()).code).toBe(0)
    write(one.root, 'src/report.py', '# by hand\n')
    commitAll(one.root)
    expect((await one.design()).code).toBe(0)
    expect((await one.design({ deploymentMode: 'batch' })).out).toMatch(/phase2 \(Build\) waits/)
  })

  it('makes a phase that is to be revised again, with the note, and waits again', async () => {
    const one = fresh(gated('phase1'))
    await one.design({}, ASKED)
    await one.revise('phase1', { note: 'Fewer files.' })
    const again = await one.resume()
    expect(again).toMatchObject({ code: 4 })
    expect(again.out).toMatch(/no agent read the note/)
    expect(attempts(one)).toEqual(['spec', 'sources', 'store', 'shape', 'sources', 'store', 'shape'])
    expect((await one.resume()).code).toBe(4)
    await one.approve('phase1')
    expect((await one.resume()).code).toBe(0)
    expect(attempts(one).slice(7)).toEqual(['build', 'report', 'guard'])
  })
})
