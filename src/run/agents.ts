// What a run with models works with: a model for each agent, whose every turn is recorded, and the platform as the agents change it.
import { MESSAGES } from '../agent/messages.js'
import { describeTools, TOOL_NAMES, type ToolName } from '../agent/tools.js'
import { loadToolTexts, type ToolTexts } from '../prompt/tools.js'
import type { Model } from '../provider/turn.js'
import type { Spendings } from './cost.js'
import type { Agents } from './engine.js'
import type { Asker, Ledger } from './ledger.js'

export interface AgentParts {
  /** Folder of the prompts; what models read beside them lies in its `tools`. */
  readonly texts: ToolTexts<ToolName, typeof MESSAGES>
  readonly names: ReadonlyMap<string, string>
  /** The model that an agent asks for one deliverable. */
  readonly model: (asker: Asker) => Model
  readonly maxTokens: number
  readonly guard: Agents['guard']
  readonly spent: () => Spendings
}

export const loadAgentTexts = (promptsDirectory: string): Promise<AgentParts['texts']> =>
  loadToolTexts(`${promptsDirectory}/tools`, TOOL_NAMES, MESSAGES)

export function openAgents(parts: AgentParts, ledger: Ledger): Agents {
  const { texts, names, maxTokens, guard, spent } = parts
  return {
    names,
    model: (agent, deliverable) => ledger.of(parts.model({ agent, deliverable }), { agent, deliverable }),
    tools: describeTools(texts.descriptions),
    say: texts.say,
    maxTokens,
    guard,
    spent,
  }
}
