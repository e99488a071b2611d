// Ctrl-C, or a disk that fills up, at any time: the exit code says so, nothing is left lying about, and the next design ends as if nothing had been.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { ASKED } from '../small/product.mjs'
import {
  CHURN,
  contents,
  designedCopy,
  type Ended,
  events,
  fakeGit,
  git,
  home,
  leftovers,
  mlops,
  PRODUCT,
  REAL_GIT,
  scratch,
  start,
  succeed,
  treeOf,
} from './product.js'
import { smallDesigned, smallRoot } from './small.js'

interface Designing {
  readonly args: readonly string[]
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  /** The same, designed without a disturbance. */
  readonly undisturbed: string
}

const flags = ['--verify', 'none', '--workspace', 'churn', '--json']
const DESIGN = ['design', '--requirements-file', CHURN, ...flags]
const whole = (): Designing => ({ args: DESIGN, root: PRODUCT, env: home(), undisturbed: inject('designed') })
/** Six deliverables are soon made: git takes its time, so that there is something left to interrupt. */
const few = async (): Promise<Designing> => ({
  args: ['design', ASKED, ...flags],
  root: smallRoot(),
  env: home('', {
    PATH: `${fakeGit(`case "$*" in *fast-import*) sleep 0.3;; esac\nexec '${REAL_GIT}' "$@"`)}:${process.env.PATH}`,
  }),
  undisturbed: await smallDesigned(),
})

/** Presses Ctrl-C, as a terminal does it for the whole process group, when `moment` says so. */
async function interruptedAt(
  { args, root, env }: Designing,
  cwd: string,
  moment: (line: string) => boolean,
  presses = 1,
): Promise<Ended> {
  const { child, ended } = start(args, { cwd, root, env, group: true })
  let pressed = false
  const press = async (): Promise<void> => {
    if (pressed || child.pid === undefined) return
    pressed = true
    for (let press = 0; press < presses; press++) {
      process.kill(-child.pid, 'SIGINT')
      await wait(5)
    }
  }
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.split('\n').some(moment)) void press()
  })
  return ended
}

/** What the person's branch holds; nothing where it has no commit yet. */
const tracked = (root: string): string[] => git(root, 'ls-files', '-z').split('\0').filter(Boolean).sort()

async function endsAsIfNothingHadBeen(cwd: string, { args, root, undisturbed }: Designing): Promise<void> {
  const workspace = join(cwd, 'churn')
  expect(leftovers(workspace)).toEqual([])
  await succeed(args, { cwd, root })
  expect(treeOf(workspace)).toBe(treeOf(undisturbed))
  expect(git(workspace, 'status', '--porcelain')).toBe('')
  expect(git(workspace, 'fsck', '--no-dangling')).toBe('')
  expect(leftovers(workspace)).toEqual([])
}

const has =
  (type: string, more = '') =>
  (line: string) =>
    line.includes(`"type":"${type}"`) && line.includes(more)

describe.concurrent('Ctrl-C', () => {
  it.each([
    ['as soon as it starts', few, has('run-start')],
    ['while the first agent works', few, has('deliverable-start')],
    ['while files are committed', few, has('commit')],
    ['in the second phase', whole, has('phase-start', 'phase2')],
    ['in the third phase', whole, has('phase-start', 'phase3')],
  ])('%s', async (_, what, moment) => {
    const cwd = scratch()
    const designing = await what()
    const ended = await interruptedAt(designing, cwd, moment)
    expect(ended).toMatchObject({ code: 130 })
    expect(ended.stderr).toMatch(/stopping after the present deliverable/)
    expect(ended.stderr).toMatch(
      /error: interrupted; what was finished is kept: go on with mlops-agents resume --workspace .*churn/,
    )
    const end = events(ended.stdout).at(-1)
    const deliverables = (end?.deliverables ?? []) as readonly { id: string; status: string }[]
    const finished = deliverables.filter(({ status }) => status === 'done')
    const kept = git(join(cwd, 'churn'), 'log', '--format=%s', 'mlops-agents/generated').split('\n')
    // By the later phases something is.
    if (what === whole) expect(finished).not.toEqual([])
    expect(finished.filter(({ id }) => !kept.some((subject) => subject.startsWith(`${id}: `)))).toEqual([])
    expect(end).toMatchObject({
      type: 'run-end',
      status: 'interrupted',
      workspace: join(cwd, 'churn'),
    })
    expect(git(join(cwd, 'churn'), 'status', '--porcelain')).toBe('')
    await endsAsIfNothingHadBeen(cwd, designing)
  })

  it('while a workspace is verified', async () => {
    const { child, ended } = start(['verify', '--json'], { cwd: designedCopy(), group: true })
    await wait(500)
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toMatchObject({ code: 130, stdout: '' })
  })

  it('before anything was begun leaves no folder', async () => {
    const cwd = scratch()
    const { child, ended } = start(DESIGN, { cwd, group: true })
    await wait(150)
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toMatchObject({ code: 130, stdout: '' })
    expect(existsSync(join(cwd, 'churn'))).toBe(false)
  })

  it('pressed twice stops at once, gives the workspace free and loses nothing', async () => {
    const [cwd, designing] = [scratch(), await few()]
    const ended = await interruptedAt(designing, cwd, has('phase-start', 'phase2'), 2)
    expect(ended).toMatchObject({ code: 130 })
    await endsAsIfNothingHadBeen(cwd, designing)
  })
})

describe.concurrent('a disk that fills up', () => {
  // A limit on the size of any one file makes git fail in mid-write, as a full disk does, without asking for a superuser.
  const full = (kilobytes: number) =>
    home('', {
      PATH: `${fakeGit(`trap '' XFSZ\nulimit -f ${kilobytes}\nexec '${REAL_GIT}' "$@"`)}:${process.env.PATH}`,
    })
  // Blocks of 512 or 1024 bytes, whichever this shell counts in; each number is far from where the next write would fail.
  it.each([
    ['the repository is made', few, 1],
    ['the spec is written', whole, 18],
    ['files are committed', whole, 64],
  ])('when %s leaves nothing half-written', async (_, what, blocks) => {
    const [cwd, designing] = [scratch(), await what()]
    const ended = await mlops(designing.args, { cwd, root: designing.root, env: full(blocks) })
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/^error: .*git .*failed: /)
    const workspace = join(cwd, 'churn')
    expect([...contents(workspace).keys()]).toEqual(blocks === 1 ? [] : tracked(workspace))
    await endsAsIfNothingHadBeen(cwd, designing)
  })

  it('in an existing workspace leaves every file as it was', async () => {
    const cwd = designedCopy()
    const before = contents(cwd)
    const refs = git(cwd, 'for-each-ref', 'refs/heads/main')
    const ended = await mlops(['design', '--maturity', '1', '--verify', 'none'], { cwd, env: full(4) })
    expect(ended.code).toBe(2)
    expect(contents(cwd)).toEqual(before)
    expect(git(cwd, 'for-each-ref', 'refs/heads/main')).toBe(refs)
    expect(git(cwd, 'status', '--porcelain')).toBe('')
    expect(leftovers(cwd)).toEqual([])
  })
})

describe('a process that is killed outright', () => {
  it('leaves a workspace that the next design takes over and completes', async () => {
    const [cwd, designing] = [scratch(), await few()]
    const { args, root, env } = designing
    const { child, ended } = start(args, { cwd, root, env })
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('"type":"phase-start"')) child.kill('SIGKILL')
    })
    expect(await ended).toMatchObject({ code: 137 })
    await succeed(args, { cwd, root })
    expect(treeOf(join(cwd, 'churn'))).toBe(treeOf(designing.undisturbed))
    expect(leftovers(join(cwd, 'churn'))).toEqual([])
  })
})
