// From L2 on the generated project's own code runs on this machine. Where agents have written some of it, that takes a person's word.
import { DecisionNeeded } from '../errors.js'
import type { WorkspaceState } from '../run/workspace.js'
import type { Config } from './config.js'
import { visible } from './escape.js'

export interface ToBeRun {
  readonly level: 'none' | 'L1' | 'L2' | 'L3'
  readonly state: Pick<WorkspaceState, 'latest' | 'root'>
  /** Agents are about to write. */
  readonly agents: boolean
  /** The person's word was given as a flag. */
  readonly allowed: boolean
  /** A person is there, and can be asked. */
  readonly asks: boolean
}

/** @throws DecisionNeeded where code of a model would run and nobody has said that it may */
export async function allowRun({ level, state, agents, allowed, asks }: ToBeRun, config: Config): Promise<void> {
  if (level === 'none' || level === 'L1' || allowed) return
  const tailored = [...state.latest].filter(([, attempt]) => attempt.tailored !== undefined).map(([id]) => id)
  if (!agents && tailored.length === 0) return
  const whose =
    tailored.length === 0 ? 'agents are to write some of it' : `agents have written some of it (${tailored.join(', ')})`
  const what = visible(
    `${level} runs the project's own code on this machine, with all that you may do here, and ${whose}`,
  )
  if (asks && config.interactive) {
    const { confirm } = await import('@clack/prompts')
    if ((await confirm({ message: `${what}. Run it?`, initialValue: false })) === true) return
  }
  throw new DecisionNeeded(
    `${what}; look at it (mlops-agents review), then allow it with --allow-run, or stay at L1, which runs none of it`,
  )
}
