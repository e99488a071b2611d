// Uncommitted work: refused without --autostash, set aside and brought back with it, and never lost where it does not fit.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGit } from '../../src/workspace/git.js'
import { setAside } from '../../src/workspace/stash.js'
import { user, write } from '../workspace/scratch.js'
import { commitAll, contents, copied, designed, type Player } from './playing.js'

const AUTOSTASH = { featureStore: 'custom', autostash: true }
const append = ({ root }: Player, path: string, text: string) =>
  writeFileSync(join(root, path), readFileSync(join(root, path), 'utf8') + text)

it('without --autostash changes that are not committed are refused, with both ways out, and nothing is touched', async () => {
  const one = await designed()
  append(one, 'README.md', 'mine\n')
  const before = [user(one.root, 'for-each-ref'), contents(one.root)]
  for (const said of [await one.design({ featureStore: 'custom' }), await one.undo()])
    expect(said).toMatchObject({
      code: 2,
      error: expect.stringMatching(
        /not committed:\n {2}README\.md\nCommit them or set them aside: git stash, or --autostash/,
      ),
    })
  expect([user(one.root, 'for-each-ref'), contents(one.root)]).toEqual(before)
})

it('changes, staged ones and new files come back as they were, around the new files', async () => {
  const one = await designed()
  append(one, 'README.md', 'mine\n')
  append(one, 'src/report.py', '# staged\n')
  write(one.root, 'new.txt', 'new and staged\n')
  write(one.root, 'untracked.txt', 'not even added\n')
  user(one.root, 'add', 'src/report.py', 'new.txt')
  const status = user(one.root, 'status', '--porcelain')
  expect(await one.design(AUTOSTASH)).toMatchObject({ code: 0 })
  expect(user(one.root, 'status', '--porcelain')).toBe(status)
  expect(user(one.root, 'stash', 'list')).toBe('')
  const now = contents(one.root)
  expect(now.get('README.md')).toMatch(/mine\n$/)
  expect(now.get('new.txt')).toBe('new and staged\n')
  expect(now.has('src/store_custom.py')).toBe(true)
  expect(await one.undo(undefined, { autostash: true })).toMatchObject({ code: 0 })
  expect(user(one.root, 'status', '--porcelain')).toBe(status)
  expect(contents(one.root).has('src/store_feast.py')).toBe(true)
})

it('changes that the new files do not take are kept in git’s list of stashes, which is said', async () => {
  const one = await designed()
  write(one.root, 'docs/store.md', '# Store\n\nOurs is in a drawer.\n')
  const { code, out } = await one.design(AUTOSTASH)
  expect(code).toBe(0)
  expect(out).toMatch(/do not fit together; what was set aside is kept as stash@\{0\}: git stash apply stash@\{0\}/)
  expect(user(one.root, 'status', '--porcelain')).toBe('')
  expect(contents(one.root).get('docs/store.md')).toMatch(/a table of our own/)
  expect(user(one.root, 'stash', 'show', '-p', 'stash@{0}')).toMatch(/^\+Ours is in a drawer\.$/m)
})

it('an edit of spec.yaml is never set aside, as the design is made from it', async () => {
  const one = await designed()
  append(one, 'spec.yaml', '# mine\n')
  expect(await one.design(AUTOSTASH)).toMatchObject({
    code: 2,
    error: expect.stringMatching(/spec\.yaml .* not committed, and the design is made from it; commit it/),
  })
})

it('where nothing has to be made nothing is set aside either', async () => {
  const one = await designed()
  append(one, 'README.md', 'mine\n')
  const before = user(one.root, 'for-each-ref')
  expect(await one.design({ autostash: true })).toMatchObject({ code: 0 })
  expect(user(one.root, 'for-each-ref')).toBe(before)
  expect(user(one.root, 'reflog', 'show', '--all')).not.toMatch(/stash/)
})

describe('a run that is killed while work is set aside', () => {
  const changed = copied(async () => {
    const one = await designed()
    await one.design({ featureStore: 'custom' })
    return one
  })
  /** As a kill leaves it: a staged and an unstaged change and a new file are set aside, and nobody brings them back. */
  async function killed(): Promise<{ one: Player; status: string }> {
    const one = await changed()
    append(one, 'README.md', 'mine\n')
    append(one, 'src/report.py', '# staged\n')
    write(one.root, 'new.txt', 'new and staged\n')
    user(one.root, 'add', 'src/report.py', 'new.txt')
    const status = user(one.root, 'status', '--porcelain')
    await setAside(openGit(one.root, { PATH: process.env.PATH, HOME: '/nonexistent' }))
    expect(user(one.root, 'status', '--porcelain')).toBe('')
    return { one, status }
  }
  const FEAST = { featureStore: 'feast', autostash: true }
  const back = /while your uncommitted changes were set aside; they are back/

  it('is told by status, which writes nothing', async () => {
    const { one } = await killed()
    const before = [user(one.root, 'for-each-ref'), contents(one.root)]
    expect((await one.status()).out).toMatch(
      /changes are set aside \(git stash list\).* mlops-agents resume brings them/,
    )
    expect([user(one.root, 'for-each-ref'), contents(one.root)]).toEqual(before)
  })

  it.each([
    ['design', (one: Player) => one.design(FEAST)],
    ['rerun', (one: Player) => one.rerun('store', FEAST)],
    ['undo', (one: Player) => one.undo(undefined, { autostash: true })],
    ['resume', (one: Player) => one.resume()],
  ])('is made good by %s, which then does its own', async (_, command) => {
    const { one, status } = await killed()
    const ended = await command(one)
    expect(ended).toMatchObject({ code: 0, notes: expect.stringMatching(back) })
    expect(user(one.root, 'status', '--porcelain')).toBe(status)
    expect(user(one.root, 'stash', 'list')).toBe('')
    expect((await one.status()).out).not.toMatch(/set aside/)
  })

  it('also where it had not set aside all of it yet', async () => {
    const { one, status } = await killed()
    user(one.root, 'checkout', 'stash@{0}', '--', 'src/report.py', 'new.txt')
    user(one.root, 'stash', 'drop')
    expect(await one.resume()).toMatchObject({ code: 0, notes: expect.stringMatching(back) })
    expect(user(one.root, 'status', '--porcelain')).toBe(status)
  })

  it('and edits made since are not touched: what was set aside is kept, which is said once', async () => {
    const { one } = await killed()
    append(one, 'README.md', 'written after the kill\n')
    expect(await one.resume()).toMatchObject({
      code: 0,
      notes: expect.stringMatching(/your folder has changed since; what was set aside is kept as stash@\{0\}/),
    })
    expect(contents(one.root).get('README.md')).toMatch(/written after the kill\n$/)
    expect(user(one.root, 'stash', 'show', '-p', 'stash@{0}')).toMatch(/^\+mine$/m)
    expect((await one.resume()).notes).toBe('')
  })

  it('whose work does not fit what was committed since keeps it in the list', async () => {
    const { one } = await killed()
    const readme = contents(one.root).get('README.md') ?? ''
    write(one.root, 'README.md', `${readme}another line\n`)
    commitAll(one.root)
    expect((await one.resume()).notes).toMatch(/do not fit together; what was set aside is kept as stash@\{0\}/)
    expect(user(one.root, 'status', '--porcelain')).toBe('')
    expect(user(one.root, 'stash', 'show', '-p', 'stash@{0}')).toMatch(/^\+mine$/m)
  })
})
