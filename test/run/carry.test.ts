// What an agent made stays on a new baseline wherever both go together; git itself merges the texts.
import { describe, expect, it } from 'vitest'
import { carryOver } from '../../src/run/carry.js'
import type { ToMake } from '../../src/run/plan.js'
import { createRepository } from '../../src/workspace/git.js'
import { mergeText } from '../../src/workspace/merge-text.js'
import { temporaryFolder } from '../temporary.js'
import { home } from '../workspace/scratch.js'

const git = await createRepository(temporaryFolder('carry'), home())
const texts = (of: Record<string, string>) =>
  Object.entries(of).map(([path, content]) => ({ path, content, mode: '100644' as const }))

/** Old baseline, what was accepted, new baseline. */
async function carried(was: Record<string, string>, mine: Record<string, string>, now: Record<string, string>) {
  const files = texts(now).map((file) => ({ ...file, deliverable: 'a', components: ['core'], documentation: false }))
  const item = { placed: { deliverable: { id: 'a' } }, baseline: { files, patched: [] } } as unknown as ToMake
  const earlier = { baseline: texts(was), accepted: texts(mine), summary: '', decisions: [] }
  const { files: all, removed, conflicts } = await carryOver(item, earlier, (three) => mergeText(git, three))
  return { files: Object.fromEntries(all.map(({ path, content }) => [path, content])), removed, conflicts }
}
const lines = (...all: string[]) => all.map((line) => `${line}\n`).join('')
const clean = (files: Record<string, string>, removed: string[] = []) => ({ files, removed, conflicts: [] })

describe('tailoring on a new baseline', () => {
  it('keeps what only the agent changed, and takes what only the baseline changes', async () => {
    const got = await carried(
      { x: '1', y: '1', z: '1' },
      { x: '2', y: '1', z: '1' },
      { x: '1', y: '3', z: '1', n: '4' },
    )
    expect(got).toEqual(clean({ n: '4', x: '2', y: '3', z: '1' }))
  })

  it('merges lines of both', async () => {
    const was = lines('a', 'b', 'c', 'd', 'e', 'f', 'g')
    const got = await carried({ x: was }, { x: was.replace('a', 'A') }, { x: was.replace('g', 'G') })
    expect(got).toEqual(clean({ x: was.replace('a', 'A').replace('g', 'G') }))
  })

  it('keeps new files, and does without what the agent or the new baseline took away', async () => {
    expect(await carried({ x: '1', y: '1' }, { y: '1', mine: '2' }, { x: '1' })).toEqual(clean({ mine: '2' }, ['x']))
  })

  it.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
    ['the same line', { x: 'a\n' }, { x: 'b\n' }, { x: 'c\n' }],
    ['a file that the new baseline takes away', { x: 'a\n' }, { x: 'b\n' }, {}],
    ['a file that the agent took away', { x: 'a\n' }, {}, { x: 'c\n' }],
    ['a file of the same name', {}, { x: 'b\n' }, { x: 'c\n' }],
  ])('does not decide about %s', async (_, was, mine, now) => {
    expect((await carried(was, mine, now)).conflicts).toEqual(['x'])
  })

  it('has nothing to decide where both did the same', async () => {
    expect(await carried({ x: 'a' }, { x: 'b' }, { x: 'b' })).toEqual(clean({ x: 'b' }))
  })
})
