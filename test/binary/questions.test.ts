// What happens at a real terminal: questions with defaults, colour, and Ctrl-C while being asked.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { contents, read, SENTENCE, scratch } from './product.js'
import { QUESTION, type } from './terminal.js'

const ESCAPE = '\u001b'
const DESIGN = ['design', SENTENCE, '--verify', 'none', '--maturity', '1', '--workspace', 'here']

describe.concurrent('at a terminal', () => {
  it('options that nothing decides are asked for; Enter takes the defaults', async () => {
    const cwd = scratch()
    const { code, stdout } = await type(DESIGN, { cwd })
    expect(code, stdout).toBe(0)
    const asked = [...new Set(stdout.match(/Which [a-z ]+\?/g))]
    expect(asked).toEqual(
      expect.arrayContaining(['Which experiment tracker?', 'Which feature store?', 'Which deployment mode?']),
    )
    // The text names S3, and of a single built value there is nothing to choose.
    expect(asked).not.toContain('Which cloud?')
    expect(stdout).toMatch(/mlflow.*\(.*teams that want to own their tracking server/)
    const spec = read(join(cwd, 'here'), 'spec.yaml')
    expect(spec).toMatch(/experiment_tracking:\n {4}value: mlflow\n {4}origin: edited/)
    expect(spec).toMatch(/deployment_mode:\n {4}value: realtime\n/)
    expect(spec).toMatch(/cloud_provider:\n {4}value: aws\n {4}origin: stated/)
  })

  it('an arrow key chooses another value; what a flag decides is not asked', async () => {
    const cwd = scratch()
    const flags = ['--feature-store', 'feast', '--deployment-mode', 'batch']
    const { code, stdout } = await type([...DESIGN, ...flags], { cwd, keys: 'down+enter' })
    expect(code, stdout).toBe(0)
    expect([...new Set(stdout.match(/Which [a-z ]+\?/g))]).toEqual(['Which experiment tracker?'])
    expect(read(join(cwd, 'here'), 'spec.yaml')).toMatch(/experiment_tracking:\n {4}value: wandb\n {4}origin: edited/)
  })

  it('what the text contradicts itself about is asked first, and everything follows the answer', async () => {
    const cwd = scratch()
    const text = `${SENTENCE} We must predict whether they cancel in the next 90 days.`
    const flags = ['--experiment-tracking', 'mlflow', '--feature-store', 'feast', '--deployment-mode', 'batch']
    const { code, stdout } = await type(
      ['design', text, '--verify', 'none', '--maturity', '1', '--workspace', 'here', ...flags],
      { cwd, keys: 'down+enter', question: 'Which holds?' },
    )
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/contradicts itself about target\.horizon_days/)
    const spec = read(join(cwd, 'here'), 'spec.yaml')
    expect(spec).toMatch(/horizon_days:\n {4}value: 90\n {4}origin: edited/)
    expect(spec).toMatch(/gap_days:\n {4}value: 90\n/)
    expect(spec).toMatch(/^contradictions: \[\]$/m)
  })

  it('Ctrl-C at a question leaves no trace', async () => {
    const cwd = scratch()
    const { code, stdout } = await type(DESIGN, { cwd, keys: 'ctrl-c' })
    expect(code).toBe(130)
    expect(stdout).toMatch(/error: interrupted while asking; nothing was written/)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('--yes asks nothing and lists the defaults as assumed, in colour', async () => {
    const cwd = scratch()
    const { code, stdout } = await type([...DESIGN, '--yes'], { cwd })
    expect(code, stdout).toBe(0)
    expect(stdout).not.toContain(QUESTION)
    expect(stdout).toContain(`${ESCAPE}[1m`)
    expect(stdout).toMatch(/mlflow .*\(assumed; each has a flag: mlops-agents options\)/)
  })

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['a terminal that can do nothing', { TERM: 'dumb' }],
  ])('%s means plain text', async (_, env) => {
    const { code, stdout } = await type([...DESIGN, '--yes'], { cwd: scratch(), env })
    expect(code, stdout).toBe(0)
    expect(stdout).not.toContain(ESCAPE)
  })
})

describe('the folder that the other tests copy', () => {
  it('was designed without a terminal: plain, unasked, and complete', () => {
    const root = inject('designed')
    expect(contents(root).size).toBeGreaterThan(200)
    expect(execFileSync('git', ['-C', root, 'status', '--porcelain'], { encoding: 'utf8' })).toBe('')
  })
})
