import { describe, expect, it } from 'vitest'
import { readMergeTree } from '../../src/workspace/conflicts.js'

const tree = 'f'.repeat(40)
const id = 'a'.repeat(40)
const output = (stages: [string, number][], messages: [string[], string, string][]) =>
  [
    tree,
    ...stages.map(([path, stage]) => `100644 ${id} ${stage}\t${path}`),
    '',
    ...messages.flatMap(([paths, kind, text]) => [String(paths.length), ...paths, kind, `${text}\n`]),
    '',
  ].join('\0')

describe('readMergeTree', () => {
  it('reads a clean merge', () => {
    expect(readMergeTree(`${tree}\0`)).toEqual({ tree, conflicts: [], keptDeleted: [], returned: [] })
  })

  it('settles what was deleted by the user and leaves the rest to a person, by path', () => {
    const said = output(
      [
        ['z', 1],
        ['z', 2],
        ['z', 3],
        ['gone', 1],
        ['gone', 3],
        ['a', 1],
        ['a', 2],
      ],
      [
        [['gone'], 'CONFLICT (modify/delete)', 'CONFLICT (modify/delete): gone deleted in main'],
        [['z'], 'Auto-merging', 'Auto-merging z'],
        [['z'], 'CONFLICT (contents)', 'CONFLICT (content): Merge conflict in z'],
      ],
    )
    expect(readMergeTree(said)).toEqual({
      tree,
      keptDeleted: ['gone'],
      returned: [],
      conflicts: [
        { path: 'a', reason: 'you edited it, and the new design deletes it' },
        { path: 'z', reason: 'you and the new design changed the same lines' },
      ],
    })
  })

  it('gives git’s own words for what it has no words of its own for', () => {
    const said = output(
      [['x~main', 2]],
      [[['x~main', 'x'], 'CONFLICT (file/directory)', 'CONFLICT (file/directory): directory in the way of x']],
    )
    expect(readMergeTree(said).conflicts).toEqual([
      { path: 'x~main', reason: 'CONFLICT (file/directory): directory in the way of x' },
    ])
  })

  it('reads paths with spaces, tabs and digits', () => {
    expect(
      readMergeTree(
        output(
          [
            ['1 2\t3', 1],
            ['1 2\t3', 2],
          ],
          [],
        ),
      ).conflicts[0]?.path,
    ).toBe('1 2\t3')
  })
})
