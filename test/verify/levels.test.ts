import { describe, expect, it } from 'vitest'
import type { CheckResult, Level } from '../../src/types.js'
import { levelOf, levels } from '../../src/verify/levels.js'
import { emitted } from './emitted.js'

const result = (
  file: string | undefined,
  level: Level,
  status: CheckResult['status'],
  check = `x/${level}`,
): CheckResult => ({
  check,
  level,
  status,
  tool: 't',
  version: '1',
  reason: '',
  deliverable: 'training',
  ...(file === undefined ? {} : { file }),
})
const files = [emitted('a.py', ''), emitted('conf.yaml', ''), emitted('docs/x.md', '')]
const L1 = [
  result('a.py', 'L0', 'pass'),
  result('a.py', 'L1', 'pass'),
  result('conf.yaml', 'L0', 'pass'),
  result('conf.yaml', 'L1', 'pass'),
]
const level = (results: readonly CheckResult[], of = files) => levelOf('training', results, of).level

describe('levelOf', () => {
  it('is L1 when every file was parsed and accepted', () => expect(level(L1)).toBe('L1'))
  it('is the lowest over the files', () => expect(level([...L1.slice(0, 3)])).toBe('L0'))
  it('is none when one file was looked at by nothing', () => expect(level(L1.slice(0, 2))).toBe('none'))
  it('is L0 when the official tool refuses', () =>
    expect(level([...L1, result('a.py', 'L1', 'fail', 'x/other')])).toBe('L0'))
  it('is none when a parse fails', () => expect(level([...L1, result('a.py', 'L0', 'fail', 'x/other')])).toBe('none'))
  it('is held back by the only official check when it did not run', () => {
    expect(level([...L1.slice(0, 3), result('conf.yaml', 'L1', 'not run')])).toBe('L0')
  })
  it('is not held back by a missing second opinion, but lists it', () => {
    const missing = result('a.py', 'L1', 'not run', 'external/x')
    expect(levelOf('training', [...L1, missing], files)).toEqual({ level: 'L1', failed: [], notRun: [missing] })
  })
  it('leaves documents out of the level, and lists what is wrong with them', () => {
    const wrong = result('docs/x.md', 'L0', 'fail')
    expect(levelOf('training', [...L1, wrong], files)).toMatchObject({ level: 'L1', failed: [wrong] })
  })
  it('counts a seam that fails on the deliverable as a whole', () =>
    expect(level([...L1, result(undefined, 'L1', 'fail', 'seam/x')])).toBe('L0'))
  it('takes a file of a kind that has no official check as far as it goes', () => {
    expect(level([result('.gitignore', 'L0', 'pass')], [emitted('.gitignore', '')])).toBe('L1')
    expect(level([result('Makefile', 'L0', 'pass')], [emitted('Makefile', '')])).toBe('L0')
  })
  it('climbs only without gaps', () => {
    const tests = result(undefined, 'L2', 'pass')
    const demo = result(undefined, 'L3', 'pass')
    expect(level([...L1, tests])).toBe('L2')
    expect(level([...L1, tests, demo])).toBe('L3')
    expect(level([...L1, demo])).toBe('L1')
    expect(level([...L1.slice(0, 3), tests, demo])).toBe('L0')
    expect(level([...L1, tests, result(undefined, 'L2', 'fail')])).toBe('L1')
    expect(level([...L1, tests, demo, result(undefined, 'L3', 'not run')])).toBe('L2')
  })
})

describe('levels', () => {
  it('keeps deliverables apart', () => {
    const other = emitted('b.py', '', { deliverable: 'drift' })
    const folded = levels(L1, [...files, other])
    expect([...folded].map(([id, one]) => [id, one.level])).toEqual([
      ['training', 'L1'],
      ['drift', 'none'],
    ])
  })
})
