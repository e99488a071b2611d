// What the next agent reads: everything in summary, and files up to a budget that is never overrun.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentOutput } from '../../src/prompt/output.js'
import { estimateTokens } from '../../src/prompt/tokens.js'

const deliverable = (id: string, files: Record<string, string>) => ({
  id,
  title: id.toUpperCase(),
  status: 'done',
  summary: `${id} says this.`,
  files: Object.entries(files).map(([path, content]) => ({ path, content })),
})
const two = [
  deliverable('first', { 'a.py': 'a = 1\n', 'big.sql': 'x'.repeat(4000) }),
  deliverable('second', { 'b.yaml': 'b: {{c}}' }),
]

describe('agentOutput', () => {
  it('is the ordered sum of the deliverables', () => {
    expect(agentOutput(two, 10_000)).toBe(
      `<deliverable id="first" title="FIRST" status="done">\nfirst says this.\n<files>\n- a.py (1)\n- big.sql (1)\n</files>\n<file path="a.py">\na = 1\n</file>\n<file path="big.sql">\n${'x'.repeat(4000)}\n</file>\n</deliverable>\n<deliverable id="second" title="SECOND" status="done">\nsecond says this.\n<files>\n- b.yaml (1)\n</files>\n<file path="b.yaml">\nb: {{c}}\n</file>\n</deliverable>\n`,
    )
  })
  it('leaves out a file that does not fit, keeps the smaller ones after it, and still lists it', () => {
    const output = agentOutput(two, 200)
    expect(output).not.toContain('xxxx')
    expect(output).toContain('- big.sql (1)')
    expect(output).toContain('b: {{c}}')
  })
  it('lets no deliverable crowd out another', () => {
    const crowd = deliverable('crowd', { 'one.py': 'c'.repeat(380), 'two.py': 'c'.repeat(380) })
    const output = agentOutput([crowd, ...two], 120)
    expect(output.match(/<file path="[^"]+"/g)).toEqual([
      '<file path="one.py"',
      '<file path="a.py"',
      '<file path="b.yaml"',
    ])
  })
  it('says what is not there', () => {
    expect(agentOutput([{ ...deliverable('third', {}), status: 'not built', summary: '' }], 100)).toBe(
      '<deliverable id="third" title="THIRD" status="not built">\n</deliverable>\n',
    )
  })
  it('shows no file beyond the budget, and begins alike whatever comes after, for any sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 12 }), fc.nat(4000), (sizes, budget) => {
        const files = Object.fromEntries(sizes.map((size, i) => [`f${i}`, 'y'.repeat(size)]))
        const one = agentOutput([deliverable('x', files)], budget)
        const bare = estimateTokens(agentOutput([deliverable('x', files)], 0))
        const both = agentOutput([deliverable('x', files), deliverable('z', files)], budget)
        return estimateTokens(one) <= budget + bare && both.startsWith(one)
      }),
    )
  })
})
