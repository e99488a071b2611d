// Requirements that contradict themselves: a person decides, by text, flag or --yes; until then nothing is written.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contents, edit, git, mlops, read, SENTENCE, scratch, snapshot, succeed } from './product.js'
import { smallCopy, smallRoot } from './small.js'

const TWO_HORIZONS = `${SENTENCE} We must predict whether they cancel in the next 90 days.`
const BOTH_MODES = `${SENTENCE} Batch only, please. It must answer at p99 below 50 ms over REST.`
const QUICK = ['--verify', 'none', '--maturity', '1']

// What requirements say is read before anybody knows how much is to be made of it.
const root = smallRoot()

describe.concurrent('contradictions', () => {
  it.each([
    ['', []],
    [', as JSON', ['--json']],
    [', in a dry run', ['--dry-run']],
  ])('stop the design with both quotes and requirements%s', async (_, flags) => {
    const cwd = scratch()
    const before = snapshot(cwd)
    const ended = await mlops(['design', TWO_HORIZONS, '--workspace', 'here', ...QUICK, ...flags], { cwd, root })
    expect(ended).toMatchObject({ code: 4, stdout: '' })
    expect(ended.stderr).toMatch(/^error: the requirements contradict themselves once.*nothing was written/)
    expect(ended.stderr).toMatch(
      /target\.horizon_days\n +REQ-001 {2}"within 30 days" means 30\n +REQ-003 {2}"in the next 90 days" means 90/,
    )
    expect(ended.stderr).toMatch(/--yes takes 30: it stands nearest to the question/)
    expect(snapshot(cwd)).toBe(before)
  })

  it('are all named at once, with the flag that settles an option', async () => {
    const cwd = scratch()
    const text = `${BOTH_MODES} No data may leave the EU. Everything runs in us-east-1.`
    const ended = await mlops(['design', text, '--workspace', 'here', ...QUICK], { cwd, root })
    expect(ended).toMatchObject({ code: 4, stdout: '' })
    expect(ended.stderr).toMatch(/contradict themselves 2 times/)
    expect(ended.stderr).toMatch(/"the EU" means eu-central-1\n.*"us-east-1" means us-east-1/)
    expect(ended.stderr).toMatch(
      /"Batch only" means batch\n.*"REST" means realtime\n +--yes takes hybrid: it serves both/,
    )
    expect(ended.stderr).toMatch(/give the option as a flag, e\.g\. --deployment-mode hybrid/)
    expect(existsSync(join(cwd, 'here'))).toBe(false)
  })

  it('are settled by a flag, which spec.yaml notes beside the words that it overrules', async () => {
    const cwd = scratch()
    const args = ['design', BOTH_MODES, '--workspace', 'here', ...QUICK, '--deployment-mode', 'batch']
    const { stdout } = await succeed(args, { cwd, root })
    expect(stdout).toMatch(/batch \(your choice; the text says "REST" \(REQ-004\)\)/)
    expect(stdout).not.toMatch(/Contradictions/)
    const spec = read(join(cwd, 'here'), 'spec.yaml')
    expect(spec).toMatch(/deployment_mode:\n {4}value: batch\n {4}origin: edited/)
    expect(spec).toMatch(/^contradictions: \[\]$/m)
    // What was decided stays decided, and nothing is written again.
    const before = git(join(cwd, 'here'), 'rev-parse', 'HEAD')
    await succeed(['design', '--workspace', 'here', ...QUICK], { cwd, root })
    await succeed(args, { cwd, root })
    await succeed(args.slice(0, -2), { cwd, root })
    expect(git(join(cwd, 'here'), 'rev-parse', 'HEAD')).toBe(before)
  })

  it('are decided by --yes as announced, listed, and not asked about again', async () => {
    const cwd = scratch()
    const here = join(cwd, 'here')
    const design = ['design', TWO_HORIZONS, '--workspace', 'here', ...QUICK]
    const first = await succeed([...design, '--yes'], { cwd, root })
    expect(first.stdout).toMatch(
      /Contradictions[\s\S]*target\.horizon_days: "within 30 days" \(REQ-001\) and .*; taken: 30/,
    )
    expect(read(here, 'spec.yaml')).toMatch(/horizon_days:\n {4}value: 30\n {4}origin: stated/)
    const before = contents(here)
    await succeed(design, { cwd, root })
    expect(contents(here)).toEqual(before)
    // The person edits the field: the contradiction is over.
    edit(here, 'spec.yaml', /(horizon_days:\n {4}value: )30/, '$190')
    git(here, 'commit', '-qam', 'look 90 days ahead')
    await succeed(design, { cwd, root })
    expect(read(here, 'spec.yaml')).toMatch(/horizon_days:\n {4}value: 90\n {4}origin: edited/)
    expect(read(here, 'spec.yaml')).toMatch(/^contradictions: \[\]$/m)
  })

  it('of a new text leave an existing workspace as it is', async () => {
    const cwd = await smallCopy()
    const before = snapshot(cwd)
    const ended = await mlops(['design', TWO_HORIZONS, '--workspace', cwd, '--verify', 'none'], { root })
    expect(ended).toMatchObject({ code: 4, stdout: '' })
    expect(snapshot(cwd)).toBe(before)
  })
})

describe.concurrent('numbers that nothing meets', () => {
  const TOO_FAST = `${SENTENCE} An API answers within 5 ms at the 99th percentile. The budget is 100 EUR a month and one node costs 300 EUR a month.`

  it('stop the design with the arithmetic, and nothing is written', async () => {
    const cwd = scratch()
    const ended = await mlops(['design', TOO_FAST, '--workspace', 'here', ...QUICK], { cwd, root })
    expect(ended).toMatchObject({ code: 4, stdout: '' })
    expect(ended.stderr).toMatch(
      /serving\.latency_ms\n.*"5 ms" means 5\n +cannot be met: 2 hops x 1 ms \+ 9 ms .* = 16 ms at least, more than 5 ms\n +--yes takes 16/,
    )
    expect(ended.stderr).toMatch(/cannot be met: 1 machine x 300 = 300 EUR a month, more than the budget of 100\n/)
    expect(existsSync(join(cwd, 'here'))).toBe(false)
  })

  it('are replaced by --yes as announced, and the list keeps the words and the arithmetic', async () => {
    const cwd = scratch()
    const { stdout } = await succeed(['design', TOO_FAST, '--workspace', 'here', ...QUICK, '--yes'], { cwd, root })
    expect(stdout).toMatch(/serving\.latency_ms: "5 ms" \(REQ-003\), but 2 hops .*; taken: 16/)
    const spec = read(join(cwd, 'here'), 'spec.yaml')
    expect(spec).toMatch(/latency_ms:\n {4}value: 16\n {4}origin: assumed/)
    expect(spec).toMatch(/^budget:\n {2}amount:\n {4}value: 100\n {4}origin: stated/m)
  })
})
