// Real processes in a folder of their own; the "project" is a few lines of shell.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { levelOf } from '../../src/verify/levels.js'
import { type EvidenceRun, runEvidence, type VerifyEvent } from '../../src/verify/project.js'
import { emitted } from './emitted.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'project-'))
  await mkdir(join(root, 'reports'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const EVIDENCE = JSON.stringify({
  version: 1,
  level: 'L2',
  checks: [{ name: 't', deliverable: 'training', status: 'pass', detail: '' }],
  tools: { pytest: '9' },
})
const script = (name: string, body: string) => writeFile(join(root, name), body)

function run(commands: string[], more: Partial<EvidenceRun> = {}) {
  return runEvidence({
    root,
    level: 'L2',
    commands,
    evidence: 'reports/tests.json',
    timeoutMinutes: 1,
    cpuMinutes: 1,
    deliverables: ['training'],
    env: process.env,
    ...more,
  })
}

const brief = (results: Awaited<ReturnType<typeof run>>) => results.map((r) => `${r.check} ${r.status}`)

describe('runEvidence', () => {
  it('takes a deliverable to L2 when all commands end well and its check passed', async () => {
    await script('lint', 'echo fine')
    await script('test', `echo '${EVIDENCE}' > reports/tests.json`)
    const results = await run(['sh lint', 'sh test'])
    expect(brief(results)).toEqual(['L2/sh lint pass', 'L2/sh test pass', 't pass'])
    const accepted = {
      check: 'x',
      level: 'L1',
      status: 'pass',
      tool: 't',
      version: '1',
      reason: '',
      deliverable: 'training',
      file: 'a.py',
    } as const
    expect(levelOf('training', [accepted, ...results], [emitted('a.py', '')]).level).toBe('L2')
    expect(levelOf('training', results, [emitted('a.py', '')]).level).toBe('none')
  })

  it('fails every deliverable when lint fails, with the end of what it said, and still runs the tests', async () => {
    await script('lint', 'echo "a.py:1: F401 unused"; exit 1')
    await script('test', `echo '${EVIDENCE}' > reports/tests.json`)
    const [lint, ...rest] = await run(['sh lint', 'sh test'])
    expect(lint).toMatchObject({
      status: 'fail',
      deliverable: 'training',
      reason: 'sh lint ended with code 1: a.py:1: F401 unused',
    })
    expect(brief(rest)).toEqual(['L2/sh test pass', 't pass'])
  })

  it('names the claims that failed instead of only the code, five of them, and counts the rest', async () => {
    const claim = (at: number, status: string) => ({
      name: `c${at}`,
      deliverable: 'training',
      status,
      detail: `${at} > 1`,
    })
    const checks = [claim(0, 'pass'), ...[1, 2, 3, 4, 5, 6].map((at) => claim(at, 'fail'))]
    await script('demo', `echo '${JSON.stringify({ version: 1, level: 'L2', checks })}' > reports/tests.json; exit 1`)
    const [first] = await run(['sh demo'])
    expect(first?.reason).toBe(
      'failed: c1 (1 > 1); c2 (2 > 1); c3 (3 > 1); c4 (4 > 1); c5 (5 > 1); and 1 more / sh demo ended with code 1: it said nothing',
    )
  })

  it('never counts evidence of an earlier run', async () => {
    await writeFile(join(root, 'reports/tests.json'), EVIDENCE)
    await script('test', 'exit 0')
    const results = await run(['sh test'])
    expect(results.at(-1)).toMatchObject({ status: 'fail', reason: 'sh test passed, but wrote no reports/tests.json' })
    expect(existsSync(join(root, 'reports/tests.json'))).toBe(false)
  })

  it('says "not run" where a failing command left no evidence', async () => {
    await script('test', 'exit 2')
    expect(brief(await run(['sh test']))).toEqual(['L2/sh test fail', 'L2/evidence not run'])
  })

  it('fails on evidence that is none', async () => {
    await script('test', 'echo "{}" > reports/tests.json')
    expect((await run(['sh test'])).at(-1)).toMatchObject({
      status: 'fail',
      reason: expect.stringContaining('reports/tests.json is no evidence'),
    })
  })

  it('is "not run: timed out" over the limit, and runs nothing after it', async () => {
    await script('test', 'sleep 30')
    const results = await run(['sh test', 'sh after'], { timeoutMinutes: 0.01 })
    expect(brief(results)).toEqual(['L2/sh test not run', 'L2/sh after not run', 'L2/evidence not run'])
    expect(results[0]?.reason).toContain('timed out')
  })

  it('says how to get a program that is missing', async () => {
    const [first] = await run(['no-such-make test'])
    expect(first).toMatchObject({ status: 'not run', reason: expect.stringContaining('apt-get install no-such-make') })
  })

  it('tells what happens while it happens', async () => {
    await script('test', `echo one; echo two; echo '${EVIDENCE}' > reports/tests.json`)
    const events: VerifyEvent[] = []
    await run(['sh test'], { emit: (event) => events.push(event) })
    expect(events).toMatchObject([
      { type: 'verify-start', level: 'L2', command: 'sh test' },
      { type: 'verify-output', line: 'one' },
      { type: 'verify-output', line: 'two' },
      { type: 'verify-end', status: 'pass' },
    ])
  })

  it('stops when it is interrupted', async () => {
    await script('test', 'sleep 30')
    const controller = new AbortController()
    const running = run(['sh test'], { signal: controller.signal })
    setTimeout(() => controller.abort(), 100)
    expect(brief(await running)).toEqual(['L2/sh test not run', 'L2/evidence not run'])
  })
})
