// Moving up or down a maturity makes again only what the move really changes, misses nothing, and adds or removes exactly its rows.
import { describe, expect, it } from 'vitest'
import type { Baseline } from '../../src/blueprint/compose.js'
import type { PlanItem, PreviousAttempt } from '../../src/run/plan.js'
import { type Platform, planPlatform } from '../../src/run/platform.js'
import { deliverablesInOrder } from '../../src/workflow/order.js'
import { definitions, EXAMPLES, platformOf } from './platforms.js'

/** The plan for `to` in a workspace that holds `from`. */
function planned(from: Platform, to: Platform) {
  const previous = new Map(
    planPlatform(definitions, from, new Map())
      .filter(({ kind }) => kind === 'make')
      .map(({ placed, key, inputs }): [string, PreviousAttempt] => [
        placed.deliverable.id,
        { attempt: 1, key, inputs, removed: false, level: 'L1' },
      ]),
  )
  return planPlatform(definitions, to, previous)
}

const deliverables = deliverablesInOrder(definitions.loaded.workflow).map(({ deliverable }) => deliverable)
const idsOf = (items: readonly PlanItem[]): string[] => items.map(({ placed }) => placed.deliverable.id)
const paths = ({ composition }: Platform): string[] => composition.files.map(({ path }) => path)
const contents = (baseline: Baseline | undefined): string =>
  JSON.stringify([...(baseline?.files ?? []), ...(baseline?.patched ?? [])].map(({ path, content }) => [path, content]))

describe.each(EXAMPLES)('%s', (example) => {
  it.each([1, 2, 3, 4])('from %i makes again what changes, and nothing for another reason', async (maturity) => {
    const [lower, higher] = await Promise.all([
      platformOf({ example, maturity }),
      platformOf({ example, maturity: maturity + 1 }),
    ])
    const changed = (id: string) =>
      contents(lower.composition.baselines.get(id)) !== contents(higher.composition.baselines.get(id))
    const items = planned(lower, higher)
    const made = items.filter(({ kind }) => kind === 'make').map(({ placed }) => placed.deliverable)
    expect([...higher.composition.baselines.keys()].filter((id) => changed(id))).toEqual(
      made.map(({ id }) => id).filter((id) => changed(id)),
    )
    const forNothing = made.filter(({ id, reads }) => !changed(id) && !reads.deliverables.some(changed))
    expect(forNothing.map(({ id }) => id)).toEqual([])
  })

  it.each([5, 4, 3, 2])('from %i down takes away exactly what the lower one has not', async (maturity) => {
    const [higher, lower] = await Promise.all([
      platformOf({ example, maturity }),
      platformOf({ example, maturity: maturity - 1 }),
    ])
    const above = deliverables.filter(
      ({ id, maturity: from }) => from === maturity && higher.composition.baselines.has(id),
    )
    const items = planned(higher, lower)
    const removed = items.filter(({ kind }) => kind === 'remove')
    expect(idsOf(removed)).toEqual(above.map(({ id }) => id))
    for (const { placed, ...item } of removed)
      expect('reasons' in item ? item.reasons : [], placed.deliverable.id).toEqual([expect.stringMatching(/maturity/)])
    // What stays has the bytes that the lower maturity has by itself, so that going down and up again ends where it began.
    const made = new Set(idsOf(items.filter(({ kind }) => kind === 'make')))
    const kept = [...lower.composition.baselines.keys()].filter((id) => !made.has(id))
    for (const id of kept)
      expect(contents(lower.composition.baselines.get(id)), id).toBe(contents(higher.composition.baselines.get(id)))
    const gone = paths(higher).filter((path) => !paths(lower).includes(path))
    const touched = new Set([...idsOf(removed), ...made])
    const owners = higher.composition.files.filter(({ path }) => gone.includes(path)).map((file) => file.deliverable)
    expect([...new Set(owners)].filter((id) => !touched.has(id))).toEqual([])
    expect(paths(lower).filter((path) => !paths(higher).includes(path))).toEqual([])
  })

  it('from 3 leaves the data and what watches them alone', async () => {
    const [three, four] = await Promise.all([3, 4].map((maturity) => platformOf({ example, maturity })))
    if (three === undefined || four === undefined) throw new Error('two platforms are composed')
    const left = planned(three, four).filter(({ kind }) => kind === 'unchanged')
    expect(left.map(({ placed }) => placed.deliverable.id)).toEqual(
      expect.arrayContaining(['ingestion', 'data-quality', 'features', 'tracking', 'registry', 'drift']),
    )
  })
})
