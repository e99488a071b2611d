// What a run with models may cost, worked out from the prompts before anything is sent.

import { type Estimate, estimateRun, type Planned } from '../provider/estimate.js'
import type { Prices } from '../provider/prices.js'
import type { ToolDescription } from '../provider/turn.js'
import type { ContextSubject } from '../run/context.js'
import { promptOf } from '../run/deliverable.js'
import { filesOf, type PlanItem } from '../run/plan.js'

export interface Estimating {
  /** The model of each agent, by agent id. */
  readonly names: ReadonlyMap<string, string>
  readonly tools: readonly ToolDescription[]
  readonly prices: Prices
}

export function estimateOf(
  items: readonly PlanItem[],
  subject: ContextSubject,
  { names, tools, prices }: Estimating,
): Estimate {
  const described = Buffer.byteLength(JSON.stringify(tools))
  const planned = items.flatMap((item): Planned[] => {
    const model = names.get(item.placed.agent.agent)
    if (item.kind !== 'make' || model === undefined) return []
    const parts = promptOf(item, subject).map(({ text }) => Buffer.byteLength(text))
    const bytes = described + parts.reduce((a, b) => a + b, 0)
    const files = filesOf(item.baseline).map(({ content }) => Buffer.byteLength(content))
    return [{ model, bytes, sharedBytes: bytes - (parts.at(-1) ?? 0), replyBytes: files.reduce((a, b) => a + b, 0) }]
  })
  return estimateRun(planned, prices)
}
