// What may be wrong with a workspace when a command is called: each is told with the way out, and nothing is written.
import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { contents, type Ended, edit, git, mlops, read, scratch, snapshot } from './product.js'
import { smallDesigned, smallRoot } from './small.js'

const BRANCH = 'mlops-agents/generated'
const DESIGN = ['design', '--feature-store', 'custom', '--verify', 'none', '--yes']
let root = ''
let designed = ''

beforeAll(async () => {
  root = smallRoot()
  designed = await smallDesigned()
})

const small = (args: readonly string[], cwd: string): Promise<Ended> => mlops(args, { cwd, root })

function copy(): string {
  const cwd = join(scratch(), 'w')
  execFileSync('cp', ['-a', designed, cwd])
  return cwd
}

function clone(...flags: string[]): string {
  const cwd = join(scratch(), 'clone')
  execFileSync('git', ['clone', '-q', ...flags, `file://${designed}`, cwd], { stdio: 'ignore' })
  return cwd
}

const commit = (cwd: string) => git(cwd, 'commit', '-qam', 'mine')

/** Two branches that changed the same line, and git in the middle of bringing them together. */
function halfWay(how: 'merge' | 'rebase' | 'cherry-pick'): string {
  const cwd = copy()
  git(cwd, 'switch', '-q', '-c', 'other')
  edit(cwd, 'README.md', /^/, 'theirs\n')
  commit(cwd)
  git(cwd, 'switch', '-q', 'main')
  edit(cwd, 'README.md', /^/, 'mine\n')
  commit(cwd)
  expect(() => git(cwd, how, 'other')).toThrow()
  return cwd
}

const withSpec = (from: RegExp, to: string, file = 'spec.yaml'): string => {
  const cwd = copy()
  edit(cwd, file, from, to)
  commit(cwd)
  return cwd
}

describe.concurrent('is told with the way out, and nothing is written', () => {
  it.each<[string, () => string, readonly string[], RegExp]>([
    [
      'a detached HEAD',
      () => {
        const cwd = copy()
        git(cwd, 'switch', '-q', '--detach')
        return cwd
      },
      DESIGN,
      /has no branch checked out \(detached HEAD\); switch to one, e\.g\. git switch main/,
    ],
    ['a bare clone', () => clone('--bare'), DESIGN, /is a bare repository; a workspace needs files: clone it/],
    [
      'a shallow clone',
      () => clone('--depth', '1', '--no-single-branch'),
      DESIGN,
      /is a shallow clone: the older commits are missing, and with them what was made before.*git fetch --unshallow origin/,
    ],
    ['a merge that is not finished', () => halfWay('merge'), DESIGN, /is in the middle of a merge; finish or abort it/],
    ['a rebase that is not finished', () => halfWay('rebase'), DESIGN, /is in the middle of a rebase; finish or abort/],
    ['a cherry-pick that is not finished', () => halfWay('cherry-pick'), ['undo'], /is in the middle of a cherry-pick/],
    [
      'a spec.yaml with a value of the wrong kind',
      () => withSpec(/(latency_ms:\n {4}value: )200/, '$1soon'),
      DESIGN,
      /spec\.yaml:\d+:\d+: serving\.latency_ms\.value: expected number, got "?soon/,
    ],
    [
      'a spec.yaml that is no YAML',
      () => withSpec(/^options:$/m, 'options: ['),
      ['status'],
      /spec\.yaml:\d+:\d+: not valid YAML/,
    ],
    [
      'a contract.yaml with a value of the wrong kind',
      () => withSpec(/uri: s3[^,\n]*/, 'uri: 7', 'contract.yaml'),
      DESIGN,
      /contract\.yaml:\d+:\d+: buckets\.data\.uri: expected string, got 7/,
    ],
    ['a deliverable that does not exist', copy, ['rerun', 'stor'], /did you mean store\?/],
    ['a phase that does not exist', copy, ['rerun', 'phase3'], /did you mean phase[12]\?/],
    ['an undo of what does not exist', copy, ['undo', 'gard'], /did you mean guard\?/],
  ])('%s', async (_, prepare, args, message) => {
    const cwd = prepare()
    const before = snapshot(cwd)
    const ended = await small(args, cwd)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(message)
    expect(ended.stderr).not.toMatch(/\n {4}at /)
    expect(snapshot(cwd)).toBe(before)
  })
})

describe.concurrent('a generated branch that was deleted', () => {
  it('is said with what is lost, and made again by --rebuild-base, from where the history has it', async () => {
    const cwd = copy()
    const tip = git(cwd, 'rev-parse', BRANCH)
    git(cwd, 'branch', '-q', '-D', BRANCH)
    const before = snapshot(cwd)
    for (const args of [DESIGN, ['status'], ['rerun', 'store']]) {
      const ended = await small(args, cwd)
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(/has lost its branch mlops-agents\/generated\..*design --rebuild-base; .*history/)
    }
    expect(snapshot(cwd)).toBe(before)
    expect(await small(['design', '--rebuild-base', '--verify', 'none'], cwd)).toMatchObject({ code: 0 })
    expect(git(cwd, 'rev-parse', BRANCH)).toBe(tip)
  })

  it('with its history is made again from spec.yaml, and edits made before survive what comes then', async () => {
    const cwd = copy()
    rmSync(join(cwd, '.git'), { recursive: true })
    git(cwd, 'init', '-q', '-b', 'main')
    appendFileSync(join(cwd, 'README.md'), 'Our own line.\n')
    git(cwd, 'add', '-A')
    commit(cwd)
    const before = contents(cwd)
    expect((await small(DESIGN, cwd)).stderr).toMatch(/its history does not hold one either.*lost are the attempts/)
    expect(await small(['design', '--rebuild-base', '--verify', 'none'], cwd)).toMatchObject({ code: 0 })
    expect(contents(cwd)).toEqual(before)
    expect(await small(DESIGN, cwd)).toMatchObject({ code: 0 })
    expect(read(cwd, 'README.md')).toMatch(/Our own line\.\n$/)
    expect([...contents(cwd).keys()]).toContain('src/store_custom.py')
  })
})

describe.concurrent('a clone', () => {
  it('without .mlops-agents, with the generated branch only on origin, in a folder of another name goes on', async () => {
    const cwd = clone()
    expect(git(cwd, 'branch', '--list').trim()).toBe('* main')
    expect((await small(['status'], cwd)).stdout).toMatch(/6 deliverables · 0 stale/)
    expect(await small(DESIGN, cwd)).toMatchObject({ code: 0 })
    expect([...contents(cwd).keys()]).toContain('src/store_custom.py')
    expect(git(cwd, 'merge-base', '--is-ancestor', `origin/${BRANCH}`, BRANCH)).toBe('')
  })

  it('whose owner decided beside another one is joined with theirs, which is said', async () => {
    const [ada, ben] = [copy(), copy()]
    const origin = join(scratch(), 'origin.git')
    execFileSync('git', ['clone', '-q', '--bare', ada, origin], { stdio: 'ignore' })
    for (const cwd of [ada, ben]) git(cwd, 'remote', 'add', 'origin', origin)
    expect(await small(DESIGN, ada)).toMatchObject({ code: 0 })
    git(ada, 'push', '-q', 'origin', 'main', BRANCH)
    const batch = ['design', '--deployment-mode', 'batch', '--verify', 'none', '--yes']
    expect(await small(batch, ben)).toMatchObject({ code: 0 })
    git(ben, 'fetch', '-q', 'origin')
    const ended = await small(['design', '--verify', 'none', '--yes'], ben)
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(ended.stderr).toMatch(/store/)
    expect([...contents(ben).keys()]).toEqual(expect.arrayContaining(['src/store_custom.py', 'src/batch.py']))
  })
})
