// Whatever git is on this machine, and however the person has set it up, the design is the same or is refused.
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { ASKED } from '../small/product.mjs'
import {
  CHURN,
  contents,
  designedCopy,
  fakeGit,
  git,
  home,
  leftovers,
  mlops,
  REAL_GIT,
  scratch,
  snapshot,
  start,
  succeed,
  treeOf,
  write,
} from './product.js'
import { smallCopy, smallRoot } from './small.js'

const DESIGN = ['design', '--requirements-file', CHURN, '--verify', 'none', '--workspace', 'churn']

/** A real git that waits in front of, or behind, commands that match a shell pattern for as long as the file exists. */
function heldGit(pattern: string, when: 'before' | 'after') {
  const held = join(scratch(), 'held')
  const reached = `${held}.reached`
  write(join(held, '..'), 'held', '')
  const hold = `touch '${reached}'; while [ -e '${held}' ]; do sleep 0.05; done`
  const script =
    when === 'before'
      ? `case "$*" in ${pattern}) ${hold};; esac\nexec '${REAL_GIT}' "$@"`
      : `case "$*" in ${pattern}) '${REAL_GIT}' "$@"; code=$?; ${hold}; exit $code;; esac\nexec '${REAL_GIT}' "$@"`
  const env = home('', { PATH: `${fakeGit(script)}:${process.env.PATH}` })
  const untilReached = async (): Promise<void> => {
    while (!existsSync(reached)) await wait(20)
  }
  return { env, untilReached, letGo: () => rmSync(held) }
}

describe.concurrent('git', () => {
  it.each([
    ['is missing', () => scratch(), /git was not found on PATH; git 2\.38 or newer is needed: install it/],
    ['is too old', () => fakeGit('echo git version 2.37.1'), /git 2\.37\.1 is too old; git 2\.38 or newer is needed/],
    ['says no version', () => fakeGit('exit 1'), /git was not found on PATH/],
  ] as const)('that %s is said, by every command that needs it', async (_, bin, message) => {
    const env = home('', { PATH: bin() })
    const cwd = scratch()
    const designed = await mlops(DESIGN, { cwd, env })
    expect(designed).toMatchObject({ code: 2, stdout: '' })
    expect(designed.stderr).toMatch(message)
    expect(existsSync(join(cwd, 'churn'))).toBe(false)
    const status = await mlops(['status'], { cwd: designedCopy(), env })
    expect(status).toMatchObject({ code: 2, stdout: '' })
    expect(status.stderr).toMatch(message)
    const doctor = await mlops(['doctor'], { cwd, env })
    expect(doctor.code).toBe(3)
    expect(doctor.stdout).toMatch(/git +missing +git/)
  })

  it('set up in the most inconvenient way changes nothing of what is recorded', async () => {
    const hooks = scratch()
    for (const name of [
      'pre-commit',
      'commit-msg',
      'post-checkout',
      'post-merge',
      'reference-transaction',
      'post-index-change',
    ]) {
      write(hooks, `hooks/${name}`, '#!/bin/sh\necho "no from the hook" >&2\nexit 1\n')
      chmodSync(join(hooks, 'hooks', name), 0o755)
    }
    write(hooks, 'ignored', '*\n')
    write(hooks, 'attributes', '* text eol=crlf\n')
    const settings = [
      `[core]\n hooksPath = ${hooks}/hooks\n autocrlf = true\n excludesFile = ${hooks}/ignored\n attributesFile = ${hooks}/attributes`,
      `[init]\n templateDir = ${hooks}\n defaultBranch = trunk`,
      '[user]\n useConfigOnly = true',
      '[commit]\n gpgsign = true\n[tag]\n gpgsign = true\n[gpg]\n program = /bin/false',
      '[merge]\n ff = false\n conflictStyle = diff3\n[status]\n short = true\n[log]\n showSignature = true\n[color]\n ui = always',
    ].join('\n')
    const cwd = scratch()
    const inherited = { GIT_DIR: '/nonexistent', GIT_AUTHOR_NAME: 'Somebody', GIT_INDEX_FILE: '/nonexistent/index' }
    const { stderr } = await succeed(DESIGN, { cwd, env: home(settings, inherited) })
    expect(stderr).not.toMatch(/hook/)
    const workspace = join(cwd, 'churn')
    expect(treeOf(workspace)).toBe(treeOf(inject('designed')))
    const people = new Set(git(workspace, 'log', '--format=%an <%ae> %cn <%ce> %G?').trim().split('\n'))
    expect([...people]).toEqual(['mlops-agents <mlops-agents@localhost> mlops-agents <mlops-agents@localhost> N'])
    expect([...contents(workspace).values()].filter((text) => text.includes('\r'))).toEqual([])
  })

  it('two runs at once: the second is told who holds the workspace, and the first is not disturbed', async () => {
    const { env, untilReached, letGo } = heldGit('*fast-import*', 'before')
    const cwd = scratch()
    const root = smallRoot()
    const design = ['design', ASKED, '--verify', 'none', '--workspace', 'churn']
    const first = start(design, { cwd, env, root })
    await untilReached()
    // The second one's name passes through the folder of the record, which shows in the folder's own time of change.
    const seen = () => snapshot(cwd).replace(/^\.\/churn\/\.mlops-agents d .*$/m, '')
    const before = seen()
    const second = await mlops(design, { cwd, root })
    expect(second).toMatchObject({ code: 2 })
    expect(second.stderr).toMatch(
      new RegExp(
        `another run has held this workspace for \\d+ seconds \\(process ${first.child.pid} on .*\\); wait for it or stop it`,
      ),
    )
    expect(seen()).toBe(before)
    letGo()
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(leftovers(join(cwd, 'churn'))).toEqual([])
  })

  it('a run that looked at the workspace before another one changed it writes nothing', async () => {
    const { env, untilReached, letGo } = heldGit('*show*spec.yaml*', 'after')
    const [cwd, root] = [await smallCopy(), smallRoot()]
    const late = start(['design', '--verify', 'none', '--maturity', '1'], { cwd, env, root })
    await untilReached()
    await succeed(['design', '--verify', 'none', '--maturity', '2'], { cwd, root })
    const before = git(cwd, 'for-each-ref')
    letGo()
    const ended = await late.ended
    expect(ended).toMatchObject({ code: 2 })
    expect(ended.stderr).toMatch(/another run has changed .*run design again/)
    expect(git(cwd, 'for-each-ref')).toBe(before)
    expect(leftovers(cwd)).toEqual([])
  })
})
