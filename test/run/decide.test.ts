// approve and revise, played on real workspaces: what is recorded, what makes a decision lapse, and what is refused.
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { decisionDocumentSchema } from '../../src/cli/decision.js'
import { type StatusDocument, statusDocumentSchema } from '../../src/run/status.js'
import { lockWorkspace } from '../../src/workspace/lock.js'
import { scratch, user, write } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Played, type Player, player } from './playing.js'

const HOME = { PATH: process.env.PATH, HOME: '/nonexistent' }
const ADA = { ...HOME, GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' }
const GRACE = { ...HOME, GIT_AUTHOR_NAME: 'Grace', GIT_AUTHOR_EMAIL: 'grace@example.com' }

const asAda = async (): Promise<Player> => player((await designed()).root, ADA)
const documentOf = ({ out, error }: Played) => {
  expect(error).toBe('')
  return decisionDocumentSchema.parse(JSON.parse(out))
}
async function phaseOf(one: Player, id = 'phase1'): Promise<StatusDocument['phases'][number] | undefined> {
  const document = statusDocumentSchema.parse(JSON.parse((await one.status({ json: true })).out))
  return document.phases.find((phase) => phase.id === id)
}

describe('approve', () => {
  it('records who, when and which tree; no file changes, and a clone knows of it', async () => {
    const one = await asAda()
    const [before, tree] = [contents(one.root), user(one.root, 'rev-parse', 'HEAD^{tree}')]
    const decided = documentOf(await one.approve('phase1', { note: 'Fine.', json: true }))
    expect(decided).toMatchObject({
      phase: 'phase1',
      decision: 'approved',
      by: 'Ada <ada@example.com>',
      recorded: true,
    })
    expect(decided.note).toBe('Fine.')
    expect(Math.abs(Date.parse(decided.at) - Date.now())).toBeLessThan(60_000)
    expect(contents(one.root)).toEqual(before)
    expect(user(one.root, 'rev-parse', 'HEAD^{tree}')).toBe(tree)
    expect(user(one.root, 'status', '--porcelain')).toBe('')

    const folder = join(scratch(), 'clone')
    user(one.root, 'clone', '-q', one.root, folder)
    const review = {
      decision: 'approved',
      by: 'Ada <ada@example.com>',
      note: 'Fine.',
      tree: decided.tree,
      current: true,
    }
    expect((await phaseOf(player(folder, GRACE)))?.review).toMatchObject(review)
    expect((await phaseOf(one, 'phase2'))?.review).toBeNull()
    expect((await one.status()).out).toMatch(
      /approved by Ada <ada@example\.com>, \d{4}-\d\d-\d\d \d\d:\d\d UTC: Fine\./,
    )
    expect((await phaseOf(one))?.status).toBe('done')
  })

  it('names the tree with exactly the files of the phase, as git itself would', async () => {
    const one = await asAda()
    const { tree, files } = documentOf(await one.approve('phase2', { json: true }))
    const paths =
      (await phaseOf(one, 'phase2'))?.agents.flatMap((agent) => agent.deliverables.flatMap((d) => d.files)) ?? []
    expect(files).toBe(paths.length)
    user(one.root, 'read-tree', '--empty')
    user(one.root, 'add', '--', ...paths)
    expect(user(one.root, 'write-tree').trim()).toBe(tree)
  })

  it('twice writes once; another person may say it too', async () => {
    const one = await asAda()
    const first = documentOf(await one.approve('phase1', { json: true }))
    const head = user(one.root, 'rev-parse', 'HEAD')
    expect(documentOf(await one.approve('phase1', { json: true }))).toEqual({ ...first, recorded: false })
    expect(user(one.root, 'rev-parse', 'HEAD')).toBe(head)
    const second = documentOf(await player(one.root, GRACE).approve('phase1', { json: true }))
    expect(second).toMatchObject({ recorded: true, by: 'Grace <grace@example.com>', tree: first.tree })
  })

  it('lapses when a file of the phase changes, by hand or by a run, and comes back when it is as it was', async () => {
    const one = await asAda()
    await one.approve('phase1')
    await one.approve('phase2')
    write(one.root, 'docs/store.md', 'By hand.\n')
    commitAll(one.root)
    expect((await phaseOf(one))?.review?.current).toBe(false)
    expect((await phaseOf(one, 'phase2'))?.review?.current).toBe(true)
    expect((await one.status()).out).toMatch(/approved by Ada .*; changed since/)
    user(one.root, 'revert', '--no-edit', 'HEAD')
    expect((await phaseOf(one))?.review?.current).toBe(true)
    await one.design({ deploymentMode: 'batch' })
    expect((await phaseOf(one))?.review?.current).toBe(true)
    expect((await phaseOf(one, 'phase2'))?.review?.current).toBe(false)
    await one.undo()
    expect((await phaseOf(one, 'phase2'))?.review?.current).toBe(true)
  })

  it('of files edited by hand approves them as they were edited', async () => {
    const one = await asAda()
    const before = documentOf(await one.approve('phase1', { json: true }))
    write(one.root, 'docs/store.md', 'By hand.\n')
    commitAll(one.root)
    const after = documentOf(await one.approve('phase1', { json: true }))
    expect(after.tree).not.toBe(before.tree)
    expect((await phaseOf(one))?.review).toMatchObject({ tree: after.tree, current: true })
    await one.design({ deploymentMode: 'batch' })
    expect(contents(one.root).get('docs/store.md')).toBe('By hand.\n')
    expect((await phaseOf(one))?.review?.current).toBe(true)
  })

  it('of a tree that has changed since is refused with what changed, and writes nothing', async () => {
    const one = await asAda()
    const { tree } = documentOf(await one.approve('phase1', { json: true }))
    write(one.root, 'docs/store.md', 'By hand.\n')
    user(one.root, 'rm', '-q', 'src/shape.py')
    commitAll(one.root)
    const refs = user(one.root, 'for-each-ref')
    const refused = await one.approve('phase1', { tree: tree.slice(0, 12) })
    expect(refused.code).toBe(4)
    expect(refused.error).toMatch(
      /phase1 has changed since you looked at the tree [0-9a-f]{12}:\n {2}~ docs\/store\.md\n {2}- src\/shape\.py\n/,
    )
    const now = /approve phase1 --tree ([0-9a-f]{12}) /.exec(refused.error)?.[1] ?? ''
    expect(user(one.root, 'for-each-ref')).toBe(refs)
    expect(documentOf(await one.approve('phase1', { tree: now, json: true })).tree).toMatch(new RegExp(`^${now}`))
    expect((await one.approve('phase1', { tree: '0123456789' })).error).toMatch(
      /is not at the tree 0123456789 that you name/,
    )
  })
})

describe('a decision', () => {
  it('can be made in a clone, and outlives the loss of the generated branch', async () => {
    const one = await asAda()
    await one.approve('phase1')
    const folder = join(scratch(), 'clone')
    user(one.root, 'clone', '-q', one.root, folder)
    const grace = player(folder, GRACE)
    expect(documentOf(await grace.approve('phase2', { json: true })).recorded).toBe(true)
    user(folder, 'branch', '-D', 'mlops-agents/generated')
    user(folder, 'remote', 'remove', 'origin')
    expect((await grace.design({ rebuildBase: true })).code).toBe(0)
    const decided = [(await phaseOf(grace))?.review, (await phaseOf(grace, 'phase2'))?.review]
    expect(decided.map((review) => [review?.by, review?.current])).toEqual([
      ['Ada <ada@example.com>', true],
      ['Grace <grace@example.com>', true],
    ])
  })
})

describe('two people', () => {
  it('who decide in clones of their own both count, once their branches have met', async () => {
    const one = await asAda()
    const folder = join(scratch(), 'clone')
    user(one.root, 'clone', '-q', one.root, folder)
    const grace = player(folder, GRACE)
    await one.approve('phase1')
    expect((await grace.approve('phase2')).error).toBe('')
    user(folder, 'fetch', '-q', 'origin')
    const joined = await grace.revise('phase2', { note: 'One more test.' })
    expect(joined).toMatchObject({ code: 0, error: '' })
    const [first, second] = [await phaseOf(grace), await phaseOf(grace, 'phase2')]
    expect(first?.review).toMatchObject({ by: 'Ada <ada@example.com>', decision: 'approved', current: true })
    expect(second?.review).toMatchObject({ by: 'Grace <grace@example.com>', decision: 'revise' })
    expect(user(folder, 'status', '--porcelain')).toBe('')
  })
})

describe('revise', () => {
  it('is made again with the note by the next run, once, and says what to do where no agent reads it', async () => {
    const one = await asAda()
    const said = await one.revise('phase1', { note: 'Keep raw tables for 90 days only.' })
    expect(said).toMatchObject({ code: 0, error: '' })
    expect(said.out).toMatch(/Without a model no agent reads it: then edit the files by hand/)
    expect(await phaseOf(one)).toMatchObject({ status: 'stale', review: { decision: 'revise' } })
    expect((await one.status()).out).toMatch(/phase1 is to be revised: Keep raw tables for 90 days only\./)
    const run = await one.design()
    expect(run.out).toMatch(/no agent read the note/)
    const message = user(one.root, 'log', '--grep=^Deliverable: store$', '-1', '--format=%B', 'mlops-agents/generated')
    expect(message).toMatch(/^Attempt: 2$/m)
    expect(message).toMatch(/^Note: Keep raw tables for 90 days only\.$/m)
    expect(await phaseOf(one)).toMatchObject({ status: 'done' })
    expect((await one.status()).out).toMatch(/ 0 stale/)
  })

  it('is over as soon as the phase is approved', async () => {
    const one = await asAda()
    await one.revise('phase1', { note: 'No.' })
    await one.approve('phase1')
    expect(await phaseOf(one)).toMatchObject({ status: 'done', review: { decision: 'approved', current: true } })
  })
})

describe('a decision is refused', () => {
  let one: Player
  beforeAll(async () => {
    one = await asAda()
  })
  it.each([
    ['of a name that is no phase', 'phase9', {}, /there is no phase "phase9"; did you mean phase1\?/],
    ['of a part of a phase', 'build', {}, /decisions are about phases, and build is a part of phase2/],
    ['with a tree that is none', 'phase1', { tree: 'HEAD' }, /--tree "HEAD" is not the id of a tree/],
    ['with an empty note', 'phase1', { note: ' ' }, /--note is empty/],
  ])('%s', async (_, phase, flags, error) => {
    expect(await one.approve(phase, flags)).toMatchObject({ code: 2, error: expect.stringMatching(error) })
  })

  it('without a name to it, without a note to a revision, and where nothing was designed', async () => {
    expect(await player(one.root).approve('phase1')).toMatchObject({
      code: 2,
      error: expect.stringMatching(/a decision carries your name.*git config --global user\.name/),
    })
    expect((await one.revise('phase1')).error).toMatch(/revise needs a note/)
    expect((await player(scratch(), ADA).approve('phase1')).error).toMatch(/holds no design/)
  })

  it('while another run is at work', async () => {
    const lock = await lockWorkspace(one.root)
    try {
      expect((await one.approve('phase1')).error).toMatch(
        /another run has held this workspace for \d+ seconds \(process \d+/,
      )
    } finally {
      await lock.release()
    }
  })

  it('with changes that are not committed, and on a detached HEAD', async () => {
    const other = await asAda()
    write(other.root, 'docs/store.md', 'By hand.\n')
    expect((await other.approve('phase1')).error).toMatch(/changes that are not committed/)
    user(other.root, 'checkout', '-q', '.')
    user(other.root, 'checkout', '-q', '--detach')
    expect((await other.approve('phase1')).error).toMatch(/detached HEAD/)
  })
})
