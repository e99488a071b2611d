import { describe, expect, it } from 'vitest'
import { style } from '../../src/cli/style.js'
import { endText, groupNotRun, relativeTo, understood, where } from '../../src/cli/summary.js'
import type { CheckResult } from '../../src/types.js'
import { definitions, platformOf } from '../emitted/platforms.js'

const platform = await platformOf({ example: 'churn-telecom', maturity: 1, options: { feature_store: 'custom' } })
const plain = style(false)
const check = (changes: Partial<CheckResult>): CheckResult => ({
  check: 'python/ruff',
  level: 'L1',
  status: 'not run',
  tool: 'ruff',
  version: '',
  reason: 'no uv',
  ...changes,
})

describe('what was understood', () => {
  const text = understood(platform, plain)
  it('groups thousands and shows the numbers of the text', () => {
    expect(text).toContain('2,400,000 subscribers')
    expect(text).toContain('p99 150 ms at 60 req/s · weekly by monday 06:00 Europe/Berlin · eu-central-1')
  })
  it('tells what the text says from what the person chose and what is assumed', () => {
    expect(text).toContain('mlflow (you said: MLflow)')
    expect(text).toContain('custom (your choice)')
    expect(text).toMatch(/kserve {2}airflow.*\(assumed; each has a flag/)
  })
})

describe('the end', () => {
  const config = {
    root: '/',
    version: '1',
    env: {},
    cwd: '/home/ada',
    interactive: false,
    color: false,
    columns: 100,
  }
  const spec = {
    ...platform.spec,
    questions: [
      { field: 'target', question: 'Which outcome?', needs_answer: true },
      { field: 'data.rows', question: 'How many?', needs_answer: false },
    ],
    contradictions: [
      {
        field: 'target.horizon_days',
        statements: [
          { value: 30, quote: 'within 30 days', req: 'REQ-001' },
          { value: 90, quote: '90 days ahead', req: 'REQ-002' },
        ],
        taken: 30,
        reason: 'the first',
      },
    ],
  }
  const text = endText({
    platform: { ...platform, spec },
    workflow: definitions.loaded.workflow,
    config,
    json: false,
    kept: [],
    began: 0,
    seconds: 1.25,
    paint: plain,
    tailored: [],
    result: {
      status: 'failed',
      workspace: '/home/ada/churn',
      deliverables: [
        { id: 'ingestion', status: 'done', level: 'L1', files: 12 },
        { id: 'features', status: 'failed', level: 'L0', files: 3 },
        { id: 'cost', status: 'not built', level: 'none', files: 0 },
      ],
      results: [
        check({ file: 'a.py', line: 7, status: 'fail', reason: 'undefined name' }),
        check({ file: 'b.py' }),
        check({ file: 'c.py' }),
      ],
    },
  })

  it('has a row for each deliverable, and counts only what is there', () => {
    expect(text).toMatch(/^ {2}ingestion +12 {2}L1$/m)
    expect(text).toMatch(/^ {2}features +3 {2}L0 +failed$/m)
    expect(text).toMatch(/^ {2}cost +not built$/m)
    expect(text).toContain('2 deliverables, 15 files in churn   1.3 s')
  })
  it('names what failed with its line, and what did not run once with its number', () => {
    expect(text).toContain('1 checks failed\n    a.py:7: python/ruff: undefined name')
    expect(text).toContain('not run\n    python/ruff: no uv (2 times)')
  })
  it('asks only what needs an answer, and shows contradictions with both quotes', () => {
    expect(text).toContain('Needs an answer\n    target: Which outcome?')
    expect(text).not.toContain('How many?')
    expect(text).toContain('"within 30 days" (REQ-001) and "90 days ahead" (REQ-002); taken: 30 (the first)')
  })
  it('gives the next two commands as they are typed here', () => {
    expect(text).toContain('cd churn && make demo')
    expect(text).toContain('mlops-agents verify --workspace churn --level L3')
  })
})

it.each([
  ['/home/ada', '/home/ada', '.'],
  ['/home/ada', '/home/ada/churn', 'churn'],
  ['/home/ada', '/home/churn', '../churn'],
  ['/home/ada', '/srv/churn', '/srv/churn'],
  ['/home/ada', '/home/adalbert', '../adalbert'],
])('from %s, %s is typed as %s', (cwd, target, expected) => expect(relativeTo(cwd, target)).toBe(expected))

it('says where a result points: file and line, else file, else deliverable', () => {
  expect(where(check({ file: 'a.py', line: 3 }))).toBe('a.py:3: ')
  expect(where(check({ file: 'a.py' }))).toBe('a.py: ')
  expect(where(check({ deliverable: 'serving' }))).toBe('serving: ')
  expect(where(check({}))).toBe('')
})

it('groups only what did not run, by check and reason', () => {
  const results = [check({}), check({ status: 'pass' }), check({ reason: 'no network' }), check({})]
  expect(groupNotRun(results)).toEqual(['python/ruff: no uv (2 times)', 'python/ruff: no network'])
})
