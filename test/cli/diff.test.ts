// diff on a workspace of the small product: which attempts are shown for which name, and that files cannot drive the terminal.
import { beforeAll, describe, expect, it } from 'vitest'
import { type DiffDocument, diffDocumentSchema, diffText } from '../../src/cli/diff.js'
import { style } from '../../src/cli/style.js'
import { designed, type Player } from '../run/playing.js'

let one: Player
beforeAll(async () => {
  one = await designed()
  await one.design({ featureStore: 'custom' })
})

const shown = async (target?: string): Promise<DiffDocument> =>
  diffDocumentSchema.parse(JSON.parse((await one.diff(target, { json: true })).out))

describe('diff', () => {
  it.each([
    [undefined, ['spec 2', 'sources 2', 'store 2', 'shape 2', 'build 2']],
    ['phase1', ['sources 2', 'store 2', 'shape 2']],
    ['checker', ['build 2', 'report 1', 'guard 1']],
    ['store', ['store 2']],
  ])('of %s shows the newest attempts of what it names', async (target, expected) => {
    const { attempts } = await shown(target)
    expect(attempts.map(({ deliverable, attempt }) => `${deliverable} ${attempt}`)).toEqual(expected)
  })

  it('says of each file what happened to it, with counts that the patch bears out', async () => {
    const files = (await shown('store')).attempts[0]?.files ?? []
    expect(files.map(({ path, how, added, removed }) => [path, how, added, removed])).toEqual([
      ['docs/store.md', 'changed', 1, 1],
      ['src/store_custom.py', 'added', 3, 0],
      ['src/store_feast.py', 'removed', 0, 3],
    ])
    expect(files[0]?.patch).toMatch(/^-Keeps them in a store\.\n\+Keeps them in a table of our own\.$/m)
  })

  it('as text has a line for each attempt and the patch below it', async () => {
    const { out } = await one.diff('store')
    expect(out).toMatch(/^store, attempt 2 \(accepted, [0-9a-f]{10}\): 3 files, \+4 -4\ndiff --git a\/docs\/store\.md/)
  })

  it('of an unknown name says which one was meant, or what there is', async () => {
    expect(await one.diff('phase9')).toMatchObject({ code: 2, error: expect.stringMatching(/did you mean phase1\?/) })
    expect((await one.diff('everything')).error).toMatch(/there are phase1, phase2, collector, .*guard/)
  })

  it('shows control characters of a file as text', () => {
    const patch = 'diff --git a/x b/x\n@@ -0,0 +1 @@\n+\u001b]0;title\u0007\n'
    const files = [{ path: 'x', how: 'added' as const, added: 1, removed: 0, patch }]
    const attempt = { deliverable: 'd', attempt: 1, decision: 'accepted', commit: 'c'.repeat(40), run: '', files }
    expect(diffText({ workspace: 'w', attempts: [attempt] }, style(false))).toContain('+\\x1b]0;title\\x07')
  })
})
