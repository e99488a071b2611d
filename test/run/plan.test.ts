import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Baseline } from '../../src/blueprint/compose.js'
import { changedInputs, type PlanSubject, type PreviousAttempt, plan, readingOutputs } from '../../src/run/plan.js'
import type { Json } from '../../src/types.js'
import { deliverablesInOrder } from '../../src/workflow/order.js'
import { workflowSchema } from '../../src/workflow/schema.js'

const workflow = workflowSchema.parse({
  name: 'sample',
  description: 'Two deliverables, the second reads the first.',
  options: { store: { title: 'Store', default: 'a', values: ['a', 'b'] } },
  maturity: { default: 2, levels: ['one', 'two'] },
  phases: [
    {
      id: 'phase1',
      title: 'First',
      agents: [
        {
          agent: 'writer',
          uses: ['requirements'],
          deliverables: [
            { id: 'source', title: 'Source', reads: { spec: ['entity'], options: ['store'] } },
            { id: 'report', title: 'Report', reads: { contract: ['metrics'], deliverables: ['source'] }, maturity: 2 },
          ],
        },
      ],
    },
  ],
})

const baseline = (deliverable: string, content: string): Baseline => ({
  deliverable,
  summary: '',
  decisions: [],
  files: [
    { path: `${deliverable}.txt`, content, mode: '100644', deliverable, components: ['core'], documentation: false },
  ],
  patched: [],
  sources: createHash('sha256').update(content).digest('hex'),
  reads: [],
  fragments: {},
})

const subject = (overrides: Partial<PlanSubject> = {}): PlanSubject => ({
  placed: deliverablesInOrder(workflow),
  maturity: 2,
  baselines: new Map([
    ['source', baseline('source', 'rows')],
    ['report', baseline('report', 'words')],
  ]),
  context: { spec: { entity: 'film', name: 'x' }, contract: { metrics: {}, endpoints: {} }, options: { store: 'a' } },
  agents: new Map([['writer', 'who']]),
  prompts: new Map([['writer', 'what']]),
  ruledOut: {},
  previous: new Map(),
  ...overrides,
})

/** The subject after everything in it was made once. */
function made(overrides: Partial<PlanSubject> = {}): PlanSubject {
  const base = subject()
  const previous = new Map(
    plan(base).map(({ placed, key, inputs }): [string, PreviousAttempt] => [
      placed.deliverable.id,
      { attempt: 1, key, inputs, removed: false, level: 'L1' },
    ]),
  )
  return { ...base, previous, ...overrides }
}

const kinds = (of: PlanSubject) => Object.fromEntries(plan(of).map((item) => [item.placed.deliverable.id, item.kind]))
const spec = (change: Record<string, Json>) => ({
  ...subject().context,
  spec: { entity: 'film', name: 'x', ...change },
})

describe('planning', () => {
  it('makes everything in an empty workspace', () => {
    expect(kinds(subject())).toEqual({ source: 'make', report: 'make' })
  })

  it('leaves alone what was made from the same inputs', () => {
    expect(kinds(made())).toEqual({ source: 'unchanged', report: 'unchanged' })
  })

  it.each([
    ['a spec field that source reads', { context: spec({ entity: 'song' }) }, { source: 'make', report: 'unchanged' }],
    ['a spec field that nobody reads', { context: spec({ name: 'y' }) }, { source: 'unchanged', report: 'unchanged' }],
    [
      'an option that source reads',
      { context: { ...subject().context, options: { store: 'b' } } },
      { source: 'make', report: 'unchanged' },
    ],
    ['the agent', { agents: new Map([['writer', 'somebody else']]) }, { source: 'make', report: 'make' }],
    ['the prompt', { prompts: new Map([['writer', 'something else']]) }, { source: 'make', report: 'make' }],
    ['the model', { modelFor: () => 'some-model' }, { source: 'make', report: 'make' }],
  ])('makes again exactly what reads %s', (_, change, expected) => {
    expect(kinds(made(change))).toEqual(expected)
  })

  it('makes the reader again when the files that it reads change', () => {
    const baselines = new Map(subject().baselines).set('source', baseline('source', 'other rows'))
    expect(kinds(made({ baselines }))).toEqual({ source: 'make', report: 'make' })
  })

  describe('with what an agent tailored', () => {
    const modelFor = () => 'acme:one'
    /** Source was tailored, and report was made from what came of that. */
    const tailored = (overrides: Partial<PlanSubject> = {}): PlanSubject => {
      const [source, report] = plan(subject({ modelFor }))
      if (source === undefined || report === undefined) throw new Error('no plan')
      const reader = readingOutputs(report, new Map([['source', 'tailored']]))
      const attempt = ({ key, inputs }: typeof source) => ({
        attempt: 1,
        key,
        inputs,
        removed: false,
        level: 'L1' as const,
      })
      const previous = new Map<string, PreviousAttempt>([
        ['source', { ...attempt(source), output: 'tailored' }],
        ['report', attempt(reader)],
      ])
      return { ...subject(), previous, ...overrides }
    }

    it('leaves it alone, whether the model is configured still or not', () => {
      expect(kinds(tailored({ modelFor }))).toEqual({ source: 'unchanged', report: 'unchanged' })
      expect(kinds(tailored())).toEqual({ source: 'unchanged', report: 'unchanged' })
    })

    it('makes it again with another model', () => {
      expect(kinds(tailored({ modelFor: () => 'acme:two' }))).toEqual({ source: 'make', report: 'make' })
    })

    it('makes the reader again where it read something else', () => {
      const state = tailored({ modelFor })
      const source = state.previous.get('source')
      const previous = new Map(state.previous).set('source', { ...(source as PreviousAttempt), output: 'otherwise' })
      expect(kinds({ ...state, previous })).toEqual({ source: 'unchanged', report: 'make' })
    })
  })

  it('says which input changed, and counts attempts', () => {
    const [source] = plan(made({ context: spec({ entity: 'song' }) }))
    expect(source).toMatchObject({ kind: 'make', attempt: 2, reasons: ['spec.entity changed'] })
  })

  it('removes what the maturity no longer has, once', () => {
    const baselines = new Map([['source', baseline('source', 'rows')]])
    const lower = made({ baselines, maturity: 1, ruledOut: { report: { reason: 'comes with maturity 2' } } })
    expect(plan(lower)[1]).toMatchObject({ kind: 'remove', reasons: ['comes with maturity 2'] })
    const removed: PreviousAttempt = { attempt: 2, key: '', inputs: {}, removed: true, level: 'none' }
    const after = { ...lower, previous: new Map(lower.previous).set('report', removed) }
    expect(plan(after)[1]).toMatchObject({ kind: 'not at this maturity' })
    expect(plan({ ...made(), previous: after.previous })[1]).toMatchObject({ kind: 'make', attempt: 3 })
  })

  describe('a deliverable without a blueprint', () => {
    const baselines = new Map([['source', baseline('source', 'rows')]])
    const modelFor = () => 'acme:one'
    it('is made by a model alone, and left as it made it', () => {
      const items = plan(subject({ baselines, modelFor }))
      expect(items[1]).toMatchObject({ kind: 'make', baseline: { files: [] } })
      const previous = new Map(
        items.map(({ placed, key, inputs }): [string, PreviousAttempt] => [
          placed.deliverable.id,
          {
            attempt: 1,
            key,
            inputs,
            removed: false,
            level: 'L1',
            ...(placed.deliverable.id === 'report' ? { output: 'made' } : {}),
          },
        ]),
      )
      expect(kinds(subject({ baselines, modelFor, previous }))).toEqual({ source: 'unchanged', report: 'unchanged' })
      expect(kinds(subject({ baselines, previous }))).toEqual({ source: 'unchanged', report: 'unchanged' })
    })
    it('is left out where it does not apply', () => {
      const ruledOut = { report: { reason: 'nobody reads it' } }
      expect(kinds(subject({ baselines, modelFor, ruledOut }))).toMatchObject({ report: 'not applicable' })
    })
  })

  it('reports a deliverable that nothing emits as not built', () => {
    expect(kinds(subject({ baselines: new Map([['source', baseline('source', 'rows')]]) }))).toMatchObject({
      report: 'not built',
    })
  })
})

describe('changed inputs', () => {
  it('tells new, gone and changed apart', () => {
    expect(changedInputs({ a: '1', b: '1' }, { b: '2', c: '1' })).toEqual(['a is gone', 'b changed', 'c is new'])
  })
})
