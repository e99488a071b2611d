import { describe, expect, it } from 'vitest'
import type { PlanItem } from '../../src/run/plan.js'
import { statusDocument, statusDocumentSchema } from '../../src/run/status.js'
import { deliverablesInOrder } from '../../src/workflow/order.js'
import { workflowSchema } from '../../src/workflow/schema.js'

const workflow = workflowSchema.parse({
  name: 'sample',
  description: 'One phase, two agents.',
  options: {},
  maturity: { default: 1, levels: ['one', 'two'] },
  phases: [
    {
      id: 'phase1',
      title: 'First',
      agents: [
        {
          agent: 'writer',
          uses: ['requirements'],
          deliverables: [
            { id: 'source', title: 'Source', reads: {} },
            { id: 'report', title: 'Report', reads: {} },
          ],
        },
        { agent: 'printer', uses: ['requirements'], deliverables: [{ id: 'paper', title: 'Paper', reads: {} }] },
      ],
    },
  ],
})

const baseline = {
  deliverable: '',
  summary: '',
  decisions: [],
  files: [],
  patched: [],
  sources: '',
  reads: [],
  fragments: {},
}
const KINDS = {
  done: { kind: 'unchanged', baseline, level: 'L1', attempt: 3 },
  fresh: { kind: 'make', baseline, reasons: ['first'], attempt: 1 },
  stale: { kind: 'make', baseline, reasons: ['spec.entity'], attempt: 4 },
  gone: { kind: 'remove', reasons: ['not wanted'], attempt: 2 },
  'not built': { kind: 'not built', attempt: 0 },
  later: { kind: 'not at this maturity', reasons: ['from maturity 2'], attempt: 0 },
} as const

function document(...kinds: (keyof typeof KINDS)[]) {
  const items = deliverablesInOrder(workflow).map(
    (placed, at): PlanItem => ({ placed, inputs: {}, key: 'key', ...KINDS[kinds[at] ?? 'done'] }),
  )
  const files = new Map([['source', ['a.txt', 'b.txt']]])
  const made = { workspace: 'w', project: 'p', maturity: 1, options: {}, unmerged: 0, workflow, items, files }
  return statusDocumentSchema.parse(statusDocument(made))
}
const phase = (...kinds: (keyof typeof KINDS)[]) => document(...kinds).phases[0]

describe('status', () => {
  it('of a deliverable says level, attempt, files, and which input changed', () => {
    const [writer] = phase('done', 'stale', 'fresh')?.agents ?? []
    expect(writer?.deliverables).toEqual([
      {
        id: 'source',
        title: 'Source',
        status: 'done',
        level: 'L1',
        attempt: 3,
        reasons: [],
        files: ['a.txt', 'b.txt'],
      },
      {
        id: 'report',
        title: 'Report',
        status: 'stale',
        level: 'none',
        attempt: 3,
        reasons: ['spec.entity'],
        files: [],
      },
    ])
  })

  it.each([
    ['done', ['done', 'done', 'done'], ['done', 'done']],
    ['pending', ['fresh', 'fresh', 'fresh'], ['pending', 'pending']],
    ['stale', ['done', 'stale', 'fresh'], ['stale', 'pending']],
    ['stale', ['done', 'gone', 'done'], ['stale', 'done']],
    ['done', ['done', 'not built', 'later'], ['done', 'not at this maturity']],
    ['not built', ['not built', 'not built', 'not built'], ['not built', 'not built']],
  ] as const)('of a phase is %s where its deliverables are %j: the worst that is there', (expected, kinds, agents) => {
    const found = phase(...kinds)
    expect(found?.status).toBe(expected)
    expect(found?.agents.map(({ status }) => status)).toEqual(agents)
  })

  it('lists no files and no attempt of what is left out, with the reason', () => {
    const [source] = phase('later', 'done', 'done')?.agents[0]?.deliverables ?? []
    expect(source).toMatchObject({
      status: 'not at this maturity',
      files: [],
      attempt: 0,
      reasons: ['from maturity 2'],
    })
  })
})
