// An attempt that an agent tailored keeps the baseline beside it, in every clone, and is one commit of the branch all the same.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { attempts, commitAttempts, filesAt, patchesOf, treeBefore } from '../../src/workspace/generated.js'
import { createRepository } from '../../src/workspace/git.js'
import { attempt, home, scratch, user } from './scratch.js'

const BRANCH = 'mlops-agents/generated'

it('keeps the baseline where the accepted files are others', async () => {
  const git = await createRepository(join(scratch(), 'churn'), home())
  const run = (...args: string[]) => user(git.root, ...args).trim()
  await commitAttempts(git, [attempt('spec', 1, { 'spec.yaml': 's' }), attempt('a', 1, { 'a/one': '1', 'a/old': '0' })])
  const { files: baseline } = attempt('a', 2, { 'a/one': 'base', 'a/two': 'base' })
  const made = await commitAttempts(git, [
    attempt('b', 1, { 'b/one': '1' }),
    { ...attempt('a', 2, { 'a/one': 'tailored', 'a/more': 'new' }), baseline },
    attempt('b', 2, { 'b/one': '2' }),
  ])
  const tailored = made[1]
  if (tailored === undefined) throw new Error('not made')

  expect(run('rev-list', '--first-parent', '--reverse', BRANCH).split('\n').slice(2)).toEqual(
    made.map(({ commit }) => commit),
  )
  expect(run('ls-tree', '-r', '--name-only', tailored.acceptedTree)).toBe('a/more\na/one\nb/one\nspec.yaml')
  expect(run('ls-tree', '-r', '--name-only', tailored.baselineTree)).toBe('a/one\na/two\nb/one\nspec.yaml')
  expect(run('show', `${tailored.baselineTree}:a/one`)).toBe('base')
  expect(run('rev-parse', `${tailored.commit}^2^{tree}`)).toBe(tailored.baselineTree)
  expect((await attempts(git)).map(({ deliverable, attempt: n }) => `${deliverable} ${n}`)).toEqual([
    'spec 1',
    'a 1',
    'b 1',
    'a 2',
    'b 2',
  ])
  expect(made[0]?.baselineTree).toBe(made[0]?.acceptedTree)

  // What a person is shown is the way from the attempt before, and not from the baseline.
  const patch = (await patchesOf(git, [tailored])).get(tailored.commit) ?? ''
  expect(patch).toMatch(/^-1\n/m)
  expect(patch).not.toContain('base')
  expect([...(await treeBefore(git, tailored.commit)).keys()]).toEqual(['a/old', 'a/one', 'b/one', 'spec.yaml'])

  const clone = join(scratch(), 'clone')
  user(git.root, 'clone', '-q', '--branch', BRANCH, `file://${git.root}`, clone)
  expect(user(clone, 'show', `${tailored.baselineTree}:a/two`)).toBe('base')
  expect((await filesAt(git, tailored.commit, ['a/two', 'a/more'])).map(({ path }) => path)).toEqual(['a/more'])
})
