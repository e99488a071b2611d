import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkspaceError } from '../../src/errors.js'
import { createRepository, gitVersion, openGit } from '../../src/workspace/git.js'
import { home, scratch, snapshot, user, workspace, write } from './scratch.js'

/** A PATH that holds one fake git and the shell it needs. */
function pathWith(script?: string): string {
  const bin = scratch()
  symlinkSync('/bin/sh', join(bin, 'sh'))
  if (script !== undefined) writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return bin
}

describe('gitVersion', () => {
  it('is the version of the git on PATH', async () => {
    expect(`git version ${await gitVersion(home())}`).toBe(user('/', '--version').trim().replace(/ \(.*/, ''))
  })

  it.each([
    ['missing', undefined, /git was not found on PATH; git 2\.38 or newer is needed: install it/],
    ['broken', 'exit 1', /git was not found on PATH/],
    ['too old', 'echo git version 2.37.9', /git 2\.37\.9 is too old; git 2\.38 or newer is needed/],
    ['ancient', 'echo git version 1.99', /git 1\.99 is too old/],
  ])('says what is needed when git is %s', async (_, script, reason) => {
    const asked = gitVersion({ PATH: pathWith(script) })
    await expect(asked).rejects.toThrow(WorkspaceError)
    await expect(asked).rejects.toThrow(reason)
  })

  it.each([
    ['git version 2.38.0', '2.38.0'],
    ['git version 2.39.3 (Apple Git-146)', '2.39.3'],
    ['git version 2.40.1.windows.1', '2.40.1'],
    ['git version 10.0', '10.0'],
  ])('takes %s', async (said, version) => {
    expect(await gitVersion({ PATH: pathWith(`echo '${said}'`) })).toBe(version)
  })
})

describe('openGit', () => {
  it('is not misled by variables of a surrounding git, nor by an editor', async () => {
    const git = await workspace({ a: '1\n' })
    const misleading = {
      GIT_DIR: '/nowhere',
      GIT_WORK_TREE: '/',
      GIT_INDEX_FILE: '/nowhere',
      GIT_EDITOR: 'vi',
      EDITOR: 'vi',
      PAGER: 'less',
      GIT_CONFIG_COUNT: '1',
    }
    const open = openGit(git.root, { ...home(), ...misleading })
    expect((await open.ask('rev-parse', '--show-toplevel')).trim()).toBe(git.root)
    expect((await open.write(['write-tree'])).stdout).toBe(user(git.root, 'rev-parse', 'HEAD^{tree}'))
  })

  it('works without any home', async () => {
    const git = await workspace({ a: '1\n' }, { PATH: process.env.PATH })
    expect(user(git.root, 'log', '-1', '--format=%cn')).toBe('mlops-agents\n')
  })

  it('writes nothing when it asks, not even a refreshed index', async () => {
    const git = await workspace({ a: '1\n' })
    write(git.root, 'a', '1\n')
    const before = snapshot(git.root)
    await git.ask('status', '--porcelain')
    expect(snapshot(git.root)).toBe(before)
  })

  it('gives git’s own words when git fails', async () => {
    const git = await workspace({ a: '1\n' })
    await expect(git.ask('rev-parse', 'no-such-branch')).rejects.toThrow(/git rev-parse failed: .*no-such-branch/s)
    await expect(git.write(['update-ref', 'refs/heads/main', 'zzz'])).rejects.toThrow(/git update-ref failed: .*zzz/)
    await expect(git.write(['update-ref', 'refs/heads/main', 'zzz'])).rejects.toThrow(WorkspaceError)
    expect((await git.write(['update-ref', 'refs/heads/main', 'zzz'], { accepted: [128] })).code).toBe(128)
  })
})

describe('createRepository', () => {
  it('starts on main whatever the user’s default is, in folders that it makes', async () => {
    const root = join(scratch(), 'a', 'b')
    await createRepository(root, home('[init]\n\tdefaultBranch = trunk\n'))
    expect(user(root, 'symbolic-ref', 'HEAD').trim()).toBe('refs/heads/main')
  })

  it('leaves a repository that is there as it is', async () => {
    const git = await workspace({ a: '1\n' })
    user(git.root, 'switch', '-qc', 'mine')
    await createRepository(git.root, home())
    expect(user(git.root, 'symbolic-ref', 'HEAD').trim()).toBe('refs/heads/mine')
    expect(user(git.root, 'status', '--porcelain')).toBe('')
  })
})
