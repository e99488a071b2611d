import { describe, expect, it } from 'vitest'
import { evidenceResults, parseEvidence } from '../../src/verify/evidence.js'

const check = (name: string, deliverable: string, status: string, detail = '') => ({
  name,
  deliverable,
  status,
  detail,
})
const text = (checks: unknown[], more = {}) =>
  JSON.stringify({ version: 1, level: 'L2', checks, tools: { pytest: '9.0.1' }, ...more })

function results(checks: unknown[], deliverables: string[]) {
  const evidence = parseEvidence(text(checks), 'L2')
  if (typeof evidence === 'string') throw new Error(evidence)
  return evidenceResults(evidence, deliverables)
}

describe('parseEvidence', () => {
  it.each([
    ['not JSON', '{', 'not JSON'],
    ['an unknown status', text([check('t', 'drift', 'xpass')]), 'checks.0.status'],
    ['no check at all', text([]), 'checks'],
    ['another level', text([check('t', 'drift', 'pass')], { level: 'L3' }), 'of level L3, expected L2'],
    ['a coverage of 94', text([check('t', 'drift', 'pass')], { coverage: 94 }), 'coverage'],
  ])('refuses %s', (_, content, reason) => expect(parseEvidence(content, 'L2')).toContain(reason))
})

describe('evidenceResults', () => {
  it('gives each check as a result with the tool that ran and what was measured', () => {
    expect(results([check('tests/test_x.py::test_a', 'drift', 'pass', 'PSI 0.41')], ['drift'])).toEqual([
      {
        check: 'tests/test_x.py::test_a',
        level: 'L2',
        status: 'pass',
        tool: 'pytest',
        version: '9.0.1',
        reason: 'PSI 0.41',
        deliverable: 'drift',
      },
    ])
  })
  it('counts a skipped test as failed', () => {
    expect(results([check('t', 'drift', 'skip', 'no GPU')], ['drift'])).toMatchObject([
      { status: 'fail', reason: 'skipped, which counts as failed: no GPU' },
    ])
  })
  it('says "not run" of a deliverable that no check speaks for', () => {
    expect(results([check('t', 'drift', 'pass')], ['drift', 'features'])).toMatchObject([
      { status: 'pass' },
      { status: 'not run', deliverable: 'features' },
    ])
  })
  it('fails a check that speaks for something that is not there', () => {
    expect(results([check('t', 'dirft', 'pass')], ['drift'])).toMatchObject([
      { status: 'fail', deliverable: 'dirft' },
      { status: 'not run', deliverable: 'drift' },
    ])
  })
})
