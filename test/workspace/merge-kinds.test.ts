// The merge table for what is no plain text in a plain file: line ends, links, modes, names that differ in case only.
import { chmodSync, existsSync, lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commitAttempts } from '../../src/workspace/generated.js'
import { mergeGenerated } from '../../src/workspace/merge.js'
import { attempt, lines, read, snapshot, user, workspace, write } from './scratch.js'

const ATTRIBUTES = { '.gitattributes': '* text=auto eol=lf\n' }
const base = { ...ATTRIBUTES, 'a.txt': lines(20) }
const replaced = (text: string, at: number, by: string) => text.replace(`line ${at}\n`, `${by}\n`)

function commitAll(root: string): void {
  user(root, 'add', '-A')
  user(root, 'commit', '-q', '-m', 'mine')
}

describe('the merge table', () => {
  it('saved with line ends of Windows and edited by the user, changed by the design elsewhere: merged', async () => {
    const git = await workspace(base)
    write(git.root, 'a.txt', replaced(base['a.txt'], 2, 'mine').replaceAll('\n', '\r\n'))
    commitAll(git.root)
    await commitAttempts(git, [attempt('training', 2, { ...base, 'a.txt': replaced(base['a.txt'], 18, 'theirs') })])
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'merged' })
    expect(read(git.root, 'a.txt')).toBe(replaced(replaced(base['a.txt'], 2, 'mine'), 18, 'theirs'))
    expect(user(git.root, 'status', '--porcelain')).toBe('')
  })

  it('made a link by the user, changed by the design: a conflict, and the link stays', async () => {
    const git = await workspace(base)
    rmSync(join(git.root, 'a.txt'))
    symlinkSync('elsewhere.txt', join(git.root, 'a.txt'))
    commitAll(git.root)
    await commitAttempts(git, [attempt('training', 2, { ...base, 'a.txt': 'theirs\n' })])
    const before = snapshot(git.root)
    const merged = await mergeGenerated(git)
    expect(merged.kind).toBe('conflict')
    expect(snapshot(git.root)).toBe(before)
    expect(readlinkSync(join(git.root, 'a.txt'))).toBe('elsewhere.txt')
  })

  it('a link of the user where the design adds a folder: a conflict, and nothing is written behind the link', async () => {
    const git = await workspace(base)
    symlinkSync('..', join(git.root, 'data'))
    commitAll(git.root)
    await commitAttempts(git, [attempt('training', 2, { ...base, 'data/rows.txt': 'rows\n' })])
    expect((await mergeGenerated(git)).kind).toBe('conflict')
    expect(lstatSync(join(git.root, 'data')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(git.root, '..', 'rows.txt'))).toBe(false)
  })

  it('made executable by the design, edited by the user: both', async () => {
    const git = await workspace(base)
    write(git.root, 'a.txt', replaced(base['a.txt'], 2, 'mine'))
    commitAll(git.root)
    await commitAttempts(git, [attempt('training', 2, { ...ATTRIBUTES, '!a.txt': base['a.txt'] })])
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'merged' })
    expect(user(git.root, 'ls-files', '-s', 'a.txt')).toMatch(/^100755/)
    expect(read(git.root, 'a.txt')).toMatch(/^line 1\nmine\n/)
  })

  it('made executable by the user, deleted by the design: a conflict', async () => {
    const git = await workspace(base)
    chmodSync(join(git.root, 'a.txt'), 0o755)
    commitAll(git.root)
    await commitAttempts(git, [attempt('training', 2, ATTRIBUTES)])
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'conflict', conflicts: [{ path: 'a.txt' }] })
  })

  it.each([
    ['a file', 'Readme.md', 'README.md', 'Readme.md'],
    ['a folder', 'Docs/mine.md', 'docs/theirs.md', 'Docs'],
    ['an accent that is written in two ways', 'u\u0308ber.md', '\u00fcber.md', 'u\u0308ber.md'],
  ])(
    '%s of the user whose name differs from what the design adds in case only: asked',
    async (_, mine, theirs, named) => {
      const git = await workspace(base)
      write(git.root, mine, 'mine\n')
      commitAll(git.root)
      await commitAttempts(git, [attempt('training', 2, { ...base, [theirs]: 'theirs\n' })])
      const before = snapshot(git.root)
      expect(await mergeGenerated(git)).toMatchObject({
        kind: 'conflict',
        conflicts: [{ path: named, reason: expect.stringContaining(`many systems see ${theirs}`) }],
      })
      expect(snapshot(git.root)).toBe(before)
      user(git.root, 'mv', mine, 'mine.md')
      commitAll(git.root)
      expect((await mergeGenerated(git)).kind).toBe('merged')
    },
  )

  it('a name that the design spells otherwise from now on is nobody’s clash', async () => {
    const git = await workspace({ ...base, 'Readme.md': 'theirs\n' })
    await commitAttempts(git, [attempt('training', 2, { ...base, 'README.md': 'theirs\n' })])
    expect((await mergeGenerated(git)).kind).toBe('fast-forward')
  })
})
