import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { checkReferences, type Known } from '../../src/workflow/references.js'
import { type Workflow, workflowSchema } from '../../src/workflow/schema.js'

const workflow = () =>
  workflowSchema.parse({
    name: 'sample',
    description: 'Two agents; the second uses the first.',
    options: { store: { title: 'Store', default: 'a', values: ['a', 'b'] } },
    maturity: { default: 1, levels: ['one', 'two'] },
    phases: [
      {
        id: 'phase1',
        title: 'First',
        agents: [
          { agent: 'writer', uses: ['requirements'], deliverables: [{ id: 'source', title: 'Source', reads: {} }] },
          {
            agent: 'printer',
            uses: ['writer'],
            deliverables: [{ id: 'paper', title: 'Paper', reads: { options: ['store'], deliverables: ['source'] } }],
          },
        ],
      },
    ],
  })

const KNOWN: Known = {
  agents: new Set(['writer', 'printer']),
  prompts: new Set(['writer', 'printer']),
  spec: (path) => path === 'entity',
  contract: (path) => path === 'metrics',
}

/** The message and the path of the first thing that does not hold; undefined where all does. */
function complaint(change: (workflow: Workflow) => unknown, known: Known = KNOWN): string | undefined {
  // A copy by way of YAML, so that nothing is shared between two entries.
  const value = workflowSchema.parse(parse(stringify(workflow())))
  change(value)
  try {
    checkReferences({ value, at: (path) => ({ file: path.join('/'), line: 1, column: 1 }) }, known)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

type Agent = Workflow['phases'][number]['agents'][number]
const agent = (value: Workflow, at: number): Agent => {
  const found = value.phases[0]?.agents[at]
  if (!found) throw new Error('no such agent')
  return found
}
const deliverable = (value: Workflow, at: number) => {
  const found = agent(value, at).deliverables[0]
  if (!found) throw new Error('no such deliverable')
  return found
}

describe('a workflow', () => {
  it('of which every name exists and exists early enough is accepted', () =>
    expect(complaint(() => {})).toBeUndefined())

  it.each<[string, (value: Workflow) => unknown, RegExp]>([
    [
      'an unknown agent',
      (w) => Object.assign(agent(w, 0), { agent: 'writter' }),
      /agents\/0\/agent:1:1: unknown agent writter.*did you mean writer\?/,
    ],
    [
      'an unknown use',
      (w) => agent(w, 1).uses.push('write'),
      /uses\/1:1:1: uses unknown agent write; did you mean writer\?/,
    ],
    ['a use of what comes later', (w) => agent(w, 0).uses.push('printer'), /cycle: |comes later/],
    [
      'an unknown option',
      (w) => deliverable(w, 0).reads.options.push('stor'),
      /source reads unknown option stor; did you mean store\?/,
    ],
    [
      'an unknown deliverable',
      (w) => deliverable(w, 1).reads.deliverables.push('sauce'),
      /paper reads unknown deliverable sauce/,
    ],
    [
      'a read of what is not there yet',
      (w) => deliverable(w, 0).reads.deliverables.push('paper'),
      /cycle: |before it exists/,
    ],
    ['a read of itself', (w) => deliverable(w, 1).reads.deliverables.push('paper'), /cycle: paper reads paper/],
    [
      'a read of an agent that is not used',
      (w) => Object.assign(agent(w, 1), { uses: ['requirements'] }),
      /paper reads source of writer, which printer does not use; add it to uses/,
    ],
    [
      'a spec path that does not exist',
      (w) => deliverable(w, 0).reads.spec.push('entitty'),
      /reads entitty, which the spec does not have/,
    ],
    [
      'a contract section that does not exist',
      (w) => deliverable(w, 0).reads.contract.push('metric'),
      /reads metric, which is no section/,
    ],
    [
      'an id that stands twice',
      (w) => Object.assign(deliverable(w, 1), { id: 'source' }),
      /duplicate deliverable source/,
    ],
    [
      'a maturity above the levels',
      (w) => Object.assign(deliverable(w, 1), { maturity: 3 }),
      /maturity 3 of paper is above the 2 levels/,
    ],
    [
      'a default maturity outside the levels',
      (w) => Object.assign(w.maturity, { default: 3 }),
      /default maturity must be 1 to 2; got 3/,
    ],
  ])('with %s is refused where it stands', (_, change, message) => expect(complaint(change)).toMatch(message))

  it('whose agent has no prompt is refused; what is not known outside is not checked', () => {
    expect(complaint(() => {}, { ...KNOWN, prompts: new Set(['writer']) })).toMatch(/expected prompts\/printer\.hbs/)
    const { agents, prompts } = KNOWN
    expect(complaint((w) => deliverable(w, 0).reads.spec.push('anything'), { agents, prompts })).toBeUndefined()
  })
})
