import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobId, parseTree, treeId } from '../../src/workspace/tree.js'
import { scratch, user } from './scratch.js'

describe('treeId', () => {
  it('is what git writes for the same entries', () => {
    const root = scratch()
    user(root, 'init', '-q')
    const git = (args: string[], input: string) => execFileSync('git', args, { cwd: root, input }).toString()
    const name = fc.constantFrom('a', 'b', 'a.b', 'a-', 'a0', 'ü', 'B', 'ab', 'lib')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
    const files = fc.uniqueArray(fc.tuple(path, fc.string(), fc.constantFrom('100644', '100755')), {
      maxLength: 8,
      selector: ([one]) => one,
    })
    fc.assert(
      fc.property(files, (rows) => {
        const apart = rows.filter(([one]) => !rows.some(([other]) => other.startsWith(`${one}/`)))
        const tree = new Map(apart.map(([one, content, mode]) => [one, { mode, id: blobId(content, 'sha1') }]))
        for (const [, content] of apart) git(['hash-object', '-w', '--stdin'], content)
        git(['read-tree', '--empty'], '')
        git(
          ['update-index', '-z', '--index-info'],
          [...tree].map(([one, { mode, id }]) => `${mode} ${id}\t${one}\0`).join(''),
        )
        const written = git(['write-tree'], '').trim()
        expect(treeId(tree, 'sha1')).toBe(written)
        const listed = parseTree(git(['ls-tree', '-r', '-z', written], ''))
        expect(new Map([...listed].sort())).toEqual(new Map([...tree].sort()))
      }),
      { numRuns: 15 },
    )
  })

  it('of nothing is git’s empty tree in both formats', () => {
    expect(treeId(new Map(), 'sha1')).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904')
    expect(treeId(new Map(), 'sha256')).toBe('6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321')
  })
})
