// Blocks become files only where nothing speaks against their path or their size.
import { describe, expect, it } from 'vitest'
import { groundOf, takeBlocks } from '../../src/agent/draft.js'
import type { Block } from '../../src/agent/reply.js'

const ground = groundOf([{ path: 'a.py', content: 'one\ntwo\n' }], ['a.py', 'other/b.py'])
const file = (path: string, text: string): Block => ({ kind: 'file', path, text })
const edit = (path: string, search: string, replace: string): Block => ({
  kind: 'edit',
  path,
  changes: [{ search, replace }],
})
const take = (...blocks: readonly Block[]) => takeBlocks(new Map(), blocks, ground)

describe('blocks', () => {
  it('become files, edits on top of the baseline', () => {
    expect([...take(file('b.py', 'x\n'), edit('a.py', 'two\n', '2\n')).written]).toEqual([
      ['b.py', 'x\n'],
      ['a.py', 'one\n2\n'],
    ])
  })
  it('go on top of what was written before', () => {
    const before = take(file('a.py', 'three\n')).written
    expect(takeBlocks(before, [edit('a.py', 'three\n', 'four\n')], ground).written.get('a.py')).toBe('four\n')
  })
  it('that bring a file back to the baseline leave no difference', () => {
    const before = take(edit('a.py', 'two\n', '2\n')).written
    const { written, paths } = takeBlocks(before, [file('a.py', 'one\ntwo\n')], ground)
    expect({ written: [...written], paths }).toEqual({ written: [], paths: ['a.py'] })
  })
  it('that cannot be taken change nothing', () => {
    const { written, problems } = take(
      edit('a.py', 'five\n', ''),
      edit('no.py', 'x\n', ''),
      file('other/b.py', 'x'),
      file('../x', ''),
    )
    expect([...written]).toEqual([])
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^the edit was not applied: search 1 does not occur/),
      expect.stringMatching(/no file of this path/),
      expect.stringMatching(/another deliverable/),
      expect.stringMatching(/may not be written: it climbs/),
    ])
  })
  it('may not fill the memory: neither by size nor by number', () => {
    const large = Array.from({ length: 30 }, (_, i) => file(`large/${i}.txt`, 'x'.repeat(200_000)))
    expect(take(...large).problems.at(-1)?.reason).toMatch(/together would be larger than 4 MB/)
    const many = Array.from({ length: 510 }, (_, i) => file(`many/${i}.txt`, 'x'))
    expect(take(...many).problems).toHaveLength(10)
  })
  it('may not grow by edits beyond what a file may have', () => {
    expect(take(edit('a.py', 'two\n', 'x\n'.repeat(110_000))).problems[0]?.reason).toMatch(/larger than the 200 KB/)
  })
  it('may not lie beside another so that a system would take them for one', () => {
    expect(take(file('A.py', 'x')).problems[0]?.reason).toMatch(/differ only in case/)
    expect(take(file('new.py', 'x'), file('New.py', 'x')).problems[0]?.reason).toMatch(/differ only in case/)
    expect(take(file('a.py/b', 'x')).problems[0]?.reason).toMatch(/both a file and a folder/)
  })
})
