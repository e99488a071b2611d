import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commitAttempts } from '../../src/workspace/generated.js'
import { createRepository } from '../../src/workspace/git.js'
import { mergeGenerated } from '../../src/workspace/merge.js'
import { attempt, home, lines, read, scratch, snapshot, user, workspace, write } from './scratch.js'

const next = (contents: Record<string, string>) => [attempt('training', 2, contents)]
const commitAll = (root: string, message = 'mine') => {
  user(root, 'add', '-A')
  user(root, 'commit', '-q', '-m', message)
}
const replaced = (text: string, line: number, by: string) =>
  text
    .split('\n')
    .map((old, at) => (at === line - 1 ? by : old))
    .join('\n')

describe('a new workspace', () => {
  it('starts main at the generated branch, with files, modes and a clean status', async () => {
    const git = await createRepository(join(scratch(), 'churn'), home())
    await commitAttempts(git, [
      attempt('training', 1, { 'src/train.py': 'x = 1\n', '!run.sh': '#!/bin/sh\necho ran\n' }),
    ])
    expect(await mergeGenerated(git)).toEqual({
      kind: 'fast-forward',
      to: user(git.root, 'rev-parse', 'mlops-agents/generated').trim(),
      changed: [
        { path: 'run.sh', how: 'added' },
        { path: 'src/train.py', how: 'added' },
      ],
    })
    expect(user(git.root, 'status', '--porcelain', '--branch').trim()).toBe('## main')
    expect(read(git.root, 'src/train.py')).toBe('x = 1\n')
    expect(execFileSync('./run.sh', { cwd: git.root }).toString()).toBe('ran\n')
  })

  it('is untouched by a second merge: no ref, no index, no file, no time of change', async () => {
    const git = await workspace({ a: '1\n' })
    const before = snapshot(git.root)
    expect(await mergeGenerated(git)).toEqual({ kind: 'up-to-date' })
    expect(snapshot(git.root)).toBe(before)
  })

  it('has nothing to merge before the first design', async () => {
    const git = await createRepository(join(scratch(), 'churn'), home())
    expect(await mergeGenerated(git)).toEqual({ kind: 'up-to-date' })
  })
})

describe('the merge table', () => {
  const base = { 'a.txt': lines(20), 'b.txt': lines(20, 'other'), 'c.txt': lines(3, 'third') }

  it('untouched by the user: updated by fast-forward', async () => {
    const git = await workspace(base)
    await commitAttempts(git, next({ ...base, 'a.txt': 'new\n', 'd/e.txt': 'added\n' }))
    const outcome = await mergeGenerated(git)
    expect(outcome).toMatchObject({
      kind: 'fast-forward',
      changed: [
        { path: 'a.txt', how: 'changed' },
        { path: 'd/e.txt', how: 'added' },
      ],
    })
    expect(read(git.root, 'a.txt')).toBe('new\n')
    expect(user(git.root, 'status', '--porcelain')).toBe('')
  })

  it('removed by the design: gone, with the folder that it leaves empty', async () => {
    const git = await workspace({ ...base, 'deep/er/x.txt': 'x\n' })
    await commitAttempts(git, next(base))
    await mergeGenerated(git)
    expect(existsSync(join(git.root, 'deep'))).toBe(false)
  })

  it('edited only by the user: kept; both in different places: merged; files of the user: never touched', async () => {
    const git = await workspace(base)
    write(git.root, 'a.txt', replaced(base['a.txt'], 1, 'mine'))
    write(git.root, 'b.txt', replaced(base['b.txt'], 20, 'mine too'))
    write(git.root, 'notes.md', 'my notes\n')
    commitAll(git.root)
    write(git.root, 'untracked.md', 'not committed\n')
    await commitAttempts(git, next({ ...base, 'b.txt': replaced(base['b.txt'], 1, 'theirs') }))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'merged',
      changed: [{ path: 'b.txt', how: 'changed' }],
      keptDeleted: [],
      returned: [],
    })
    expect(read(git.root, 'a.txt')).toBe(replaced(base['a.txt'], 1, 'mine'))
    expect(read(git.root, 'b.txt')).toBe(replaced(replaced(base['b.txt'], 20, 'mine too'), 1, 'theirs'))
    expect(user(git.root, 'status', '--porcelain')).toBe('?? untracked.md\n')
    expect(user(git.root, 'log', '-1', '--format=%an: %s').trim()).toBe(
      'mlops-agents: Merge branch mlops-agents/generated',
    )
    expect(await mergeGenerated(git)).toEqual({ kind: 'up-to-date' })
  })

  it('both in the same place: a conflict with its reason, and nothing changes', async () => {
    const git = await workspace(base)
    write(git.root, 'a.txt', replaced(base['a.txt'], 5, 'mine'))
    commitAll(git.root)
    await commitAttempts(
      git,
      next({ ...base, 'a.txt': replaced(base['a.txt'], 5, 'theirs'), 'b.txt': 'merges by itself\n' }),
    )
    const before = snapshot(git.root)
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'conflict',
      conflicts: [{ path: 'a.txt', reason: 'you and the new design changed the same lines' }],
    })
    expect(snapshot(git.root)).toBe(before)
  })

  it('both in the same place, but settled by the caller: the generated text stands, other edits of the user stay', async () => {
    const git = await workspace({ 'spec.yaml': 'latency: 150\norigin: stated\n', 'train.py': 'fit()\n' })
    write(git.root, 'spec.yaml', 'latency: 80\norigin: stated\n')
    write(git.root, 'train.py', 'fit(seed=1)\n')
    user(git.root, 'commit', '-qam', 'faster')
    await commitAttempts(git, [
      attempt('training', 2, { 'spec.yaml': 'latency: 80\norigin: edited\n', 'train.py': 'fit()\n' }),
    ])
    expect((await mergeGenerated(git)).kind).toBe('conflict')
    expect((await mergeGenerated(git, { settled: ['spec.yaml'] })).kind).toBe('merged')
    expect(read(git.root, 'spec.yaml')).toBe('latency: 80\norigin: edited\n')
    expect(read(git.root, 'train.py')).toBe('fit(seed=1)\n')
    expect(user(git.root, 'status', '--porcelain')).toBe('')
  })

  it('deleted by the user and changed by the design: stays deleted, and is reported', async () => {
    const git = await workspace(base)
    rmSync(join(git.root, 'a.txt'))
    commitAll(git.root)
    await commitAttempts(git, next({ ...base, 'a.txt': 'new\n', 'b.txt': 'new\n' }))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'merged',
      keptDeleted: ['a.txt'],
      changed: [{ path: 'b.txt', how: 'changed' }],
    })
    expect(existsSync(join(git.root, 'a.txt'))).toBe(false)
    expect(user(git.root, 'status', '--porcelain')).toBe('')
    expect(existsSync(join(git.root, '.git/mlops-agents.index'))).toBe(false)
    // Said once: the next design, without a change to it, is silent about it.
    await commitAttempts(git, [attempt('training', 3, { ...base, 'a.txt': 'new\n', 'b.txt': 'newer\n' })])
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'merged', keptDeleted: [] })
  })

  it('deleted by the design and edited by the user: a conflict with its reason', async () => {
    const git = await workspace(base)
    write(git.root, 'a.txt', `${base['a.txt']}mine\n`)
    commitAll(git.root)
    const { 'a.txt': _, ...rest } = base
    await commitAttempts(git, next(rest))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'conflict',
      conflicts: [{ path: 'a.txt', reason: 'you edited it, and the new design deletes it' }],
    })
    expect(read(git.root, 'a.txt')).toContain('mine')
  })

  it('deleted by both, or the same on both sides: nothing to decide', async () => {
    const git = await workspace(base)
    rmSync(join(git.root, 'a.txt'))
    write(git.root, 'b.txt', 'same\n')
    commitAll(git.root)
    const { 'a.txt': _, ...rest } = base
    await commitAttempts(git, next({ ...rest, 'b.txt': 'same\n' }))
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'merged', changed: [], keptDeleted: [] })
  })

  it('added by both with different contents: a conflict', async () => {
    const git = await workspace(base)
    write(git.root, 'new.txt', 'mine\n')
    commitAll(git.root)
    await commitAttempts(git, next({ ...base, 'new.txt': 'theirs\n' }))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'conflict',
      conflicts: [{ path: 'new.txt', reason: 'you added it, and the new design adds another file at the same path' }],
    })
  })

  it('renamed by the user, changed by the design: the change follows the rename', async () => {
    const git = await workspace(base)
    user(git.root, 'mv', 'a.txt', 'renamed.txt')
    commitAll(git.root)
    await commitAttempts(git, next({ ...base, 'a.txt': replaced(base['a.txt'], 3, 'theirs') }))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'merged',
      changed: [{ path: 'renamed.txt', how: 'changed' }],
    })
    expect(read(git.root, 'renamed.txt')).toContain('theirs')
  })

  it('renamed by the user, deleted by the design: a conflict that names the old path', async () => {
    const git = await workspace(base)
    user(git.root, 'mv', 'a.txt', 'renamed.txt')
    commitAll(git.root)
    const { 'a.txt': _, ...rest } = base
    await commitAttempts(git, next(rest))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'conflict',
      conflicts: [{ path: 'renamed.txt', reason: 'you renamed it from a.txt, which the new design deletes' }],
    })
  })

  it('deleted by the user, moved by the design: back under the new name, and reported', async () => {
    const git = await workspace(base)
    rmSync(join(git.root, 'a.txt'))
    commitAll(git.root)
    const { 'a.txt': moved, ...rest } = base
    await commitAttempts(git, next({ ...rest, 'moved.txt': moved }))
    expect(await mergeGenerated(git)).toMatchObject({
      kind: 'merged',
      returned: [{ path: 'moved.txt', from: 'a.txt' }],
    })
    expect(read(git.root, 'moved.txt')).toBe(moved)
  })

  it('a binary file changed by both: a conflict that says so', async () => {
    const git = await workspace({ ...base, 'x.bin': 'a\0b' })
    write(git.root, 'x.bin', 'mine\0b')
    commitAll(git.root)
    await commitAttempts(git, next({ ...base, 'x.bin': 'theirs\0b' }))
    expect(await mergeGenerated(git)).toMatchObject({
      conflicts: [{ path: 'x.bin', reason: 'a binary file that you and the new design both changed' }],
    })
  })

  it('a file where the user made a folder: a conflict, nothing lost', async () => {
    const git = await workspace(base)
    write(git.root, 'x/mine.txt', 'mine\n')
    commitAll(git.root)
    await commitAttempts(git, next({ ...base, x: 'a file\n' }))
    const outcome = await mergeGenerated(git)
    expect(outcome.kind).toBe('conflict')
    expect(read(git.root, 'x/mine.txt')).toBe('mine\n')
  })

  it('an executable bit set by the user survives a change of the text', async () => {
    const git = await workspace(base)
    chmodSync(join(git.root, 'a.txt'), 0o755)
    commitAll(git.root)
    await commitAttempts(git, next({ ...base, 'a.txt': 'new\n' }))
    await mergeGenerated(git)
    expect(user(git.root, 'ls-files', '-s', 'a.txt')).toMatch(/^100755/)
  })
})

describe('the user’s own git settings', () => {
  it.each([
    ['no identity, and none may be guessed', '[user]\n\tuseConfigOnly = true\n'],
    [
      'signing without a key',
      '[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = /bin/false\n[log]\n\tshowSignature = true\n',
    ],
    ['line ends for Windows', '[core]\n\tautocrlf = true\n\tsafecrlf = true\n\teol = crlf\n'],
    ['no rename detection', '[merge]\n\trenames = false\n[diff]\n\trenames = false\n'],
    [
      'another encoding of commits and quoted paths',
      '[i18n]\n\tcommitEncoding = latin1\n\tlogOutputEncoding = latin1\n[core]\n\tquotePath = true\n',
    ],
  ])('do not break a design and a merge: %s', async (_, settings) => {
    const contents = { 'a.txt': lines(20), 'über.txt': lines(20, 'ü') }
    const git = await workspace(contents, home(settings, { GIT_EDITOR: 'false', GIT_DIR: '/nowhere', EDITOR: 'false' }))
    user(git.root, 'mv', 'a.txt', 'mine.txt')
    commitAll(git.root)
    await commitAttempts(git, next({ ...contents, 'a.txt': replaced(contents['a.txt'], 2, 'theirs') }))
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'merged', changed: [{ path: 'mine.txt' }] })
    expect(read(git.root, 'mine.txt')).toBe(replaced(contents['a.txt'], 2, 'theirs'))
    expect(read(git.root, 'über.txt')).toBe(contents['über.txt'])
    await commitAttempts(git, [attempt('training', 3, { 'a.txt': contents['a.txt'] })])
    await mergeGenerated(git)
    expect(existsSync(join(git.root, 'über.txt'))).toBe(false)
  })

  it('do not break a design and a merge: hooks that refuse everything, and a global ignore of *.py', async () => {
    const hooks = scratch()
    for (const hook of [
      'pre-commit',
      'commit-msg',
      'pre-merge-commit',
      'reference-transaction',
      'post-checkout',
      'post-index-change',
    ]) {
      writeFileSync(join(hooks, hook), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    }
    writeFileSync(join(hooks, 'ignore'), '*.py\n')
    const git = await workspace(
      { 'src/train.py': 'x = 1\n' },
      home(`[core]\n\thooksPath = ${hooks}\n\texcludesFile = ${hooks}/ignore\n`),
    )
    write(git.root, 'mine.txt', 'mine\n')
    commitAll(git.root)
    await commitAttempts(git, next({ 'src/train.py': 'x = 2\n', 'src/new.py': 'y = 1\n' }))
    expect(await mergeGenerated(git)).toMatchObject({ kind: 'merged' })
    expect([read(git.root, 'src/train.py'), read(git.root, 'src/new.py')]).toEqual(['x = 2\n', 'y = 1\n'])
  })
})

describe('a branch that cannot be merged into', () => {
  it('is one of another history', async () => {
    const git = await workspace({ a: '1\n' })
    user(git.root, 'switch', '-q', '--orphan', 'else')
    mkdirSync(join(git.root, 'x'), { recursive: true })
    write(git.root, 'x/y', '1')
    commitAll(git.root)
    await expect(mergeGenerated(git)).rejects.toThrow(/the branch else shares no history with the generated branch/)
  })

  it('is a detached HEAD', async () => {
    const git = await workspace({ a: '1\n' })
    await commitAttempts(git, next({ a: '2\n' }))
    user(git.root, 'switch', '-q', '--detach')
    await expect(mergeGenerated(git)).rejects.toThrow(/no branch is checked out; switch to the branch/)
  })
})
