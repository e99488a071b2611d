import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkspaceError } from '../../src/errors.js'
import { commitAttempts } from '../../src/workspace/generated.js'
import { createRepository } from '../../src/workspace/git.js'
import { inspect } from '../../src/workspace/locate.js'
import { attempt, home, scratch, snapshot, user, workspace, write } from './scratch.js'

const env = home()
const look = (dir: string, nested = false) => inspect(dir, { env, nested })

/** Asserts the message, and that looking changed nothing. */
async function refused(dir: string, reason: RegExp, nested = false) {
  const error = await look(dir, nested).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(WorkspaceError)
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(reason) })
}

describe('a new workspace', () => {
  it('may be a path that does not exist, an empty folder, or an empty repository', async () => {
    const top = scratch()
    const fresh = join(top, 'not', 'yet', 'there')
    expect(await look(fresh)).toEqual({ kind: 'new', root: fresh, repository: false })
    mkdirSync(join(top, 'empty'))
    expect(await look(join(top, 'empty'))).toEqual({ kind: 'new', root: join(top, 'empty'), repository: false })
    user(top, 'init', '-q', 'repository')
    expect(await look(join(top, 'repository'))).toEqual({
      kind: 'new',
      root: join(top, 'repository'),
      repository: true,
    })
    expect(snapshot(top)).not.toContain('there')
  })

  it('may be what a first run left that was interrupted before it recorded anything', async () => {
    const git = await createRepository(join(scratch(), 'churn'), env)
    write(git.root, '.mlops-agents/lock', '{}')
    expect(await look(git.root)).toMatchObject({ kind: 'new', repository: true })
  })

  it('may be reached through a link', async () => {
    const top = scratch()
    mkdirSync(join(top, 'real'))
    symlinkSync(join(top, 'real'), join(top, 'link'))
    expect(await look(join(top, 'link'))).toMatchObject({ kind: 'new', root: join(top, 'real') })
    expect(await look(join(top, 'link', 'new'))).toMatchObject({ kind: 'new', root: join(top, 'real', 'new') })
  })

  it('may not be a file, below a file, or a link to nothing', async () => {
    const top = scratch()
    write(top, 'file', 'text')
    symlinkSync(join(top, 'nothing'), join(top, 'dangling'))
    await refused(join(top, 'file'), /file is a file; the workspace must be a folder/)
    await refused(join(top, 'file', 'below'), /file is a file/)
    await refused(join(top, 'dangling'), /a link that leads nowhere/)
  })

  it('may not be read-only, nor lie in a read-only folder', async () => {
    const top = scratch()
    chmodSync(top, 0o555)
    await refused(top, /is read-only; make it writable or choose another --workspace/)
    await refused(join(top, 'below', 'it'), /is read-only/)
    chmodSync(top, 0o755)
  })

  it('may not hold files that are not ours, committed or not, ignored or not', async () => {
    const top = scratch()
    write(top, 'report.txt', 'mine')
    await refused(top, /is not empty and is not a workspace that mlops-agents made/)
    user(top, 'init', '-q')
    await refused(top, /is not empty and is not a workspace/)
    user(top, 'add', '.')
    user(top, 'commit', '-qm', 'mine')
    await refused(top, /git fetch origin mlops-agents\/generated:mlops-agents\/generated/)
    user(top, 'rm', '-q', 'report.txt')
    await refused(top, /is not empty and is not a workspace/)
  })
})

describe('inside another repository', () => {
  const outer = () => {
    const top = scratch()
    user(top, 'init', '-q')
    write(top, 'code.py', 'x = 1\n')
    return top
  }

  it('is refused with both ways out', async () => {
    const top = outer()
    await refused(
      join(top, 'churn'),
      /lies inside the repository .*add it to its .gitignore.*, or repeat the command with --nested/s,
    )
    mkdirSync(join(top, 'churn'))
    await refused(join(top, 'churn'), /--nested/)
  })

  it('is allowed where that repository ignores it, or with --nested', async () => {
    const top = outer()
    write(top, '.gitignore', 'churn/\n')
    expect(await look(join(top, 'churn'))).toEqual({ kind: 'new', root: join(top, 'churn'), repository: false })
    expect(await look(join(top, 'else'), true)).toEqual({ kind: 'new', root: join(top, 'else'), repository: false })
  })

  it('is not a reason to write into a folder of its own that is not empty', async () => {
    const top = outer()
    write(top, 'src/code.py', 'x = 1\n')
    await refused(join(top, 'src'), /is not empty/, true)
  })

  it('does not matter once the workspace is a repository of its own', async () => {
    const top = outer()
    const git = await createRepository(join(top, 'churn'), env)
    await commitAttempts(git, [attempt('a', 1, { x: '1' })])
    expect(await look(git.root)).toMatchObject({ kind: 'existing', root: git.root, branch: 'main' })
  })

  it('is refused in git’s own folder and in a bare repository', async () => {
    const top = outer()
    mkdirSync(join(top, '.git', 'churn'))
    await refused(join(top, '.git', 'churn'), /lies in git's own folder/)
    user(top, 'init', '-q', '--bare', 'bare.git')
    await refused(join(top, 'bare.git'), /is a bare repository; a workspace needs files/)
  })
})

describe('an existing workspace', () => {
  it('is found, clean, on its branch; files of the user that are not tracked do not matter; nothing is written', async () => {
    const git = await workspace({ 'a.txt': 'a\n' })
    write(git.root, 'notes.md', 'mine')
    const before = snapshot(git.root)
    expect(await look(git.root)).toMatchObject({ kind: 'existing', root: git.root, branch: 'main' })
    expect(snapshot(git.root)).toBe(before)
  })

  it('is found in a fresh clone, on another branch, in a linked worktree, and where every file was deleted and committed', async () => {
    const git = await workspace({ 'a.txt': 'a\n' })
    const top = scratch()
    execFileSync('git', ['clone', '-q', git.root, join(top, 'clone')], { stdio: 'ignore' })
    expect(await look(join(top, 'clone'))).toMatchObject({ kind: 'existing', branch: 'main' })
    user(git.root, 'worktree', 'add', '-q', '-b', 'feature/x', join(top, 'tree'))
    expect(await look(join(top, 'tree'))).toMatchObject({
      kind: 'existing',
      root: join(top, 'tree'),
      branch: 'feature/x',
    })
    user(git.root, 'rm', '-q', 'a.txt')
    user(git.root, 'commit', '-qm', 'gone')
    expect(await look(git.root)).toMatchObject({ kind: 'existing' })
  })

  it('with changes that are not committed is refused, naming them', async () => {
    const git = await workspace(Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`f${n + 10}.txt`, 'a\n'])))
    for (let n = 0; n < 12; n++) write(git.root, `f${n + 10}.txt`, 'changed\n')
    user(git.root, 'add', 'f10.txt')
    await refused(
      git.root,
      /has changes that are not committed:\n {2}f10.txt\n {2}f11.txt\n.* {2}f19.txt\n {2}and 2 more\nCommit them or set them aside: git stash, or --autostash with design, rerun, resume, undo and upgrade\.$/s,
    )
  })

  it('with a deleted file that is not committed is refused', async () => {
    const git = await workspace({ 'über x.txt': 'a\n' })
    execFileSync('rm', [join(git.root, 'über x.txt')])
    await refused(git.root, /not committed:\n {2}über x.txt\n/)
  })

  it.each([
    ['a merge', 'MERGE_HEAD'],
    ['a cherry-pick', 'CHERRY_PICK_HEAD'],
    ['a rebase', 'rebase-merge'],
    ['a bisect', 'BISECT_LOG'],
  ])('in the middle of %s is refused', async (what, file) => {
    const git = await workspace({ a: '1' })
    writeFileSync(join(git.root, '.git', file), user(git.root, 'rev-parse', 'HEAD'))
    await refused(git.root, new RegExp(`is in the middle of ${what}; finish or abort it first`))
  })

  it('in a real merge conflict is refused for the merge, not for the dirty files', async () => {
    const git = await workspace({ a: '1\n' })
    user(git.root, 'switch', '-qc', 'other')
    write(git.root, 'a', '2\n')
    user(git.root, 'commit', '-qam', '2')
    user(git.root, 'switch', '-q', 'main')
    write(git.root, 'a', '3\n')
    user(git.root, 'commit', '-qam', '3')
    expect(() => user(git.root, 'merge', 'other')).toThrow()
    await refused(git.root, /in the middle of a merge/)
  })

  it('on a detached HEAD, or on the generated branch itself, is refused', async () => {
    const git = await workspace({ a: '1' })
    user(git.root, 'switch', '-q', '--detach')
    await refused(git.root, /no branch checked out \(detached HEAD\); switch to one/)
    user(git.root, 'switch', '-q', 'mlops-agents/generated')
    await refused(git.root, /has the branch mlops-agents\/generated checked out/)
  })
})
