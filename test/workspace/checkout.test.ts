import { existsSync, readFileSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commitAttempts } from '../../src/workspace/generated.js'
import { openGit } from '../../src/workspace/git.js'
import { mergeGenerated } from '../../src/workspace/merge.js'
import { attempt, lines, meddled, REAL_GIT, read, scratch, snapshot, user, workspace, write } from './scratch.js'

const next = (contents: Record<string, string>) => [attempt('training', 2, contents)]

describe('work that is not committed', () => {
  const base = { 'a.txt': 'a\n', 'b.txt': 'b\n' }

  it.each([
    ['an untracked file where one is added', 'new.txt'],
    ['a file where a folder is needed', 'new.txt/inside'],
  ])('is never overwritten: %s', async (_, path) => {
    const git = await workspace(base)
    write(git.root, 'new.txt', 'mine\n')
    await commitAttempts(git, next({ ...base, [path]: 'theirs\n' }))
    const before = snapshot(git.root)
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'conflict',
      conflicts: [{ path: 'new.txt', reason: expect.stringContaining('not committed') }],
    })
    expect(snapshot(git.root)).toBe(before)
  })

  it('is named once for each file that it is in the way of', async () => {
    const git = await workspace(base)
    write(git.root, 'new.txt', 'mine\n')
    write(git.root, 'folder/there.txt', 'mine\n')
    const added = [
      'new.txt/one',
      'new.txt/two',
      'folder/free.txt',
      'folder/there.txt',
      'other/a/b.txt',
      'other/a/c.txt',
    ]
    await commitAttempts(git, next({ ...base, ...Object.fromEntries(added.map((path) => [path, 'theirs\n'])) }))
    const merged = await mergeGenerated(git)
    expect(merged.kind === 'conflict' && merged.conflicts.map(({ path }) => path)).toEqual([
      'folder/there.txt',
      'new.txt',
      'new.txt',
    ])
  })

  it('is never overwritten: an ignored file where one is added', async () => {
    const git = await workspace({ ...base, '.gitignore': '*.env\n' })
    write(git.root, 'local.env', 'secret\n')
    await commitAttempts(git, next({ ...base, '.gitignore': '*.env\n', 'local.env': 'theirs\n' }))
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'conflict', conflicts: [{ path: 'local.env' }] })
    expect(read(git.root, 'local.env')).toBe('secret\n')
  })

  it('is never overwritten: a changed or staged file that the design changes', async () => {
    const git = await workspace(base)
    write(git.root, 'a.txt', 'mine\n')
    write(git.root, 'b.txt', 'mine\n')
    user(git.root, 'add', 'b.txt')
    await commitAttempts(git, next({ 'a.txt': 'theirs\n', 'b.txt': 'theirs\n' }))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'conflict',
      conflicts: [{ path: 'a.txt' }, { path: 'b.txt' }],
    })
    expect(read(git.root, 'a.txt')).toBe('mine\n')
  })

  it('is left where it is when the design changes other files', async () => {
    const git = await workspace(base)
    write(git.root, 'a.txt', 'mine\n')
    await commitAttempts(git, next({ ...base, 'b.txt': 'theirs\n' }))
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'fast-forward' })
    expect([read(git.root, 'a.txt'), read(git.root, 'b.txt')]).toEqual(['mine\n', 'theirs\n'])
  })

  it('is not seen where only the times of a file changed', async () => {
    const git = await workspace(base)
    utimesSync(join(git.root, 'a.txt'), 1, 1)
    await commitAttempts(git, next({ ...base, 'a.txt': 'theirs\n' }))
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'fast-forward' })
    expect(read(git.root, 'a.txt')).toBe('theirs\n')
  })

  it('nothing is written through a link that leads out of the workspace', async () => {
    const git = await workspace(base)
    const outside = scratch()
    symlinkSync(outside, join(git.root, 'data'))
    await commitAttempts(git, next({ ...base, 'data/x.txt': 'theirs\n' }))
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'conflict', conflicts: [{ path: 'data' }] })
    expect(existsSync(join(outside, 'x.txt'))).toBe(false)
  })
})

describe('when git cannot finish', () => {
  /** May not write files above a size once it updates the files: a full disk. */
  const fullDisk = (blocks: number) => meddled('*"read-tree -m -u"*', `trap '' XFSZ; ulimit -f ${blocks}`)

  it.each([0, 8])('the files, index and branch are what they were (%i blocks to write)', async (blocks) => {
    const small = { 'a.txt': 'old\n', 'b/c.txt': 'old\n' }
    const git = await workspace(small)
    await commitAttempts(
      git,
      next({ 'a.txt': 'new\n', 'b/d.txt': 'new\n', 'n/ew.txt': 'x\n', 'z/big.txt': lines(20_000) }),
    )
    const head = user(git.root, 'rev-parse', 'HEAD')
    await expect(mergeGenerated(openGit(git.root, fullDisk(blocks)))).rejects.toThrow(
      /could not be updated and were left as they were/,
    )
    expect(user(git.root, 'status', '--porcelain', '--ignored')).toBe('')
    expect(user(git.root, 'rev-parse', 'HEAD')).toBe(head)
    expect([read(git.root, 'a.txt'), read(git.root, 'b/c.txt')]).toEqual(['old\n', 'old\n'])
    expect(existsSync(join(git.root, 'n'))).toBe(false)
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'fast-forward' })
  })

  it('the files go back when somebody moved the branch meanwhile', async () => {
    const git = await workspace({ 'a.txt': 'old\n', 'gone.txt': 'old\n' })
    await commitAttempts(git, next({ 'a.txt': 'new\n', 'b.txt': 'new\n' }))
    const elsewhere = meddled(
      '*update-ref*',
      `${REAL_GIT} update-ref refs/heads/main "$(${REAL_GIT} commit-tree -p HEAD -m theirs HEAD^{tree})"`,
    )
    await expect(mergeGenerated(openGit(git.root, elsewhere))).rejects.toThrow(/git update-ref failed/)
    expect(user(git.root, 'log', '-1', '--format=%s')).toBe('theirs\n')
    expect(user(git.root, 'status', '--porcelain')).toBe('')
    expect([read(git.root, 'a.txt'), read(git.root, 'gone.txt')]).toEqual(['old\n', 'old\n'])
  })

  it('what git writes is out of reach of the terminal’s Ctrl-C', async () => {
    const git = await workspace({ a: '1\n' })
    await commitAttempts(git, next({ a: '2\n' }))
    const groups = join(scratch(), 'groups')
    await mergeGenerated(
      openGit(git.root, meddled('*"read-tree -m -u"*|*update-ref*', `cut -d' ' -f5 /proc/$$/stat >> ${groups}`)),
    )
    const ours = readFileSync('/proc/self/stat', 'utf8').split(' ')[4] ?? ''
    const theirs = readFileSync(groups, 'utf8').trim().split('\n')
    expect(theirs).toHaveLength(2)
    expect(theirs).not.toContain(ours)
  })
})
