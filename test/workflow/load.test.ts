// The shipped workflow loads, and every name that does not hold is refused with the place to mend it.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DefinitionError } from '../../src/errors.js'
import { checkPrompts } from '../../src/prompt/check.js'
import { loadPrompts } from '../../src/prompt/compile.js'
import { shapeHas } from '../../src/prompt/shape.js'
import { CONTRACT_SECTIONS } from '../../src/spec/contract.js'
import { specSchema } from '../../src/spec/schema.js'
import { loadWorkflow, type ReadsKnown } from '../../src/workflow/load.js'
import { deliverablesAt, deliverablesInOrder, givenTo } from '../../src/workflow/order.js'

let root: string
let file: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'workflow-'))
  for (const folder of ['agents', 'prompts', 'workflows']) await cp(folder, join(root, folder), { recursive: true })
  file = join(root, 'workflows/ml-pipeline.yaml')
})
afterEach(() => rm(root, { recursive: true }))

/** Replaces the first occurrence of a text in the copy of the workflow. */
async function edit(before: string | RegExp, after: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const changed = text.replace(before, after)
  expect(changed, `nothing to edit: ${before}`).not.toBe(text)
  await writeFile(file, changed)
}

async function refusal(reads: ReadsKnown = {}): Promise<{ message: string; lineText: string }> {
  const error = await loadWorkflow(file, reads).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(DefinitionError)
  if (!(error instanceof DefinitionError)) throw error
  expect(error.where.line, error.message).toBeGreaterThan(0)
  expect(error.where.column, error.message).toBeGreaterThan(0)
  const lines = (await readFile(error.where.file, 'utf8')).split('\n')
  return {
    message: error.message,
    lineText: (lines[(error.where.line ?? 1) - 1] ?? '').slice((error.where.column ?? 1) - 1),
  }
}

describe('the shipped workflow', () => {
  it('holds four phases, seven agents and the 24 deliverables in their order', async () => {
    const { workflow, agents } = await loadWorkflow('workflows/ml-pipeline.yaml')
    expect(workflow.phases.map((phase) => phase.id)).toEqual(['phase1', 'phase2', 'phase3', 'phase4'])
    expect([...agents.keys()]).toEqual([
      'data-engineer',
      'data-scientist',
      'ml-engineer',
      'python-pro',
      'mlops-engineer',
      'kubernetes-architect',
      'observability-engineer',
    ])
    const ids =
      'ingestion data-quality storage features model-requirements experiment-design training tracking registry code-structure performance testing serving rollout ci-cd infrastructure workloads kubernetes-serving kubernetes-storage model-monitoring drift observability alerting cost'
    expect(deliverablesInOrder(workflow).map(({ deliverable }) => deliverable.id)).toEqual(ids.split(' '))
  })

  it('gives each agent what the mission says it is given', async () => {
    const { workflow } = await loadWorkflow('workflows/ml-pipeline.yaml')
    const uses = Object.fromEntries(
      workflow.phases.flatMap((phase) => phase.agents.map((agent) => [agent.agent, agent.uses])),
    )
    expect(uses).toEqual({
      'data-engineer': ['requirements'],
      'data-scientist': ['requirements', 'data-engineer'],
      'ml-engineer': ['data-scientist', 'data-engineer'],
      'python-pro': ['ml-engineer'],
      'mlops-engineer': ['ml-engineer', 'python-pro'],
      'kubernetes-architect': ['mlops-engineer'],
      'observability-engineer': ['mlops-engineer', 'kubernetes-architect'],
    })
  })

  it('starts small: each maturity adds its deliverables and takes none away', async () => {
    const { workflow } = await loadWorkflow('workflows/ml-pipeline.yaml')
    const ids = (maturity: number) => deliverablesAt(workflow, maturity).map(({ deliverable }) => deliverable.id)
    expect(ids(1)).toHaveLength(15)
    const added = (n: number) => ids(n).filter((id) => !ids(n - 1).includes(id))
    expect(added(2)).toEqual(['data-quality', 'model-monitoring', 'drift', 'observability', 'alerting', 'cost'])
    expect(added(3)).toEqual(['performance'])
    expect(added(4)).toEqual(['experiment-design', 'rollout'])
    expect(added(5)).toEqual([])
  })

  it('reads only what spec and contract have', async () => {
    const spec = z.toJSONSchema(specSchema)
    const reads = {
      spec: (path: string) => shapeHas(spec, path.split('.')),
      contract: (path: string) => CONTRACT_SECTIONS.some((section) => section === path.split('.')[0]),
    }
    await expect(loadWorkflow('workflows/ml-pipeline.yaml', reads)).resolves.toBeDefined()
    await edit('spec: [task, entity', 'spec: [task, entityy')
    expect((await refusal(reads)).lineText).toMatch(/^entityy/)
  })

  it('offers seven options of four values, with the defaults', async () => {
    const { workflow } = await loadWorkflow('workflows/ml-pipeline.yaml')
    expect(Object.values(workflow.options).map((option) => option.values.length)).toEqual([4, 4, 4, 4, 4, 4, 4])
    expect(Object.values(workflow.options).map((option) => option.default)).toEqual([
      'mlflow',
      'feast',
      'kserve',
      'airflow',
      'aws',
      'realtime',
      'prometheus',
    ])
  })
})

describe('a workflow that does not hold together', () => {
  const cases: [string, string | RegExp, string, RegExp, RegExp][] = [
    ['YAML', 'phases:\n', 'phases: [\n', /not valid YAML/, /./],
    ['a value of the wrong kind', 'maturity: 1\n', 'maturity: one\n', /maturity: .*got "one"/, /^one/],
    ['a key that does not exist', 'uses: [requirements]', 'using: [requirements]', /using|uses/, /./],
    ['a default that is no value', 'default: mlflow', 'default: mlfow', /default must be one of the values/, /./],
    [
      'an unknown agent',
      'agent: python-pro',
      'agent: python-prp',
      /unknown agent python-prp: expected agents\/python-prp\.md; did you mean python-pro\?/,
      /^python-prp/,
    ],
    [
      'an unknown agent in uses',
      'uses: [ml-engineer]',
      'uses: [ml-enginer]',
      /uses unknown agent ml-enginer; did you mean ml-engineer\?/,
      /^ml-enginer/,
    ],
    [
      'an agent that comes later',
      'uses: [data-scientist, data-engineer]',
      'uses: [data-scientist, python-pro]',
      /ml-engineer uses python-pro/,
      /^python-pro/,
    ],
    [
      'an agent that uses itself',
      'uses: [requirements]',
      'uses: [data-engineer]',
      /cycle: data-engineer uses data-engineer/,
      /^data-engineer/,
    ],
    [
      'an unknown deliverable',
      'deliverables: [ingestion]\n',
      'deliverables: [ingestoin]\n',
      /unknown deliverable ingestoin; did you mean ingestion\?/,
      /^ingestoin/,
    ],
    [
      'a read before it exists',
      'options: [cloud_provider, deployment_mode]\n',
      'deliverables: [storage]\n',
      /cycle|before it exists/,
      /./,
    ],
    [
      'an option that does not exist',
      'options: [cloud_provider, feature_store]',
      'options: [cloud_providers]',
      /unknown option cloud_providers; did you mean cloud_provider\?/,
      /^cloud_providers/,
    ],
    ['a duplicate deliverable', 'id: storage', 'id: ingestion', /duplicate deliverable ingestion/, /^ingestion/],
    ['a duplicate phase', 'id: phase2', 'id: phase1', /duplicate phase phase1/, /^phase1/],
    ['a maturity above the levels', 'maturity: 4\n', 'maturity: 5\n', /above the 4 levels/, /^5/],
  ]
  it.each(cases)('refuses %s', async (name, before, after, message, lineText) => {
    if (name.startsWith('a maturity')) await edit(/ {4}- Several models .*\n/, '')
    if (name.startsWith('a maturity')) await edit('default: 5', 'default: 4')
    await edit(before, after)
    const refused = await refusal()
    expect(refused.message).toMatch(message)
    expect(refused.lineText).toMatch(lineText)
  })

  it('refuses a deliverable that reads a later one of its own agent', async () => {
    await edit('deliverables: [ingestion]\n          - id: storage', 'deliverables: [storage]\n          - id: storage')
    await edit(
      'options: [cloud_provider, feature_store]\n              deliverables: [ingestion]',
      'options: [cloud_provider, feature_store]',
    )
    expect((await refusal()).message).toMatch(/data-quality reads storage before it exists; move storage up/)
  })

  it('refuses a cycle of deliverables, naming it', async () => {
    await edit('deliverables: [ingestion]\n          - id: storage', 'deliverables: [storage]\n          - id: storage')
    await edit('deliverables: [ingestion]\n      - agent', 'deliverables: [data-quality]\n      - agent')
    expect((await refusal()).message).toMatch(/cycle: data-quality reads storage reads data-quality/)
  })

  it('refuses reading a deliverable of an agent that is not used', async () => {
    await edit('uses: [requirements, data-engineer]', 'uses: [requirements]')
    expect((await refusal()).message).toMatch(/reads ingestion of data-engineer, which data-scientist does not use/)
  })

  it('refuses spec paths and contract sections that its caller does not know', async () => {
    expect((await refusal({ spec: (path) => path !== 'leakage' })).lineText).toMatch(/^leakage/)
    expect((await refusal({ contract: (path) => path !== 'topics' })).message).toMatch(
      /reads topics, which is no section of the contract/,
    )
  })

  it('refuses a missing agent file, a missing prompt and a missing workflow', async () => {
    await rm(join(root, 'prompts/python-pro.hbs'))
    expect((await refusal()).message).toMatch(/no prompt for python-pro: expected prompts\/python-pro\.hbs/)
    await rm(join(root, 'agents/data-engineer.md'))
    expect((await refusal()).message).toMatch(/unknown agent data-engineer/)
    await rm(file)
    await expect(loadWorkflow(file)).rejects.toThrow(/expected a workflow file/)
  })
})

describe('a change of data files alone', () => {
  it('adds a phase, an agent, a deliverable and an option value', async () => {
    const agent =
      '---\nname: reviewer\ndescription: Reads what the others made and says what is wrong.\ntier: fast\n---\n\nYou read.\n'
    await writeFile(join(root, 'agents/reviewer.md'), agent)
    await writeFile(join(root, 'prompts/reviewer.hbs'), '{{phase4.observability-engineer.output}}\n')
    await edit('values: [mlflow,', 'values: [aim, mlflow,')
    await edit(
      '          - id: features',
      '          - id: sampling\n            title: Sampling\n            reads: {}\n          - id: features',
    )
    await edit(
      '\nverify:',
      '\n  - id: phase5\n    title: Review\n    agents:\n      - agent: reviewer\n        uses: [observability-engineer]\n        deliverables:\n          - id: findings\n            title: Findings\n            reads: { deliverables: [cost] }\n\nverify:',
    )
    const { workflow, agents } = await loadWorkflow(file)
    expect(workflow.options.experiment_tracking?.values).toContain('aim')
    expect(deliverablesInOrder(workflow)).toHaveLength(26)
    expect(deliverablesInOrder(workflow).at(-1)).toMatchObject({
      phase: { id: 'phase5' },
      deliverable: { id: 'findings', maturity: 1 },
    })
    expect(agents.get('reviewer')).toMatchObject({ tier: 'fast', instructions: 'You read.' })
    const given = new Map([...agents.keys()].map((id) => [id, givenTo(workflow, id)]))
    const prompts = await loadPrompts(join(root, 'prompts'))
    expect(() => checkPrompts(prompts, given)).not.toThrow()
    await writeFile(join(root, 'prompts/reviewer.hbs'), '{{phase2.python-pro.output}}\n')
    const wrong = await loadPrompts(join(root, 'prompts'))
    expect(() => checkPrompts(wrong, given)).toThrow(/reviewer\.hbs:1:3: .*no phase2 in it/)
  })
})
