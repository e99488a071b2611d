// What may run side by side, and what an edit reaches.
import { describe, expect, it } from 'vitest'
import { loadWorkflow } from '../../src/workflow/load.js'
import { deliverablesAt, deliverableWaves, givenTo } from '../../src/workflow/order.js'

const { workflow } = await loadWorkflow('workflows/ml-pipeline.yaml')

describe('deliverableWaves', () => {
  it.each([1, 2, 3, 4, 5])('puts every deliverable of maturity %i after all that it reads, once', (maturity) => {
    const placed = deliverablesAt(workflow, maturity)
    const seen = new Set<string>()
    const present = new Set(placed.map(({ deliverable }) => deliverable.id))
    for (const wave of deliverableWaves(placed)) {
      for (const { deliverable } of wave) {
        for (const read of deliverable.reads.deliverables.filter((id) => present.has(id))) expect(seen).toContain(read)
      }
      for (const { deliverable } of wave) seen.add(deliverable.id)
    }
    expect([...seen].sort()).toEqual([...present].sort())
  })
})

describe('givenTo', () => {
  it('is the text where it is used, the agents used, and the agent itself for its own earlier work', () => {
    expect(givenTo(workflow, 'data-engineer')).toEqual({ requirements: true, phases: { phase1: ['data-engineer'] } })
    expect(givenTo(workflow, 'ml-engineer')).toEqual({
      requirements: false,
      phases: { phase1: ['data-engineer', 'data-scientist'], phase2: ['ml-engineer'] },
    })
  })
})
