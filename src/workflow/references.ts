// Everything that a workflow names must exist, and exist early enough; found out when it is loaded, before anything is paid for.
import { DefinitionError } from '../errors.js'
import { nearest } from './distance.js'
import { agentsInOrder, deliverablesInOrder, type Placed, REQUIREMENTS } from './order.js'
import type { Workflow } from './schema.js'
import type { Path, Source } from './source.js'

/** What lies outside the workflow file; a part that is absent is not checked. */
export interface Known {
  readonly agents: ReadonlySet<string>
  readonly prompts: ReadonlySet<string>
  /** Whether a spec path such as `data.columns` exists. */
  readonly spec?: (path: string) => boolean
  /** Whether a contract section, or entry as `section.name`, can exist. */
  readonly contract?: (path: string) => boolean
}

/** Throws a DefinitionError at the first name that does not hold. */
export function checkReferences(source: Source<Workflow>, known: Known): void {
  const workflow = source.value
  const fail = (message: string, path: Path): never => {
    throw new DefinitionError(message, source.at(path))
  }
  checkUnique(workflow, fail)
  checkUses(workflow, known, fail)
  const placed = deliverablesInOrder(workflow)
  const producers = new Map(placed.map((entry) => [entry.deliverable.id, entry]))
  const cycle = findCycle(new Map(placed.map(({ deliverable }) => [deliverable.id, deliverable.reads.deliverables])))
  if (cycle !== undefined) {
    fail(`cycle: ${cycle.join(' reads ')}; let one of them stop reading the next`, [
      ...pathOf(producers, cycle[0]),
      'reads',
      'deliverables',
    ])
  }
  const before = new Set<string>()
  for (const entry of placed) {
    checkReads(entry, workflow, known, producers, before, fail)
    before.add(entry.deliverable.id)
  }
}

type Fail = (message: string, path: Path) => never

function checkUnique(workflow: Workflow, fail: Fail): void {
  const seen = { phase: new Set<string>(), agent: new Set<string>(), deliverable: new Set<string>() }
  const once = (kind: keyof typeof seen, id: string, path: Path): void => {
    if (seen[kind].has(id)) fail(`duplicate ${kind} ${id}; each id may stand once in the workflow`, path)
    seen[kind].add(id)
  }
  workflow.phases.forEach((phase, p) => {
    once('phase', phase.id, ['phases', p, 'id'])
    phase.agents.forEach((agent, a) => {
      once('agent', agent.agent, ['phases', p, 'agents', a, 'agent'])
      agent.deliverables.forEach((d, i) => {
        const path = ['phases', p, 'agents', a, 'deliverables', i]
        once('deliverable', d.id, [...path, 'id'])
        const top = workflow.maturity.levels.length
        if (d.maturity > top)
          fail(`maturity ${d.maturity} of ${d.id} is above the ${top} levels that the workflow names`, [
            ...path,
            'maturity',
          ])
      })
    })
  })
  const { default: start, levels } = workflow.maturity
  if (start < 1 || start > levels.length)
    fail(`the default maturity must be 1 to ${levels.length}; got ${start}`, ['maturity', 'default'])
}

function checkUses(workflow: Workflow, known: Known, fail: Fail): void {
  const entries = agentsInOrder(workflow)
  const ids = entries.map(({ agent }) => agent.agent)
  const cycle = findCycle(new Map(entries.map(({ agent }) => [agent.agent, agent.uses])))
  workflow.phases.forEach((phase, p) => {
    phase.agents.forEach(({ agent, uses }, a) => {
      const path = ['phases', p, 'agents', a]
      if (!known.agents.has(agent))
        fail(`unknown agent ${agent}: expected agents/${agent}.md${meant(agent, known.agents)}`, [...path, 'agent'])
      if (!known.prompts.has(agent))
        fail(`no prompt for ${agent}: expected prompts/${agent}.hbs${meant(agent, known.prompts)}`, [...path, 'agent'])
      uses.forEach((used, u) => {
        const here = [...path, 'uses', u]
        if (used === REQUIREMENTS) return
        if (!ids.includes(used)) fail(`uses unknown agent ${used}${meant(used, ids)}`, here)
        if (cycle?.includes(agent) && cycle.includes(used))
          fail(`cycle: ${cycle.join(' uses ')}; let one of them stop using the next`, here)
        if (ids.indexOf(used) >= ids.indexOf(agent))
          fail(`${agent} uses ${used}, which comes later; move ${used} before ${agent}`, here)
      })
    })
  })
}

function checkReads(
  entry: Placed,
  workflow: Workflow,
  known: Known,
  producers: ReadonlyMap<string, Placed>,
  before: ReadonlySet<string>,
  fail: Fail,
): void {
  const { agent, deliverable, path } = entry
  const at = (part: string, index: number): Path => [...path, 'reads', part, index]
  const { reads } = deliverable
  reads.options.forEach((name, i) => {
    if (!(name in workflow.options))
      fail(
        `${deliverable.id} reads unknown option ${name}${meant(name, Object.keys(workflow.options))}`,
        at('options', i),
      )
  })
  reads.spec.forEach((name, i) => {
    if (known.spec?.(name) === false)
      fail(`${deliverable.id} reads ${name}, which the spec does not have`, at('spec', i))
  })
  reads.contract.forEach((name, i) => {
    if (known.contract?.(name) === false)
      fail(`${deliverable.id} reads ${name}, which is no section of the contract`, at('contract', i))
  })
  for (const [i, id] of reads.deliverables.entries()) {
    const here = at('deliverables', i)
    const producer = producers.get(id)
    if (producer === undefined)
      throw fail(`${deliverable.id} reads unknown deliverable ${id}${meant(id, producers.keys())}`, here)
    if (!before.has(id)) fail(`${deliverable.id} reads ${id} before it exists; move ${id} up or drop the read`, here)
    const owner = producer.agent.agent
    if (owner !== agent.agent && !agent.uses.includes(owner)) {
      fail(`${deliverable.id} reads ${id} of ${owner}, which ${agent.agent} does not use; add it to uses`, here)
    }
  }
}

const pathOf = (producers: ReadonlyMap<string, Placed>, id: string | undefined): Path =>
  id === undefined ? [] : (producers.get(id)?.path ?? [])

/** The first cycle found, with its start repeated at the end; a node that reads itself counts. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const visit = (node: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(node)
    if (start >= 0) return [...trail.slice(start), node]
    if (done.has(node)) return undefined
    for (const next of edges.get(node) ?? []) {
      const found = visit(next, [...trail, node])
      if (found !== undefined) return found
    }
    done.add(node)
    return undefined
  }
  for (const node of edges.keys()) {
    const found = visit(node, [])
    if (found !== undefined) return found
  }
  return undefined
}

/** Says which other name is meant where one is close. */
function meant(name: string, names: Iterable<string>): string {
  const close = nearest(
    name,
    [...names].filter((other) => other !== name),
  )
  return close === undefined ? '' : `; did you mean ${close}?`
}
