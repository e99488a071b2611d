// Folders that may not be written to are refused with the reason and the way out, and stay exactly as they were.
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ASKED } from '../small/product.mjs'
import { CHURN, designedCopy, git, mlops, read, scratch, snapshot, succeed, write } from './product.js'
import { smallRoot } from './small.js'

const QUICK = ['--requirements-file', CHURN, '--verify', 'none', '--maturity', '1']

async function refused(cwd: string, workspace: string, ...flags: string[]): Promise<string> {
  const before = snapshot(cwd)
  const ended = await mlops(['design', ...QUICK, '--workspace', workspace, ...flags], { cwd })
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(/^error: /)
  expect(snapshot(cwd)).toBe(before)
  return ended.stderr
}

describe.concurrent('a workspace', () => {
  it('that holds files of others is refused, as a folder and as a repository', async () => {
    const cwd = scratch()
    write(cwd, 'plain/thesis.tex', 'mine')
    expect(await refused(cwd, 'plain')).toMatch(
      /plain is not empty and is not a workspace.*choose an empty or new folder/,
    )
    write(cwd, 'repository/thesis.tex', 'mine')
    git(join(cwd, 'repository'), 'init', '-q')
    git(join(cwd, 'repository'), 'add', '.')
    git(join(cwd, 'repository'), 'commit', '-qm', 'mine')
    expect(await refused(cwd, 'repository')).toMatch(/is not a workspace that mlops-agents made/)
  })

  it('with uncommitted changes is refused with their names, and can still be looked at', async () => {
    const cwd = designedCopy()
    write(cwd, 'README.md', `${read(cwd, 'README.md')}My note.\n`)
    expect(await refused(cwd, '.')).toMatch(
      /changes that are not committed:\n {2}README\.md\nCommit them or set them aside/,
    )
    const status = await succeed(['status'], { cwd })
    expect(status.stdout).toMatch(/0 stale/)
  })

  it('that is a file, or lies below one, is refused', async () => {
    const cwd = scratch()
    write(cwd, 'taken', 'a file')
    expect(await refused(cwd, 'taken')).toMatch(/taken is a file; the workspace must be a folder/)
    expect(await refused(cwd, 'taken/below')).toMatch(/taken is a file/)
  })

  it('that is read-only is refused, and so is one in a read-only folder', async () => {
    const cwd = scratch()
    write(cwd, 'outer/keep', '')
    chmodSync(join(cwd, 'outer'), 0o555)
    try {
      expect(await refused(cwd, 'outer/new')).toMatch(
        /outer is read-only; make it writable or choose another --workspace/,
      )
    } finally {
      chmodSync(join(cwd, 'outer'), 0o755)
    }
    const designed = designedCopy()
    chmodSync(designed, 0o555)
    try {
      expect(await refused(designed, '.')).toMatch(/churn is read-only/)
    } finally {
      chmodSync(designed, 0o755)
    }
  })

  it('inside another repository is refused with both ways out', async () => {
    const cwd = scratch()
    git(cwd, 'init', '-q')
    const said = await refused(cwd, 'churn')
    expect(said).toMatch(
      /inside the repository .* let that repository ignore the folder .*\.gitignore.* or repeat the command with --nested/,
    )
  })

  it.each([
    ['that ignores the path', (cwd: string) => write(cwd, '.gitignore', '/churn/\n'), []],
    ['is allowed with --nested', () => {}, ['--nested']],
  ] as const)('inside another repository %s', async (_, prepare, flags) => {
    const cwd = scratch()
    git(cwd, 'init', '-q')
    prepare(cwd)
    const args = ['design', ASKED, '--verify', 'none', '--workspace', 'churn', ...flags]
    await succeed(args, { cwd, root: smallRoot() })
    expect(existsSync(join(cwd, 'churn', '.git'))).toBe(true)
    expect(git(join(cwd, 'churn'), 'status', '--porcelain')).toBe('')
    expect(git(cwd, 'ls-files', '--cached')).toBe('')
  })

  it('that nothing was designed in is named by the commands that look at one', async () => {
    const cwd = scratch()
    for (const command of ['status', 'verify']) {
      const ended = await mlops([command, '--workspace', 'nowhere'], { cwd })
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(/nowhere holds no design: there is no spec\.yaml.*--workspace/)
    }
    expect(existsSync(join(cwd, 'nowhere'))).toBe(false)
  })

  it('is named to who looks from a folder inside it, and missed where there is none', async () => {
    const root = designedCopy()
    const inside = await mlops(['status'], { cwd: join(root, 'src') })
    expect(inside).toMatchObject({ code: 2, stdout: '' })
    expect(inside.stderr).toContain(`lies inside the workspace ${root}; add --workspace ${root}`)
    const cwd = scratch()
    write(cwd, 'notes.txt', 'mine')
    const outside = await mlops(['status'], { cwd })
    expect(outside.stderr).toMatch(/holds no design .*name the workspace with --workspace/)
    expect(outside.stderr).not.toMatch(/empty or new folder/)
  })

  it('whose spec.yaml was damaged by hand is met with line and column, and kept', async () => {
    const cwd = designedCopy()
    write(cwd, 'spec.yaml', read(cwd, 'spec.yaml').replace(/^maturity:\n {2}value: 5/m, 'maturity:\n  value: seven'))
    git(cwd, 'commit', '-qam', 'a slip')
    const before = snapshot(cwd)
    const ended = await mlops(['design'], { cwd })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/spec\.yaml:\d+:\d+: .*maturity/)
    expect(snapshot(cwd)).toBe(before)
  })
})
