// Uncommitted work: refused without --autostash, set aside and brought back with it, and never lost where it does not fit.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { user, write } from '../workspace/scratch.js'
import { contents, designed, type Player } from './playing.js'

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
      error: expect.stringMatching(/not committed:\n {2}README\.md\nCommit them or set them aside: --autostash/),
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
  expect(out).toMatch(/your changes are kept as stash@\{0\}: git stash apply stash@\{0\}/)
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
