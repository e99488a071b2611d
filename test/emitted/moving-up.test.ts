// Moving up a maturity makes again only what the move really changes, and misses nothing that it changes.
import { describe, expect, it } from 'vitest'
import type { Baseline } from '../../src/blueprint/compose.js'
import type { PreviousAttempt } from '../../src/run/plan.js'
import { type Platform, planPlatform } from '../../src/run/platform.js'
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

  it('from 3 leaves the data and what watches them alone', async () => {
    const [three, four] = await Promise.all([3, 4].map((maturity) => platformOf({ example, maturity })))
    if (three === undefined || four === undefined) throw new Error('two platforms are composed')
    const left = planned(three, four).filter(({ kind }) => kind === 'unchanged')
    expect(left.map(({ placed }) => placed.deliverable.id)).toEqual(
      expect.arrayContaining(['ingestion', 'data-quality', 'features', 'tracking', 'registry', 'drift']),
    )
  })
})
