// What a decision is about: the files of some deliverables at a commit of the person's branch, named by the tree that they make.
import { beforeEach, describe, expect, it } from 'vitest'
import { commitAttempts, generatedBranch } from '../../src/workspace/generated.js'
import { createRepository, type Git } from '../../src/workspace/git.js'
import { mergeGenerated } from '../../src/workspace/merge.js'
import { differences, lookAt, type Reviewed } from '../../src/workspace/reviewed.js'
import { commitReview, readReviews, whoAmI } from '../../src/workspace/reviews.js'
import { attempt, home, scratch, user, write } from './scratch.js'

let git: Git
beforeEach(async () => {
  git = await createRepository(scratch(), home())
  await made(attempt('owner', 1, { 'a.txt': 'one\n', 'sub/b.txt': 'two\n' }))
})

async function made(...attempts: Parameters<typeof commitAttempts>[1]): Promise<void> {
  await commitAttempts(git, attempts)
  await mergeGenerated(git)
}
async function look(...deliverables: string[]): Promise<Reviewed> {
  const head = user(git.root, 'rev-parse', 'HEAD').trim()
  return (await lookAt(git, head, (await generatedBranch(git))?.commit ?? ''))(deliverables)
}

describe('the files that are decided on', () => {
  it('make the tree that git would make of them, whatever else the branch holds', async () => {
    const before = await look('owner')
    expect(before.tree).toBe(user(git.root, 'rev-parse', 'HEAD^{tree}').trim())
    expect(before.seen).toEqual({ owner: 1 })
    await made(attempt('other', 1, { 'c.txt': 'three\n' }))
    write(git.root, 'mine.txt', 'mine\n')
    user(git.root, 'add', '-A')
    user(git.root, 'commit', '-qm', 'mine')
    expect((await look('owner')).tree).toBe(before.tree)
    expect([...(await look('owner', 'other')).files.keys()].sort()).toEqual(['a.txt', 'c.txt', 'sub/b.txt'])
  })

  it('are as the person has them, and what differs is named', async () => {
    const before = await look('owner')
    write(git.root, 'a.txt', 'mine\n')
    user(git.root, 'rm', '-q', 'sub/b.txt')
    user(git.root, 'commit', '-qam', 'mine')
    const after = await look('owner')
    expect(after.tree).not.toBe(before.tree)
    expect(differences(before.files, after.files)).toEqual([
      { path: 'a.txt', how: 'changed' },
      { path: 'sub/b.txt', how: 'removed' },
    ])
  })

  it('do not change by what another deliverable patches on top, which is its own to be decided on', async () => {
    const before = await look('owner')
    await made(attempt('patcher', 1, { 'a.txt': 'patched\n' }, 'owner'))
    expect((await look('owner')).tree).toBe(before.tree)
    const patched = await look('patcher')
    expect([...patched.files.keys()]).toEqual(['a.txt'])
    expect(patched.files.get('a.txt')?.id).not.toBe(before.files.get('a.txt')?.id)
    write(git.root, 'a.txt', 'mine\n')
    user(git.root, 'commit', '-qam', 'mine')
    expect((await look('owner')).tree).not.toBe(before.tree)
  })

  it('are those that the branch has got, not newer ones that wait to be merged', async () => {
    const before = await look('owner')
    await commitAttempts(git, [attempt('owner', 2, { 'a.txt': 'newer\n' })])
    expect(await look('owner')).toMatchObject({ tree: before.tree, seen: { owner: 1 } })
  })
})

describe('a review', () => {
  const review = {
    phase: 'one',
    decision: 'approved' as const,
    tree: 't'.repeat(40),
    head: 'h'.repeat(40),
    by: 'Ada <ada@example.com>',
    at: '2026-01-01T00:00:00.000Z',
    note: 'Two\nlines: kept',
    seen: { owner: 1 },
  }

  it('comes back from the log as it was written, on one line where it had more', async () => {
    const branch = await generatedBranch(git)
    if (branch === undefined) throw new Error('there is no generated branch')
    const { commit } = await commitReview(git, branch, branch.ref, review)
    const log = user(git.root, 'log', '-z', '--format=%H%x1f%s%x1f%(trailers:only=true,unfold=true)', branch.ref)
    expect(readReviews(log)).toEqual([{ ...review, note: 'Two lines: kept', commit }])
    expect(user(git.root, 'rev-parse', `${commit}^{tree}`)).toBe(user(git.root, 'rev-parse', `${branch.commit}^{tree}`))
    // Somebody else was quicker: nothing is overwritten.
    await expect(commitReview(git, branch, branch.ref, review)).rejects.toThrow(/update-ref failed/)
  })

  it.each([
    ['By', /^By: .*\n/m],
    ['a decision that is known', /^Decision: approved/m],
  ])('without %s is none', (_, part) => {
    const whole =
      'Review: one\nDecision: approved\nTree: t\nHead: h\nBy: a\nAt: 2026-01-01T00:00:00.000Z\nSeen: owner = 1\n'
    expect(readReviews(`c\x1fone: approved\x1f${whole}`)).toHaveLength(1)
    expect(readReviews(`c\x1fone: approved\x1f${whole.replace(part, '')}`)).toEqual([])
  })

  it('carries the name that git would sign with: the repository’s before the person’s own, the environment before both', async () => {
    const env = home('[user]\n  name = Ada\n  email = ada@example.com\n')
    const other = await createRepository(scratch(), env)
    expect(await whoAmI(other, env)).toBe('Ada <ada@example.com>')
    user(other.root, 'config', 'user.email', 'ada@work.example')
    expect(await whoAmI(other, env)).toBe('Ada <ada@work.example>')
    expect(await whoAmI(other, { ...env, GIT_AUTHOR_NAME: 'Grace' })).toBe('Grace <ada@work.example>')
    await expect(whoAmI(git, {})).rejects.toThrow(/git does not know it/)
  })
})
