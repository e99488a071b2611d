// Where a run waits for a person, and what is said there: asked for with --pause, by the workflow, or by the run that this one goes on with.
import { short } from '../run/decide.js'
import type { Gates, Waits } from '../run/gate.js'
import { gatesOf, phaseNamed } from '../run/reviews.js'
import type { RunResult } from '../run/run.js'
import type { WorkspaceState } from '../run/workspace.js'
import type { Workflow } from '../workflow/schema.js'
import { where } from './summary.js'

/** The phases of `--pause`. @throws UsageError for a name that is none */
export function readPauses(value: unknown, workflow: Workflow): string[] {
  const names = Array.isArray(value) ? value.map(String) : []
  return [...new Set(names.map((name) => phaseNamed(name, workflow).id))]
}

/** All gates of a run, and those of them that runs which go on with it have to be told of. */
export async function openGates(
  workflow: Workflow,
  state: WorkspaceState,
  asked: readonly string[],
  decide: Gates['decide'],
): Promise<{ readonly gates: Gates; readonly pause: readonly string[] }> {
  const phases = new Set([...(await gatesOf(workflow, state)), ...asked])
  const pause = workflow.phases.filter(({ id, gate }) => phases.has(id) && !gate).map(({ id }) => id)
  return { gates: { phases, unfinished: state.unfinished, ...(decide === undefined ? {} : { decide }) }, pause }
}

/** What a run that waits ends with. */
export function waitingText(waits: Waits, { results, deliverables }: RunResult, workspace: string): string {
  const { phase, title, tree, files } = waits
  const failed = results.filter(({ status }) => status === 'fail')
  const later = deliverables.filter(({ status }) => status === 'pending' || status === 'stale').length
  const at = `--workspace ${workspace}`
  return [
    '',
    `  ${phase} (${title}) waits for your decision: ${files} files, tree ${short(tree)}`,
    ...(later === 0 ? [] : [`  ${later} deliverables come after it; the platform as a whole is checked at the end`]),
    ...(failed.length === 0 ? [] : [`  ${failed.length} checks failed`]),
    ...failed.slice(0, 20).map((check) => `    ${where(check)}${check.check}: ${check.reason}`),
    '',
    `  Look     mlops-agents review ${phase} ${at}`,
    `  Approve  mlops-agents approve ${phase} --tree ${short(tree)} ${at}`,
    `  Go on    mlops-agents resume ${at}`,
    '',
  ].join('\n')
}
