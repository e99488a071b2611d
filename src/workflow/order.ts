// The order in which a workflow's deliverables come, and the folds over it that its readers need.
import type { Workflow } from './schema.js'

/** The word of `uses` that stands for the user's own text. */
export const REQUIREMENTS = 'requirements'

export type PhaseEntry = Workflow['phases'][number]
export type AgentEntry = PhaseEntry['agents'][number]
type DeliverableEntry = AgentEntry['deliverables'][number]

/** One deliverable with the phase and agent that it belongs to, and where it stands in the file. */
export interface Placed {
  readonly phase: PhaseEntry
  readonly agent: AgentEntry
  readonly deliverable: DeliverableEntry
  readonly path: readonly (string | number)[]
}

/** All deliverables, first to last, whatever their maturity. */
export function deliverablesInOrder(workflow: Workflow): Placed[] {
  return workflow.phases.flatMap((phase, p) =>
    phase.agents.flatMap((agent, a) =>
      agent.deliverables.map((deliverable, d) => ({
        phase,
        agent,
        deliverable,
        path: ['phases', p, 'agents', a, 'deliverables', d],
      })),
    ),
  )
}

/** The deliverables that exist at a maturity. */
export const deliverablesAt = (workflow: Workflow, maturity: number): Placed[] =>
  deliverablesInOrder(workflow).filter(({ deliverable }) => deliverable.maturity <= maturity)

export const agentsInOrder = (workflow: Workflow): { phase: PhaseEntry; agent: AgentEntry }[] =>
  workflow.phases.flatMap((phase) => phase.agents.map((agent) => ({ phase, agent })))

/**
 * Groups of deliverables that may be produced side by side: each group reads only what earlier groups give.
 * Concatenated they keep the workflow's order within a group.
 */
export function deliverableWaves(placed: readonly Placed[]): Placed[][] {
  const waveOf = new Map<string, number>()
  const waves: Placed[][] = []
  for (const entry of placed) {
    const before = entry.deliverable.reads.deliverables.map((id) => waveOf.get(id)).filter((wave) => wave !== undefined)
    const wave = Math.max(-1, ...before) + 1
    waveOf.set(entry.deliverable.id, wave)
    const group = waves[wave] ?? []
    waves[wave] = group
    group.push(entry)
  }
  return waves
}

/** What one agent's prompts are given: whether the user's text, and of each phase the agents whose outputs they see. */
export function givenTo(
  workflow: Workflow,
  agentId: string,
): { requirements: boolean; phases: Record<string, string[]> } {
  const uses = agentsInOrder(workflow).find(({ agent }) => agent.agent === agentId)?.agent.uses ?? []
  const phases: Record<string, string[]> = {}
  for (const { phase, agent } of agentsInOrder(workflow)) {
    // An agent's later deliverables see its earlier ones.
    if (agent.agent !== agentId && !uses.includes(agent.agent)) continue
    phases[phase.id] = [...(phases[phase.id] ?? []), agent.agent]
  }
  return { requirements: uses.includes(REQUIREMENTS), phases }
}
