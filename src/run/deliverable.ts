// One deliverable, as seven named lines: context (in the prompt), baseline, tailor, verify; then record, commit, merge.
import type { Baseline } from '../blueprint/compose.js'
import { renderPrompt } from '../prompt/render.js'
import { estimateTokens } from '../prompt/tokens.js'
import type { CheckResult, EmittedFile, Level } from '../types.js'
import { levelOf } from '../verify/levels.js'
import { type ContextSubject, contextOf } from './context.js'
import type { RunSubject } from './engine.js'
import type { PlanItem } from './plan.js'

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

/** Last three lines for what was prepared together, in workflow order. Nothing reaches the user's branch before it is recorded. */
export async function landDeliverables(prepared: readonly Prepared[], { engine }: RunSubject): Promise<Landed[]> {
  const landed: Landed[] = []
  for (const { item, prompt, accepted, results } of prepared) {
    const { id } = item.placed.deliverable
    const { level, failed, notRun } = levelOf(id, results, accepted)
    engine.emit({
      type: 'prompt',
      deliverable: id,
      sha256: await engine.record.putBlob(prompt),
      tokens: estimateTokens(prompt),
    })
    engine.emit({ type: 'check-end', deliverable: id, level, failed, notRun })
    landed.push({ item, accepted, level, status: failed.length > 0 ? 'failed' : 'done', results })
  }
  const commits = await engine.commit(landed.map(({ item, accepted, level }) => ({ item, files: accepted, level })))
  await engine.merge()
  for (const [at, { item, level, status }] of landed.entries()) {
    const deliverable = item.placed.deliverable.id
    engine.emit({ type: 'commit', deliverable, commit: commits[at] ?? '' })
    engine.emit({
      type: 'deliverable-end',
      deliverable,
      status,
      level,
      files: item.baseline.files.length,
      unchanged: false,
    })
  }
  return landed
}

/** An attempt that is on the user's branch. */
export interface Landed {
  readonly item: ToMake
  readonly accepted: readonly EmittedFile[]
  readonly level: Level | 'none'
  readonly status: 'done' | 'failed'
  readonly results: readonly CheckResult[]
}

/** The prompt as it would be sent; rendered and recorded offline too, so that what an agent would see can be read. */
export function promptOf(item: PlanItem, subject: ContextSubject): string {
  const compiled = subject.definitions.prompts.prompts.get(item.placed.agent.agent)
  if (compiled === undefined) throw new Error(`no prompt was loaded for ${item.placed.agent.agent}`)
  return renderPrompt(compiled, contextOf(item, subject))
}

/** No model is configured: the baseline is what is accepted. */
function tailor(baseline: Baseline): EmittedFile[] {
  return [...baseline.files, ...baseline.patched]
}
