// rerun, played on real workspaces: what is made, what is left, and that every other byte stays.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { user, write } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Player } from './playing.js'

const attemptsOf = (one: Player): string[] =>
  user(
    one.root,
    'log',
    '--reverse',
    '--format=%(trailers:key=Deliverable,valueonly,separator=) %(trailers:key=Attempt,valueonly,separator=)',
    'mlops-agents/generated',
  )
    .split('\n')
    .filter((line) => line.trim() !== '')
const tip = (one: Player): string => user(one.root, 'rev-parse', 'mlops-agents/generated', 'HEAD')
const edit = (one: Player, name: string, from: string | RegExp, to: string): void => {
  const before = readFileSync(join(one.root, name), 'utf8')
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  write(one.root, name, after)
  commitAll(one.root)
}

describe('rerun', () => {
  it('of what has not changed writes nothing and ends well', async () => {
    const one = await designed()
    const before = tip(one)
    const { code, out } = await one.rerun('shape')
    expect(code).toBe(0)
    expect(out).not.toBe('')
    expect(tip(one)).toBe(before)
  })

  it('makes only what is named; the rest is stale with the reason, and a second rerun brings it up to date', async () => {
    const one = await designed()
    const before = contents(one.root)
    const done = await one.rerun('store', { featureStore: 'custom' })
    expect(done).toMatchObject({ code: 0, error: '' })
    expect(attemptsOf(one).slice(-2)).toEqual(['spec 2', 'store 2'])
    const now = contents(one.root)
    const changed = [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name))
    expect(changed.sort()).toEqual(expect.arrayContaining(['spec.yaml', 'src/store_custom.py', 'src/store_feast.py']))
    const rest = await one.rerun(undefined, { stale: true })
    expect(rest.code).toBe(0)
    const whole = contents(one.root)
    expect((await one.status()).out).toMatch(/ 0 stale/)
    await one.rerun(undefined, { stale: true })
    expect(contents(one.root)).toEqual(whole)
  })

  it('leaves an unrelated stale deliverable alone, and status says in words why it is stale', async () => {
    const one = await designed()
    edit(one, 'spec.yaml', /(latency_ms:\n {4}value: |latency_ms: \{value: )\d+/, '$180')
    const { out } = await one.status()
    expect(out).toMatch(/guard +stale/)
    expect(out).toMatch(/you edited spec\.yaml: serving\.latency_ms \d+ -> 80/)
    const guard = contents(one.root).get('src/guard.py')
    const { out: partial } = await one.rerun('build')
    expect(partial).toMatch(/^ {2}guard .*stale$/m)
    expect(partial).toMatch(/rerun --stale --workspace \S+ +the 2 that are left stale/)
    expect(contents(one.root).get('src/guard.py')).toBe(guard)
    expect((await one.status()).out).toMatch(/guard +stale/)
    await one.rerun('phase2')
    expect((await one.status()).out).toMatch(/ 0 stale/)
  })

  it('--dry-run says what would run and why, and writes nothing', async () => {
    const one = await designed()
    const before = tip(one)
    const { code, out } = await one.rerun('store', { featureStore: 'custom', dryRun: true })
    expect(code).toBe(0)
    expect(out).toMatch(/^store: attempt 2\n {2}.*/m)
    expect(out).toMatch(/feature_store was feast, now custom/)
    expect(out).toMatch(/Nothing was written/)
    expect(tip(one)).toBe(before)
  })

  it('keeps a note on the attempt; without a model it says that nobody read it, and what to do instead', async () => {
    const one = await designed()
    const { code, out } = await one.rerun('report', { note: 'say it shorter' })
    expect(code).toBe(0)
    expect(out).toMatch(/no model is configured/)
    expect(user(one.root, 'log', '-1', '--format=%(trailers:key=Note,valueonly)', 'mlops-agents/generated')).toMatch(
      /say it shorter/,
    )
    expect((await one.status()).out).toMatch(/ 0 stale/)
  })

  it('shows the next prompt what a person said and what they changed by hand', async () => {
    const one = await designed()
    const path = [...contents(one.root).keys()].find((name) => name.startsWith('docs/report')) ?? ''
    write(one.root, path, `${contents(one.root).get(path)}\nMy own line.\n`)
    commitAll(one.root)
    await one.rerun('report', { note: 'say it shorter' })
    await one.rerun('report', { note: 'and in German' })
    const log =
      readdirSync(join(one.root, '.mlops-agents', 'runs'))
        .sort()
        .at(-1) ?? ''
    const events = readFileSync(join(one.root, '.mlops-agents', 'runs', log), 'utf8')
      .split('\n')
      .filter(Boolean)
    const sha =
      events.map((line) => JSON.parse(line) as { type: string; sha256?: string }).find(({ type }) => type === 'prompt')
        ?.sha256 ?? ''
    const prompt = readFileSync(join(one.root, '.mlops-agents', 'blobs', sha.slice(0, 2), sha), 'utf8')
    expect(prompt).toMatch(/- say it shorter\n- and in German/)
    expect(prompt).toMatch(/^docs\/report\.md\n(.*\n)*\+My own line\./m)
    expect(contents(one.root).get(path)).toMatch(/My own line\./)
  })

  it('that met a conflict is gone on with by resume, as what it was: nothing else is made, and no note is followed twice', async () => {
    const one = await designed()
    write(one.root, 'docs/store.md', '# Store\n\nOurs is in a drawer.\n')
    commitAll(one.root)
    const met = await one.rerun('store', { featureStore: 'custom', note: 'keep it short' })
    expect(met).toMatchObject({ code: 4, error: expect.stringMatching(/then run mlops-agents resume/) })
    expect(met.error).toMatch(/design {2}store, attempt 2: feature_store was feast, now custom$/m)
    user(one.root, 'merge', '-q', '-X', 'ours', 'mlops-agents/generated')
    const made = attemptsOf(one)
    expect(await one.resume()).toMatchObject({ code: 0, error: '' })
    expect(attemptsOf(one)).toEqual(made)
    expect(contents(one.root).get('docs/store.md')).toMatch(/in a drawer/)
    expect((await one.status()).out).toMatch(/shape +stale/)
  })

  it('makes what patches a file of it too, so that the patch stays on top', async () => {
    const one = await designed()
    const before = contents(one.root)
    const patching = await one.rerun('shape', { note: 'again' })
    expect(patching.code).toBe(0)
    expect(contents(one.root)).toEqual(before)
  })

  it.each([
    ['reprot', {}, /there is no phase, agent or deliverable "reprot"; did you mean report\?/],
    [undefined, {}, /rerun needs a phase, an agent or a deliverable/],
    ['store', { stale: true }, /not both/],
    ['store', { note: '  ' }, /--note is empty/],
    ['spec', {}, /spec\.yaml is yours/],
  ])('%s with %o is refused in words', async (target, flags, words) => {
    const one = await designed()
    const before = tip(one)
    const { code, error } = await one.rerun(target, flags)
    expect(code).toBe(2)
    expect(error).toMatch(words)
    expect(tip(one)).toBe(before)
  })
})
