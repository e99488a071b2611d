import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attempts, commitAttempts, generatedTree, latest } from '../../src/workspace/generated.js'
import { createRepository, openGit } from '../../src/workspace/git.js'
import { attempt, home, lines, meddled, REAL_GIT, scratch, user } from './scratch.js'

const BRANCH = 'mlops-agents/generated'
const fresh = async (env = home()) => createRepository(join(scratch(), 'churn'), env)
const paths = (root: string, commit = BRANCH) => user(root, 'ls-tree', '-r', '--name-only', commit).trim().split('\n')

describe('commitAttempts', () => {
  it('records each attempt as one commit whose trailers say what it was', async () => {
    const git = await fresh()
    const made = await commitAttempts(git, [
      attempt('ingestion', 1, { 'src/ingest.py': 'a = 1\n', '!scripts/run.sh': '#!/bin/sh\n' }),
      attempt('training', 1, { 'src/train.py': 'b = 2\n' }),
    ])
    expect(user(git.root, 'log', '--format=%an <%ae> %s', BRANCH)).toBe(
      'mlops-agents <mlops-agents@localhost> training, attempt 1\nmlops-agents <mlops-agents@localhost> ingestion, attempt 1\n',
    )
    const tree = user(git.root, 'rev-parse', `${BRANCH}^{tree}`).trim()
    expect(user(git.root, 'log', '-1', '--format=%(trailers)', BRANCH).trim()).toBe(
      `Deliverable: training\nKey: training-key-1\nAttempt: 1\nDecision: accepted\nLevel: L1\nBaseline-Tree: ${tree}\nAccepted-Tree: ${tree}\nInput: spec.serving = abc\nInput: deliverable = x = 0f\nInput: model = none\nFile: src/train.py`,
    )
    expect(user(git.root, 'ls-tree', '-r', BRANCH)).toMatch(
      /100755 blob \w+\tscripts\/run.sh\n100644 blob \w+\tsrc\/ingest.py\n/,
    )
    expect(await attempts(git)).toEqual(made)
    expect(made.map(({ commit }) => commit)).toEqual(user(git.root, 'rev-list', '--reverse', BRANCH).trim().split('\n'))
  })

  it('names the tree that git itself gives to every attempt', async () => {
    const git = await fresh()
    const made = await commitAttempts(git, [
      attempt('a', 1, { 'lib/x.py': '1', lib0: '2', 'lib-a': '3', 'lib/é/ü.md': '4', Makefile: '' }),
      attempt('b', 1, { 'lib.txt': '5' }),
      attempt('a', 2, { lib: 'now a file', 'z/y/x': '6' }),
    ])
    expect(made.map(({ acceptedTree }) => acceptedTree)).toEqual(
      user(git.root, 'log', '--reverse', '--format=%T', BRANCH).trim().split('\n'),
    )
  })

  it('works in a repository of sha256 objects', async () => {
    const root = scratch()
    user(root, 'init', '-q', '-b', 'main', '--object-format=sha256')
    const git = openGit(root, home())
    const [made] = await commitAttempts(git, [attempt('a', 1, { 'x/y.py': '1' })])
    expect(made?.acceptedTree).toBe(user(root, 'rev-parse', `${BRANCH}^{tree}`).trim())
  })

  it('takes away what the previous attempt of the same deliverable wrote and leaves the others alone', async () => {
    const git = await fresh()
    await commitAttempts(git, [attempt('a', 1, { 'a/one': '1', 'a/two': '2' }), attempt('b', 1, { 'b/one': '1' })])
    await commitAttempts(git, [attempt('a', 2, { 'a/two': 'changed', 'a/three': '3' })])
    expect(paths(git.root)).toEqual(['a/three', 'a/two', 'b/one'])
    await commitAttempts(git, [attempt('a', 3, {})])
    expect(paths(git.root)).toEqual(['b/one'])
    expect([...latest(await attempts(git))].map(([id, { attempt: n }]) => `${id} ${n}`)).toEqual(['b 1', 'a 3'])
  })

  it('keeps a file that moved to another owner when the old owner runs again', async () => {
    const git = await fresh()
    await commitAttempts(git, [attempt('old', 1, { shared: '1', other: '1' })])
    await commitAttempts(git, [attempt('new', 1, { shared: '2' }), attempt('old', 2, { other: '1' })])
    expect(paths(git.root)).toEqual(['other', 'shared'])
    expect(user(git.root, 'show', `${BRANCH}:shared`)).toBe('2')
  })

  it('gives a patched file back to its owner when the patch is gone', async () => {
    const git = await fresh()
    await commitAttempts(git, [
      attempt('owner', 1, { 'train.py': 'plain' }),
      attempt('patcher', 1, { 'train.py': 'patched' }, 'owner'),
    ])
    expect(user(git.root, 'show', `${BRANCH}:train.py`)).toBe('patched')
    expect((await attempts(git))[1]).toMatchObject({ files: [], patched: ['train.py'] })
    await commitAttempts(git, [attempt('patcher', 2, {})])
    expect(user(git.root, 'show', `${BRANCH}:train.py`)).toBe('plain')
  })

  it('gives a patched file back in the version of an owner that runs in the same batch', async () => {
    const git = await fresh()
    await commitAttempts(git, [
      attempt('owner', 1, { 'train.py': 'plain' }),
      attempt('patcher', 1, { 'train.py': 'patched' }, 'owner'),
    ])
    await commitAttempts(git, [attempt('owner', 2, { 'train.py': 'newer' }), attempt('patcher', 2, {})])
    expect(user(git.root, 'show', `${BRANCH}:train.py`)).toBe('newer')
  })

  it('refuses an unsafe path, a case clash with another deliverable, and records nothing then', async () => {
    const git = await fresh()
    await commitAttempts(git, [attempt('a', 1, { 'README.md': '1' })])
    const before = user(git.root, 'rev-parse', BRANCH)
    await expect(commitAttempts(git, [attempt('b', 1, { '../out': '1' })])).rejects.toThrow(
      /"..\/out" may not be written: it climbs out/,
    )
    await expect(
      commitAttempts(git, [attempt('b', 1, { ok: '1' }), attempt('c', 1, { 'readme.md': '1' })]),
    ).rejects.toThrow(/README.md and readme.md differ only in case/)
    expect(user(git.root, 'rev-parse', BRANCH)).toBe(before)
  })

  it('keeps text as it is: no line-end change, no trailing line, any Unicode', async () => {
    const git = await fresh(home('[core]\n\tautocrlf = true\n'))
    const content = 'a\r\nb\nü — 漢\0字 done\n\ndata 3\nM 100644'
    await commitAttempts(git, [attempt('a', 1, { 'with space/ü.txt': content })])
    expect(user(git.root, 'show', `${BRANCH}:with space/ü.txt`)).toBe(content)
  })

  it('does not touch index, files or the branch that is checked out', async () => {
    const git = await fresh()
    await commitAttempts(git, [attempt('a', 1, { x: '1' })])
    expect(user(git.root, 'status', '--porcelain')).toBe('')
    expect(() => user(git.root, 'rev-parse', '--verify', '-q', 'HEAD')).toThrow()
  })

  it.each([
    ['in the middle of a text', 'head -c 5000'],
    ['between two commands', "sed '/^get-mark :3$/q'"],
  ])('a stream of attempts that is cut %s records none of them', async (_, cutter) => {
    const root = join(scratch(), 'churn')
    await createRepository(root, home())
    const cut = meddled('*fast-import*', `${cutter} | ${REAL_GIT} "$@"; exit $?`)
    const many = Array.from({ length: 30 }, (_, n) =>
      attempt(`d${n}`, 1, { [`f${n}`]: lines(100, 'text of some length') }),
    )
    await expect(commitAttempts(openGit(root, cut), many)).rejects.toThrow(/git fast-import failed/)
    expect(user(root, 'for-each-ref')).toBe('')
  })

  it('writes 24 deliverables with 220 files in well under a second', async () => {
    const git = await fresh()
    const batch = Array.from({ length: 24 }, (_, d) =>
      attempt(
        `d${d}`,
        1,
        Object.fromEntries(Array.from({ length: 9 }, (_, f) => [`d${d}/deep/f${f}.py`, `x = ${d}\n`.repeat(200 + f)])),
      ),
    )
    const start = performance.now()
    await commitAttempts(git, batch)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('attempts', () => {
  it('is empty before the first design', async () => {
    const git = await fresh()
    expect(await attempts(git)).toEqual([])
    expect(await generatedTree(git)).toEqual(new Map())
  })

  it('reads the same in a fresh clone, where the branch is only on origin, and goes on from there', async () => {
    const git = await fresh()
    const made = await commitAttempts(git, [attempt('a', 1, { x: '1', y: '2' })])
    user(git.root, 'update-ref', 'refs/heads/main', BRANCH)
    const copy = join(scratch(), 'clone')
    execFileSync('git', ['clone', '-q', git.root, copy], { stdio: 'ignore' })
    const clone = openGit(copy, home())
    expect(user(copy, 'branch', '--list').trim()).toBe('* main')
    expect(await attempts(clone)).toEqual(made)
    // Both trees are there, not only named.
    expect(user(copy, 'cat-file', '-t', made[0]?.acceptedTree ?? '').trim()).toBe('tree')
    await commitAttempts(clone, [attempt('a', 2, { y: '3' })])
    expect((await attempts(clone)).map(({ attempt: n }) => n)).toEqual([1, 2])
    expect(paths(copy)).toEqual(['y'])
  })

  it('builds on what somebody else put onto the branch since its own last commit', async () => {
    const git = await fresh()
    await commitAttempts(git, [attempt('a', 1, { x: '1' })])
    await commitAttempts(openGit(git.root, home()), [attempt('b', 1, { y: '2' })])
    await commitAttempts(git, [attempt('a', 2, { z: '3' })])
    expect(paths(git.root)).toEqual(['y', 'z'])
    expect((await attempts(git)).map(({ deliverable }) => deliverable)).toEqual(['a', 'b', 'a'])
  })

  it('passes over commits of somebody else and names one of ours that was damaged', async () => {
    const git = await fresh()
    await commitAttempts(git, [attempt('a', 1, { x: '1' })])
    user(git.root, 'switch', '-q', BRANCH)
    user(git.root, 'commit', '-q', '--allow-empty', '-m', 'a note\n\nReviewed-by: Ada')
    expect(await attempts(git)).toHaveLength(1)
    user(git.root, 'commit', '-q', '--allow-empty', '-m', 'edited\n\nDeliverable: a')
    await expect(attempts(git)).rejects.toThrow(/commit \w{40} .* names the deliverable a but has no Key trailer/)
  })

  it('reads a thousand attempts in one question', async () => {
    const git = await fresh()
    await commitAttempts(
      git,
      Array.from({ length: 1000 }, (_, n) => attempt(`d${n % 20}`, n + 1, { [`d${n % 20}/f`]: String(n) })),
    )
    const start = performance.now()
    expect(await attempts(git)).toHaveLength(1000)
    expect(performance.now() - start).toBeLessThan(500)
  })
})
