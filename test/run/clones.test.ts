// Two people, two clones: what one decided reaches the other, and what both decided is settled deliverable by deliverable.
import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { scratch, user, write } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Player, player } from './playing.js'

const BRANCH = 'mlops-agents/generated'
const tree = (root: string, of = BRANCH) => user(root, 'rev-parse', `${of}^{tree}`).trim()
const generated = (root: string, path: string) => user(root, 'show', `${BRANCH}:${path}`)

/** A bare repository that holds both branches, and a clone of it. */
async function shared(): Promise<{ origin: string; ada: Player; clone: () => Player }> {
  const { root } = await designed()
  const origin = join(scratch(), 'origin.git')
  execFileSync('git', ['clone', '-q', '--bare', root, origin], { stdio: 'ignore' })
  const clone = (): Player => {
    const folder = join(scratch(), 'clone')
    execFileSync('git', ['clone', '-q', origin, folder], { stdio: 'ignore' })
    return player(folder)
  }
  return { origin, ada: clone(), clone }
}

const push = (root: string) => user(root, 'push', '-q', 'origin', 'main', BRANCH)
describe('a clone', () => {
  it('without a record, with the branch only on origin, knows what is done, and goes on from there', async () => {
    const { ada } = await shared()
    expect(user(ada.root, 'branch', '--list').trim()).toBe('* main')
    expect((await ada.status()).out).toMatch(/6 deliverables · 0 stale/)
    const before = user(ada.root, 'for-each-ref')
    expect((await ada.design()).code).toBe(0)
    expect(user(ada.root, 'for-each-ref')).toBe(before)
    await ada.design({ featureStore: 'custom' })
    expect(contents(ada.root).has('src/store_custom.py')).toBe(true)
    await ada.undo()
    expect(contents(ada.root).has('src/store_feast.py')).toBe(true)
  })

  it('that was moved is the same workspace', async () => {
    const { root } = await designed()
    const moved = join(scratch(), 'moved here')
    renameSync(root, moved)
    const one = player(moved)
    const before = user(moved, 'for-each-ref')
    expect((await one.status()).out).toMatch(/0 stale/)
    await one.design()
    expect(user(moved, 'for-each-ref')).toBe(before)
  })

  it('follows origin where only the other one went on', async () => {
    const { ada, clone } = await shared()
    const bob = clone()
    // Bob has a local branch that will be behind.
    user(bob.root, 'branch', '-q', BRANCH, `origin/${BRANCH}`)
    await ada.design({ featureStore: 'custom' })
    push(ada.root)
    user(bob.root, 'fetch', '-q')
    expect((await bob.status()).out).toMatch(/Your branch has not got the newest 5 of mlops-agents\/generated/)
    expect((await bob.design()).code).toBe(0)
    expect(contents(bob.root)).toEqual(contents(ada.root))
    expect(user(bob.root, 'rev-parse', BRANCH)).toBe(user(ada.root, 'rev-parse', BRANCH))
    expect((await bob.status()).out).toMatch(/0 stale/)
  })

  it('whose generated branch parted from origin’s is joined: newest decision per deliverable, both histories kept', async () => {
    const { ada, clone } = await shared()
    const bob = clone()
    await ada.design({ featureStore: 'custom' })
    await wait(1_100)
    await bob.design({ deploymentMode: 'batch' })
    push(ada.root)
    user(bob.root, 'fetch', '-q')
    const joined = await bob.design()
    expect(joined, joined.error).toMatchObject({ code: 0 })
    expect(joined.notes).toMatch(/they are joined: sources, store, shape from origin/)
    expect(joined.notes).toMatch(/spec: both made it anew; yours is newer and counts/)
    // What both wanted holds, and nothing is stale.
    expect(contents(bob.root).has('src/store_custom.py')).toBe(true)
    expect(contents(bob.root).has('src/batch.py')).toBe(true)
    expect(generated(bob.root, 'src/build.py')).toMatch(/Builds for batch/)
    expect((await bob.status()).out).toMatch(/0 stale/)
    expect(user(bob.root, 'status', '--porcelain')).toBe('')
    for (const old of [`origin/${BRANCH}`, `${BRANCH}@{1}`]) user(bob.root, 'merge-base', '--is-ancestor', old, BRANCH)

    // The other one gets the same.
    push(bob.root)
    user(ada.root, 'fetch', '-q')
    expect(await ada.design()).toMatchObject({ code: 0 })
    expect(tree(ada.root)).toBe(tree(bob.root))
    expect(contents(ada.root)).toEqual(contents(bob.root))
  })
})

describe('a generated branch that was lost', () => {
  it('is said, with what is lost and the way back; the history of the own branch gives all of it back', async () => {
    const one = await designed()
    write(one.root, 'mine.txt', 'mine\n')
    commitAll(one.root)
    const tip = user(one.root, 'rev-parse', BRANCH)
    user(one.root, 'branch', '-q', '-D', BRANCH)
    for (const said of [await one.status(), await one.design()]) {
      expect(said.code).toBe(2)
      expect(said.error).toMatch(/has lost its branch .*design --rebuild-base; your branch's history holds all of it/)
    }
    expect(await one.design({ rebuildBase: true })).toMatchObject({ code: 0 })
    expect(user(one.root, 'rev-parse', BRANCH)).toBe(tip)
    expect((await one.status()).out).toMatch(/6 deliverables · 0 stale/)
    expect((await one.design({ rebuildBase: true })).error).toMatch(/there is nothing to rebuild/)
  })

  it('is made again from spec.yaml where the history was thrown away; own edits survive what comes then', async () => {
    const one = await designed()
    rmSync(join(one.root, '.git'), { recursive: true })
    user(one.root, 'init', '-q', '-b', 'main')
    write(one.root, 'README.md', `${contents(one.root).get('README.md')}\nOur own line.\n`)
    commitAll(one.root, 'imported')
    expect((await one.status()).error).toMatch(/its history does not hold one either.*lost are the attempts before/)
    const before = contents(one.root)
    expect(await one.design({ rebuildBase: true })).toMatchObject({ code: 0 })
    expect(contents(one.root)).toEqual(before)
    expect((await one.status()).out).toMatch(/6 deliverables · 0 stale/)
    expect(await one.design({ featureStore: 'custom' })).toMatchObject({ code: 0 })
    expect(contents(one.root).get('README.md')).toMatch(/Our own line\./)
    expect(contents(one.root).has('src/store_custom.py')).toBe(true)
    expect(contents(one.root).has('src/store_feast.py')).toBe(false)
  })

  it('cannot be missed in a shallow clone, nor its older commits', async () => {
    const { origin } = await shared()
    for (const flags of [['--no-single-branch'], []]) {
      const folder = join(scratch(), 'shallow')
      execFileSync('git', ['clone', '-q', '--depth', '1', ...flags, `file://${origin}`, folder], { stdio: 'ignore' })
      const { code, error } = await player(folder).design()
      expect(code).toBe(2)
      expect(error).toMatch(/is a shallow clone: the older commits are missing.*git fetch --unshallow/)
    }
  })
})

describe('contract.yaml damaged by hand', () => {
  it.each([
    [
      'a value of the wrong kind',
      /uri: s3[^,]*/,
      'uri: 7',
      /^contract\.yaml:\d+:\d+: buckets\.data\.uri: expected string, got 7/,
    ],
    ['what is no YAML', /^buckets:$/m, 'buckets: [', /^contract\.yaml:\d+:\d+: not valid YAML/],
  ])('is met with line, column and what was expected: %s', async (_, from, to, message) => {
    const one = await designed()
    const text = contents(one.root).get('contract.yaml') ?? ''
    const damaged = text.replace(from, to)
    expect(damaged).not.toBe(text)
    writeFileSync(join(one.root, 'contract.yaml'), damaged)
    commitAll(one.root)
    for (const said of [await one.design(), await one.status()])
      expect(said).toMatchObject({ code: 2, error: expect.stringMatching(message) })
  })
})
