// One deliverable, as seven named lines: context (in the prompt), baseline, tailor, verify; then record, commit, merge.
import type { Baseline } from '../blueprint/compose.js'
import { renderPrompt } from '../prompt/render.js'
import { estimateTokens } from '../prompt/tokens.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { levelOf } from '../verify/levels.js'
import { contextOf } from './context.js'
import type { DeliverableSummary } from './events.js'
import type { PlanItem } from './plan.js'
import type { RunSubject } from './run.js'

type ToMake = Extract<PlanItem, { kind: 'make' }>

/** An attempt that has been made and checked, but of which nothing is recorded yet. */
export interface Prepared {
  readonly item: ToMake
  readonly prompt: string
  readonly accepted: readonly EmittedFile[]
  readonly results: readonly CheckResult[]
}

/** First four lines; safe side by side, because nothing outside is touched. */
export async function prepareDeliverable(item: ToMake, subject: RunSubject): Promise<Prepared> {
  const { engine } = subject
  engine.emit({
    type: 'deliverable-start',
    deliverable: item.placed.deliverable.id,
    attempt: item.attempt,
    reasons: item.reasons,
  })
  const prompt = promptOf(item, subject)
  const { baseline } = item
  const accepted = tailor(baseline)
  const results = await engine.check(accepted)
  return { item, prompt, accepted, results }
}

/** Last three lines; one deliverable after the other, in workflow order. Nothing reaches the user's branch before it is recorded. */
export async function landDeliverable(
  { item, prompt, accepted, results }: Prepared,
  { engine }: RunSubject,
): Promise<DeliverableSummary> {
  const { id } = item.placed.deliverable
  const { level, failed, notRun } = levelOf(id, results, accepted)
  const sha256 = await engine.record.putBlob(prompt)
  engine.emit({ type: 'prompt', deliverable: id, sha256, tokens: estimateTokens(prompt) })
  engine.emit({ type: 'check-end', deliverable: id, level, failed, notRun })
  const commit = await engine.commit({ item, files: accepted, level })
  engine.emit({ type: 'commit', deliverable: id, commit })
  await engine.merge()
  const summary = { status: failed.length > 0 ? 'failed' : 'done', level, files: item.baseline.files.length } as const
  engine.emit({ type: 'deliverable-end', deliverable: id, ...summary, unchanged: false })
  return { id, ...summary }
}

/** The prompt as it would be sent; rendered and recorded offline too, so that what an agent would see can be read. */
export function promptOf(
  item: PlanItem,
  subject: Pick<
    RunSubject,
    'definitions' | 'baselines' | 'spec' | 'contract' | 'requirements' | 'options' | 'maturity'
  >,
): string {
  const compiled = subject.definitions.prompts.prompts.get(item.placed.agent.agent)
  if (compiled === undefined) throw new Error(`no prompt was loaded for ${item.placed.agent.agent}`)
  return renderPrompt(compiled, contextOf(item, subject))
}

/** No model is configured: the baseline is what is accepted. */
function tailor(baseline: Baseline): EmittedFile[] {
  return [...baseline.files, ...baseline.patched]
}
