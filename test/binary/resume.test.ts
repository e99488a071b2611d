// Going on with a run that was killed, from whatever it left; on a product of six deliverables, as every test here runs several times.
import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Ended,
  edit,
  events,
  fakeGit,
  git,
  home,
  leftovers,
  mlops,
  REAL_GIT,
  read,
  scratch,
  snapshot,
  start,
} from './product.js'
import { smallDesigned, smallRoot } from './small.js'

let root = ''
let designed = ''
const SECOND = ['design', '--feature-store', 'custom', '--verify', 'none', '--yes', '--json']
const RESUME = ['resume', '--json']

beforeAll(async () => {
  root = smallRoot()
  designed = await smallDesigned()
})

const small = (args: readonly string[], cwd: string, more = {}): Promise<Ended> => mlops(args, { cwd, root, ...more })

function copy(): string {
  const cwd = join(scratch(), 'w')
  execFileSync('cp', ['-a', designed, cwd])
  return cwd
}

/** An environment in which the first git that is called like this kills the process that called it, and then does what it was asked or not. */
const deadly = (pattern: string, does: string) =>
  home('', {
    PATH: `${fakeGit(`case "$*" in ${pattern}) kill -9 $PPID; ${does};; esac\nexec '${REAL_GIT}' "$@"`)}:${process.env.PATH}`,
  })

/** The second run, killed there. */
async function killed(pattern: string, does = 'exit 1', cwd = copy()): Promise<string> {
  expect(await small(SECOND, cwd, { env: deadly(pattern, does) })).toMatchObject({ code: 137 })
  return cwd
}

async function resumed(
  cwd: string,
  ...flags: string[]
): Promise<{ first: Record<string, unknown>; made: unknown[]; ended: Ended }> {
  const ended = await small([...RESUME, ...flags], cwd)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  const [first = { type: '' }, ...rest] = events(ended.stdout)
  expect(rest.at(-1)).toMatchObject({ type: 'run-end', status: 'done' })
  expect(git(cwd, 'status', '--porcelain')).toBe('')
  expect(leftovers(cwd)).toEqual([])
  expect(existsSync(join(cwd, '.mlops-agents/applying.json'))).toBe(false)
  const made = rest.filter(({ type }) => type === 'deliverable-start').map(({ deliverable }) => deliverable)
  return { first, made, ended }
}

describe.concurrent('resume', () => {
  it('after a run that ended well says so and writes nothing, whatever else lies about', async () => {
    const cwd = copy()
    appendFileSync(join(cwd, 'README.md'), 'not committed\n')
    const before = snapshot(cwd)
    const { code, stdout } = await small(['resume'], cwd)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^Run 1 of \d{4}-\d\d-\d\d \d\d:\d\d UTC ended well; there is nothing to resume\.\n$/,
      ),
    })
    expect(snapshot(cwd)).toBe(before)
  })

  it('where nothing was designed says how to begin', async () => {
    const ended = await small(['resume', '--workspace', 'nowhere'], scratch())
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(
      /nothing to resume: nothing was designed in .*nowhere; begin with mlops-agents design ".*" --workspace nowhere/,
    )
  })

  it('goes on with the spec and the level of the run, makes again only what has no end, and names that', async () => {
    const cwd = await killed('*fast-import*')
    expect(read(cwd, 'spec.yaml')).toMatch(/feature_store:\n {4}value: feast/)
    const { first, made } = await resumed(cwd)
    expect(first).toMatchObject({ type: 'resume', run: 2, status: 'cut off', uncertain: [], damage: [] })
    expect(made).toEqual(['sources', 'store', 'shape', 'build'])
    expect(read(cwd, 'spec.yaml')).toMatch(/feature_store:\n {4}value: custom\n {4}origin: edited/)
    expect(existsSync(join(cwd, 'src/store_custom.py'))).toBe(true)
    expect(existsSync(join(cwd, 'src/store_feast.py'))).toBe(false)
  })

  it('makes nothing again of what is on the branch, though nobody heard that it got there', async () => {
    const cwd = copy()
    const env = deadly(`*fast-import*) '${REAL_GIT}' "$@"; kill -9 $PPID; exit 0;; never`, 'exit 1')
    expect(await small(SECOND, cwd, { env })).toMatchObject({ code: 137 })
    const ended = await small(['resume'], cwd)
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stdout).toMatch(/Resumes {6}run 2 of .* UTC, which was cut off/)
    expect(git(cwd, 'log', '--format=%s', 'mlops-agents/generated').match(/^store: /gm)).toHaveLength(2)
    expect(git(cwd, 'status', '--porcelain')).toBe('')
  })

  it('finishes the merge that was not lived through, and makes nothing of it again', async () => {
    const cwd = await killed('*update-ref*')
    const { first, made, ended } = await resumed(cwd)
    expect(ended.stderr).toMatch(/note: a run was killed while it updated the files of .*; that is finished now/)
    expect({ first, made }).toMatchObject({ first: { status: 'cut off', uncertain: [] }, made: [] })
    expect(git(cwd, 'log', '--format=%s', 'mlops-agents/generated').match(/^store: /gm)).toHaveLength(2)
  })

  it('asks about files that a person edited after the kill, and goes on once they are committed', async () => {
    const cwd = await killed('*update-ref*')
    edit(cwd, 'spec.yaml', /(latency_ms:\n {4}value: )200/, '$190')
    const asked = await small(RESUME, cwd)
    expect(asked).toMatchObject({ code: 4, stdout: '' })
    expect(asked.stderr).toMatch(
      /you have edited some of them since.*:\n {2}spec\.yaml\nCommit them .* go on with mlops-agents resume/,
    )
    expect(git(cwd, 'status', '--porcelain')).toBe(' M spec.yaml\n')
    git(cwd, 'commit', '-qam', 'faster')
    await resumed(cwd)
    expect(read(cwd, 'spec.yaml')).toMatch(/latency_ms:\n {4}value: 90\n {4}origin: edited/)
    expect(read(cwd, 'spec.yaml')).toMatch(/feature_store:\n {4}value: custom/)
    expect(read(cwd, 'src/build.py')).toContain('LATENCY_MS = 90')
  })

  it('brings back what was set aside when the run was killed, and sets it aside again while it goes on', async () => {
    const cwd = copy()
    appendFileSync(join(cwd, 'README.md'), 'mine, not committed\n')
    const dying = [...SECOND, '--autostash']
    expect(await small(dying, cwd, { env: deadly('*fast-import*', 'exit 1') })).toMatchObject({ code: 137 })
    expect(read(cwd, 'README.md')).not.toContain('mine')
    expect((await small(['status'], cwd)).stdout).toMatch(/Your uncommitted changes are set aside \(git stash list\)/)
    const ended = await small(['resume'], cwd)
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(ended.stderr).toMatch(/while your uncommitted changes were set aside; they are back/)
    expect(git(cwd, 'status', '--porcelain')).toBe(' M README.md\n')
    expect(read(cwd, 'README.md')).toMatch(/mine, not committed\n$/)
    expect(existsSync(join(cwd, 'src/store_custom.py'))).toBe(true)
    expect(git(cwd, 'stash', 'list')).toBe('')
    expect(leftovers(cwd)).toEqual([])
  })

  it('is what any other command that writes does first', async () => {
    const cwd = await killed('*update-ref*')
    const ended = await small(SECOND, cwd)
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(read(cwd, 'src/store_custom.py')).toContain('custom')
    expect(git(cwd, 'status', '--porcelain')).toBe('')
    const dry = await killed('*update-ref*')
    const before = snapshot(dry)
    const refused = await small(['design', '--dry-run'], dry)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(
      /a run was killed while it updated the files of .*; put that right first: mlops-agents resume/,
    )
    expect(snapshot(dry)).toBe(before)
  })

  it('in a clone without a record goes on from the branch', async () => {
    const cwd = await killed('*read-tree\\ -n*')
    rmSync(join(cwd, '.mlops-agents'), { recursive: true })
    const { first } = await resumed(cwd, '--verify', 'none')
    expect(first).toMatchObject({ run: null, status: 'not recorded here' })
    expect(read(cwd, 'spec.yaml')).toMatch(/feature_store:\n {4}value: custom/)
  })

  it('names a damaged record with its place, and uses what comes before', async () => {
    const cwd = await killed('*fast-import*')
    appendFileSync(join(cwd, '.mlops-agents/runs/2.jsonl'), '{"schema":2,"at"\n{"schema":2}\n')
    const { first } = await resumed(cwd)
    expect(first).toMatchObject({
      run: 2,
      status: 'cut off',
      damage: [expect.stringMatching(/runs\/2\.jsonl:\d+ \(byte \d+\): /)],
    })
    expect(existsSync(join(cwd, 'src/store_custom.py'))).toBe(true)
  })

  it.each([['resume'], ['design'], ['undo']])(
    '%s writes nothing where a newer version recorded a run',
    async (command) => {
      const cwd = copy()
      writeFileSync(
        join(cwd, '.mlops-agents/runs/2.jsonl'),
        '{"schema":9,"at":"2027-01-01T00:00:00.000Z","type":"x"}\n',
      )
      const before = snapshot(cwd)
      const ended = await small([command], cwd)
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(/2\.jsonl:1: the record has schema version 9.*use the newer version/)
      expect(snapshot(cwd)).toBe(before)
    },
  )

  it('leaves a run alone that is still at work, with process, host and age', async () => {
    const cwd = copy()
    const slow = fakeGit(`case "$*" in *fast-import*) sleep 3;; esac\nexec '${REAL_GIT}' "$@"`)
    const running = start(SECOND, { cwd, root, env: home('', { PATH: `${slow}:${process.env.PATH}` }) })
    await new Promise((resolve) => running.child.stdout?.once('data', resolve))
    const ended = await small(RESUME, cwd)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(
      new RegExp(
        `has held this workspace for \\d+ seconds \\(process ${running.child.pid} on .+\\); wait for it or stop it`,
      ),
    )
    expect(await running.ended).toMatchObject({ code: 0 })
  })

  it('goes on where the size of files was limited, at any limit', async () => {
    const expected = copy()
    expect(await small(SECOND, expected)).toMatchObject({ code: 0 })
    for (const blocks of [0, 1, 3, 8, 20]) {
      const cwd = copy()
      // The whole product under the limit this time, its record included; Node ignores the signal, git does not.
      const script = `trap '' XFSZ; ulimit -f ${blocks}; exec '${process.execPath}' '${join(root, 'dist/cli.js')}' ${SECOND.join(' ')}`
      const limited = await new Promise<number | null>((resolve) => {
        const env = home()
        spawn('sh', ['-c', script], { cwd, env, stdio: 'ignore' }).on('close', resolve)
      })
      expect([0, 2], `with ${blocks} blocks`).toContain(limited)
      expect(git(cwd, 'status', '--porcelain', '--untracked-files=all')).toBe('')
      const ended = await small(RESUME, cwd)
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      if (!existsSync(join(cwd, 'src/store_custom.py'))) expect(await small(SECOND, cwd)).toMatchObject({ code: 0 })
      expect(git(cwd, 'rev-parse', 'HEAD^{tree}')).toBe(git(expected, 'rev-parse', 'HEAD^{tree}'))
      expect(leftovers(cwd)).toEqual([])
      expect(readdirSync(join(cwd, '.mlops-agents')).sort()).toEqual(
        readdirSync(join(expected, '.mlops-agents')).sort(),
      )
    }
  })
})
