// Types of pipeline-commands.mjs for the tests.
import type { Planned, Problem } from './documented-commands.mjs'

export interface PipelineTask {
  readonly dag: string
  readonly task: string
  readonly file: string
  readonly words: readonly string[]
  readonly pod: boolean
}
export const WHOLE_RUN: { readonly dag: string; readonly case: string }
export function pipelineCommands(
  tasks: readonly PipelineTask[],
  scripts: ReadonlySet<string>,
): { readonly plan: Planned[]; readonly problems: Problem[] }
