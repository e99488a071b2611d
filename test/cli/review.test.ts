// The page of a phase, on a workspace of the small product and as text: what comes first, what is folded, what cannot harm.
import { beforeAll, describe, expect, it } from 'vitest'
import { reviewText } from '../../src/cli/review-text.js'
import { style } from '../../src/cli/style.js'
import { type ReviewDocument, reviewDocumentSchema } from '../../src/review/page.js'
import { commitAll, contents, designed, type Player, player } from '../run/playing.js'
import { user, write } from '../workspace/scratch.js'

const ADA = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
}
const asAda = async (): Promise<Player> => player((await designed()).root, ADA)
async function pageOf(one: Player, phase?: string, flags = {}): Promise<ReviewDocument> {
  const { out, error } = await one.review(phase, { json: true, ...flags })
  expect(error).toBe('')
  return reviewDocumentSchema.parse(JSON.parse(out))
}
const textOf = (document: ReviewDocument): string =>
  reviewText(document, { paint: style(false), columns: 80, workspace: '../w' })

describe('review', () => {
  it('of a phase that nobody has decided on shows all of it, sensitive lines by kind, and changes nothing', async () => {
    const one = await asAda()
    const [before, refs] = [contents(one.root), user(one.root, 'for-each-ref')]
    const page = await pageOf(one, 'phase1')
    expect(page).toMatchObject({ phase: 'phase1', title: 'Gather', gate: false, decision: null, since: null })
    expect(page.deliverables.map(({ id, attempt }) => `${id} ${attempt}`)).toEqual(['sources 1', 'store 1', 'shape 1'])
    expect(page.files.every(({ how }) => how === 'added')).toBe(true)
    expect(page.files.map(({ path }) => path)).toContain('src/store_feast.py')
    expect(page.sensitive.map(({ id }) => id)).toEqual(['retention', 'access'])
    expect(page.sensitive[0]?.lines[0]).toMatchObject({
      file: 'conf/settings.yaml',
      how: 'added',
      text: '  folder: data',
    })
    expect(page.assumptions.some((text) => text.startsWith('options.feature_store: '))).toBe(true)
    expect(page.not_run).toEqual(['no check was asked for (--verify none)'])
    expect([contents(one.root), user(one.root, 'for-each-ref')]).toEqual([before, refs])
  })

  it('after an approval shows what has changed since, by hand or by a run, and with --whole all of it', async () => {
    const one = await asAda()
    await one.approve('phase1')
    const approved = await pageOf(one, 'phase1')
    expect(approved.files).toEqual([])
    expect(textOf(approved)).toMatch(/Nothing has changed since it was approved/)
    write(one.root, 'src/store.py', '# by hand\n')
    commitAll(one.root)
    expect((await one.design({ featureStore: 'custom' })).error).toBe('')
    const page = await pageOf(one, 'phase1')
    expect(page.since).toBe(approved.tree)
    expect(page.decision).toMatchObject({ by: 'Ada <ada@example.com>', current: false })
    expect(page.files.map(({ path, how }) => `${how} ${path}`)).toEqual([
      'changed conf/settings.yaml',
      'changed docs/shape.md',
      'changed docs/store.md',
      'changed src/store.py',
      'added src/store_custom.py',
      'removed src/store_feast.py',
    ])
    expect((await pageOf(one, 'phase1', { whole: true })).files.length).toBeGreaterThan(6)
    expect(textOf(page)).toMatch(/approved by Ada .*, and changed since \(it was tree [0-9a-f]{12}\)/)
  })

  it('without a name shows the first phase that is not approved as it is', async () => {
    const one = await asAda()
    expect((await pageOf(one)).phase).toBe('phase1')
    await one.approve('phase1')
    expect((await pageOf(one)).phase).toBe('phase2')
    await one.approve('phase2')
    const last = await pageOf(one)
    expect(last).toMatchObject({ phase: 'phase2', decision: { decision: 'approved', current: true } })
    expect(textOf(last)).not.toMatch(/Next:/)
  })

  it('is what a later approval means: files that have changed since it was shown are refused', async () => {
    const one = await asAda()
    await pageOf(one, 'phase1')
    write(one.root, 'docs/store.md', 'By hand.\n')
    commitAll(one.root)
    const refused = await one.approve('phase1')
    expect(refused).toMatchObject({ code: 4 })
    expect(refused.error).toMatch(
      /phase1 has changed since you looked at the tree [0-9a-f]{12}:\n {2}~ docs\/store\.md\n/,
    )
    await pageOf(one, 'phase1')
    expect(await one.approve('phase1')).toMatchObject({ code: 0, error: '' })
  })

  it('checks the files as they are, edits included', async () => {
    const one = await asAda()
    const broken = /^conf\/settings\.yaml:\d+: yaml/m
    expect((await pageOf(one, 'phase1', { verify: 'L1' })).failed.join('\n')).not.toMatch(broken)
    write(one.root, 'conf/settings.yaml', 'store: [\n')
    commitAll(one.root)
    const page = await pageOf(one, 'phase1', { verify: 'L1' })
    expect(page.failed.join('\n')).toMatch(broken)
    expect(page.deliverables.map(({ level }) => level)).toContain('none')
    expect(textOf(page)).toMatch(/Checks: [1-9]\d* failed\n/)
  })

  it('follows a design with a chosen option, and a re-run of that phase alone', async () => {
    const one = await asAda()
    expect((await one.design({ featureStore: 'custom' })).code).toBe(0)
    const before = await pageOf(one, 'phase1')
    expect(before.files.map(({ path }) => path)).toContain('src/store_custom.py')
    expect((await one.approve('phase1')).code).toBe(0)
    const later = await pageOf(one, 'phase2')
    expect((await one.rerun('phase1', { note: 'Shorter names.' })).code).toBe(0)
    const after = await pageOf(one, 'phase1')
    const attempts = ({ deliverables }: ReviewDocument) => deliverables.map(({ id, attempt }) => `${id} ${attempt}`)
    expect([attempts(before), attempts(after)]).toEqual([
      ['sources 2', 'store 2', 'shape 2'],
      ['sources 3', 'store 3', 'shape 3'],
    ])
    // Without a model the files come out as they were, so the approval holds.
    expect(after.decision).toMatchObject({ decision: 'approved', current: true })
    expect(await pageOf(one, 'phase2')).toEqual(later)
  })

  it('of a name that is no phase says which one was meant', async () => {
    expect(await (await asAda()).review('phase9')).toMatchObject({ code: 2, error: expect.stringMatching(/phase1\?/) })
  })
})

describe('the page as text', () => {
  let page: ReviewDocument
  beforeAll(async () => {
    page = await pageOf(await asAda(), 'phase1')
  })
  const file = (path: string, lines: readonly string[]): ReviewDocument['files'][number] => {
    const patch = `diff --git a/${path} b/${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join('\n')}\n`
    return { path, how: 'added', added: lines.length, removed: 0, patch }
  }

  it('has sensitive lines before the changes, and ends with how to decide', () => {
    const text = textOf(page)
    expect(text).toMatch(/^phase1 {2}Gather {3}tree [0-9a-f]{12}\n {2}nobody has decided on it yet\n/)
    expect(text.indexOf('Look first: Who may do what')).toBeGreaterThan(text.indexOf('Assumed'))
    expect(text.indexOf('Changes, all of it')).toBeGreaterThan(text.indexOf('Look first: Who may do what'))
    expect(text).toMatch(/Next: mlops-agents approve phase1 --tree [0-9a-f]{12} --workspace \.\.\/w\n/)
  })

  it('shows control characters as text, wherever they come from', () => {
    const evil = '\u001b]0;title\u0007\u202e'
    const text = textOf({
      ...page,
      decision: {
        decision: 'revise',
        by: evil,
        at: '2026-01-01T00:00:00Z',
        tree: 'a'.repeat(40),
        note: evil,
        current: true,
      },
      assumptions: [evil],
      failed: [evil],
      not_run: [evil],
      sensitive: [{ id: 'a', title: 'A', lines: [{ file: 'x', line: 1, how: 'added', text: evil }] }],
      files: [file('x', [evil])],
    })
    for (const character of ['\u0007', '\u001b', '\u202e']) expect(text).not.toContain(character)
    expect(text).toContain('+\\x1b]0;title\\x07\\u202e')
  })

  it('folds a long file, and says how much of it is hidden', () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => `line ${at}`)
    const text = textOf({ ...page, files: [file('long.txt', lines)] })
    expect(text).toContain('  + long.txt  +10000 -0')
    expect(text).toContain('+line 58\n')
    expect(text).toContain('\n… 9941 more lines of long.txt\n')
    expect(text).not.toContain('line 60')
  })

  it('cuts sensitive lines at the width of the screen, and counts those that it leaves out', () => {
    const lines = Array.from({ length: 40 }, (_, at) => ({
      file: 'a.py',
      line: at + 1,
      how: 'added' as const,
      text: 'x'.repeat(200),
    }))
    const text = textOf({ ...page, sensitive: [{ id: 'a', title: 'A', lines }] })
    const shown = text.split('\n').filter((line) => line.startsWith('  + a.py:'))
    expect(shown).toHaveLength(12)
    expect(shown.every((line) => line.length === 80 && line.endsWith('…'))).toBe(true)
    expect(text).toContain('  and 28 more in 1 file (all of them: --json)')
  })
})
