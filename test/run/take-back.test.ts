// undo, played on real workspaces: what comes back, what stays, and that it can be taken back itself.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { user, write } from '../workspace/scratch.js'
import { commitAll, contents, copied, designed } from './playing.js'

const generated = (root: string) => user(root, 'rev-parse', 'mlops-agents/generated^{tree}').trim()

const changed = copied(async () => {
  const one = await designed()
  await one.design({ featureStore: 'custom' })
  return one
})

describe('undo', () => {
  it('takes the whole last run back, spec included, so that nothing is stale; once more brings it again', async () => {
    const one = await designed()
    const [before, tree] = [contents(one.root), generated(one.root)]
    await one.design({ featureStore: 'custom' })
    const [after, treeAfter] = [contents(one.root), generated(one.root)]
    expect(after.has('src/store_custom.py')).toBe(true)

    const dry = await one.undo(undefined, { dryRun: true })
    expect(dry.out).toMatch(
      /Would be taken back\n {2}spec +attempt 2, back to attempt 1\n {2}sources +attempt 2.*\n {2}store +attempt 2/,
    )
    expect(contents(one.root)).toEqual(after)

    const undone = await one.undo()
    expect(undone).toMatchObject({ code: 0, error: '' })
    expect(undone.out).toMatch(/ {4}\+ src\/store_feast\.py/)
    expect(contents(one.root)).toEqual(before)
    expect(generated(one.root)).toBe(tree)
    expect((await one.status()).out).toMatch(/ 0 stale/)
    expect(user(one.root, 'status', '--porcelain')).toBe('')
    expect((await one.design()).out).not.toMatch(/1 stale/)
    expect(contents(one.root)).toEqual(before)

    await one.undo()
    expect(contents(one.root)).toEqual(after)
    expect(generated(one.root)).toBe(treeAfter)
    expect((await one.status()).out).toMatch(/ 0 stale/)
  })

  it('of one deliverable takes only that one back, which is stale then; a design makes it again', async () => {
    const one = await changed()
    const after = contents(one.root)
    await one.undo('store')
    const now = contents(one.root)
    expect(now.has('src/store_feast.py')).toBe(true)
    expect(now.get('spec.yaml')).toBe(after.get('spec.yaml'))
    const { out } = await one.status()
    expect(out).toMatch(/ 1 stale/)
    expect(out).toMatch(/store +stale/)
    await one.design()
    expect(contents(one.root)).toEqual(after)
  })

  it('keeps what the user wrote since, and a patch of another deliverable', async () => {
    const one = await changed()
    write(one.root, 'README.md', `${contents(one.root).get('README.md')}\nMy own line.\n`)
    write(one.root, 'mine.txt', 'mine\n')
    commitAll(one.root)
    await one.undo()
    expect(contents(one.root).get('README.md')).toMatch(/My own line\./)
    expect(contents(one.root).get('mine.txt')).toBe('mine\n')
    expect(contents(one.root).get('src/settings.py')).toMatch(/LIMIT = 250/)
    await one.undo('sources')
    await one.undo('sources')
    expect(contents(one.root).get('src/settings.py')).toMatch(/LIMIT = 250/)
  })

  it('of the first run leaves the user with what is theirs, and a redo brings all of it again', async () => {
    const one = await designed()
    const before = contents(one.root)
    write(one.root, 'mine.txt', 'mine\n')
    commitAll(one.root)
    await one.undo()
    expect([...contents(one.root)]).toEqual([['mine.txt', 'mine\n']])
    await one.undo()
    expect(contents(one.root)).toEqual(new Map([...before, ['mine.txt', 'mine\n']].sort() as [string, string][]))
    expect((await one.status()).out).toMatch(/ 0 stale/)
  })

  it('where the user changed the same lines since is a conflict that says who did what', async () => {
    const one = await changed()
    write(one.root, 'src/store_custom.py', 'KIND = "ours"\n')
    commitAll(one.root, 'our own store')
    const { code, error } = await one.undo()
    expect(code).toBe(4)
    expect(error).toMatch(/src\/store_custom\.py: you edited it, and the new design deletes it/)
    expect(error).toMatch(/you +[0-9a-f]+ our own store \(Ada\)/)
    expect(error).toMatch(/design +store, attempt 3: undo took attempt 2 back/)
    expect(readFileSync(join(one.root, 'src/store_custom.py'), 'utf8')).toBe('KIND = "ours"\n')
  })

  it('of what was never made names what was meant', async () => {
    const one = await designed()
    expect(await one.undo('stor')).toMatchObject({ code: 2, error: expect.stringMatching(/did you mean store\?/) })
  })
})
