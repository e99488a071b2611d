// Exactly what one deliverable's prompt may see, as plain data.
import { createHash } from 'node:crypto'
import type { Baseline } from '../blueprint/compose.js'
import { type PromptContext, promptContextSchema } from '../prompt/context.js'
import { agentOutput, type DeliverableOutput } from '../prompt/output.js'
import type { Json } from '../types.js'
import { agentsInOrder } from '../workflow/order.js'
import type { Accepted } from './accepted.js'
import type { Definitions } from './definitions.js'
import type { PlanItem } from './plan.js'

/** Estimated tokens that the files of one earlier deliverable may take in a prompt. */
const OUTPUT_BUDGET = 4_000

type EarlierOutputs = Record<string, Record<string, { output: string }>>

export interface People {
  readonly notes: ReadonlyMap<string, readonly string[]>
  readonly edits: ReadonlyMap<string, readonly { readonly path: string; readonly diff: string }[]>
}

export interface ContextSubject {
  readonly definitions: Definitions
  readonly baselines: ReadonlyMap<string, Baseline>
  readonly spec: Json
  readonly contract: Json
  readonly requirements: string
  readonly options: Readonly<Record<string, string>>
  readonly maturity: number
  /** What people said of each deliverable and changed in its files, by id; absent where nobody has yet. */
  readonly people?: People
  /** What was made of baselines by agents, by id of the deliverable. */
  readonly accepted?: ReadonlyMap<string, Accepted>
  /** Deliverables that are left out, by id. */
  readonly ruledOut: Readonly<Record<string, unknown>>
}

export function contextOf(item: PlanItem, subject: ContextSubject): PromptContext {
  const { agent, deliverable } = item.placed
  const { workflow, agents } = subject.definitions.loaded
  const specialist = agents.get(agent.agent)
  const baseline = subject.baselines.get(deliverable.id)
  const earlier: EarlierOutputs = {}
  for (const { phase, agent: other } of agentsInOrder(workflow)) {
    const own = other.agent === agent.agent
    if (!own && !agent.uses.includes(other.agent)) continue
    const before = own
      ? other.deliverables.slice(
          0,
          other.deliverables.findIndex(({ id }) => id === deliverable.id),
        )
      : other.deliverables
    const outputs = before.map((entry) => outputOf(entry.id, entry.title, entry.maturity, subject))
    const phaseOutputs = earlier[phase.id] ?? {}
    phaseOutputs[other.agent] = { output: agentOutput(outputs, OUTPUT_BUDGET) }
    earlier[phase.id] = phaseOutputs
  }
  const fixed = {
    ...(agent.uses.includes('requirements') ? { requirements: subject.requirements } : {}),
    spec: subject.spec,
    contract: subject.contract,
    options: { ...subject.options },
    maturity: subject.maturity,
    agent: {
      name: specialist?.name ?? agent.agent,
      description: specialist?.description ?? '',
      instructions: specialist?.instructions ?? '',
    },
    deliverable: {
      id: deliverable.id,
      title: deliverable.title,
      maturity: deliverable.maturity,
      files: [...(baseline?.files ?? []), ...(baseline?.patched ?? [])].map(({ path, content }) => ({ path, content })),
      notes: [...(subject.people?.notes.get(deliverable.id) ?? []), ...noteOf(item)],
      edits: [...(subject.people?.edits.get(deliverable.id) ?? [])],
    },
    nonce: nonceOf(item.key),
  }
  return promptContextSchema.parse({ ...earlier, ...fixed })
}

/** Marks the tags of a reply; from the key, so that equal inputs give equal prompts. */
export const nonceOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 12)

const noteOf = (item: PlanItem): string[] => (item.kind === 'make' && item.note !== undefined ? [item.note] : [])

function outputOf(id: string, title: string, maturity: number, subject: ContextSubject): DeliverableOutput {
  const baseline = subject.baselines.get(id)
  const absent = subject.ruledOut[id] === undefined ? 'not built' : 'not applicable'
  const status = baseline ? 'done' : maturity > subject.maturity ? 'not at this maturity' : absent
  const { summary = '', decisions = [], files = [] } = subject.accepted?.get(id) ?? baseline ?? {}
  const said = [summary, ...decisions.map((decision) => `- ${decision}`)].join('\n').trim()
  return { id, title, status, summary: said, files }
}
