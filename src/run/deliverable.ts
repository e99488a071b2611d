// One deliverable, as seven named lines: context (in the prompt), baseline, tailor, verify; then record, commit, merge.
import { type PromptPart, textOf } from '../prompt/parts.js'
import { renderParts } from '../prompt/render.js'
import { estimateTokens } from '../prompt/tokens.js'
import type { CheckResult, EmittedFile, Level } from '../types.js'
import { levelOf } from '../verify/levels.js'
import type { Accepted } from './accepted.js'
import { type ContextSubject, contextOf } from './context.js'
import type { RunSubject } from './engine.js'
import { filesOf, type PlanItem, type ToMake } from './plan.js'
import {
  assignmentOf,
  concluded,
  handsOf,
  keptTailoring,
  type Surroundings,
  type Tailored,
  tailoringOf,
} from './tailor.js'

/** An attempt that has been made and checked, but of which nothing is recorded yet. */
export interface Prepared {
  readonly item: ToMake
  readonly prompt: string
  readonly files: readonly EmittedFile[]
  readonly results: readonly CheckResult[]
  /** Where a model was asked, or had been. */
  readonly tailored?: Tailored
}

/** First four lines; safe side by side, because nothing outside is touched. Without `around` no model is asked. */
export async function prepareDeliverable(item: ToMake, subject: RunSubject, around?: Surroundings): Promise<Prepared> {
  const { engine } = subject
  engine.emit({
    type: 'deliverable-start',
    deliverable: item.placed.deliverable.id,
    attempt: item.attempt,
    reasons: item.reasons,
  })
  const parts = promptOf(item, subject)
  const tailored = around
    ? await tailor(item, parts, subject, around)
    : await keptTailoring(item, engine, engine.view().judge)
  const files = tailored?.files ?? filesOf(item.baseline)
  const results = await engine.check(files)
  return { item, prompt: textOf(parts), files, results, ...(tailored === undefined ? {} : { tailored }) }
}

/** Has an agent make the baseline fit; loaded only where a model is configured. */
async function tailor(item: ToMake, parts: PromptPart[], subject: RunSubject, around: Surroundings): Promise<Tailored> {
  const { converse } = await import('../agent/conversation.js')
  return concluded(item, await converse(assignmentOf(item, parts, subject, around), handsOf(item, subject, around)))
}

/** Last three lines for what was prepared together, in workflow order. Nothing reaches the user's branch before it is recorded. */
export async function landDeliverables(prepared: readonly Prepared[], { engine }: RunSubject): Promise<Landed[]> {
  const landed: Landed[] = []
  const stored = await Promise.all(prepared.map(({ prompt }) => engine.record.putBlob(prompt)))
  for (const [at, { item, prompt, files, results, tailored }] of prepared.entries()) {
    const { id } = item.placed.deliverable
    const { level, failed, notRun } = levelOf(id, results, files)
    engine.emit({
      type: 'prompt',
      deliverable: id,
      sha256: stored[at] ?? '',
      tokens: estimateTokens(prompt),
    })
    if (tailored !== undefined) engine.emit({ type: 'tailor-end', ...tailoringOf(item, tailored) })
    engine.emit({ type: 'check-end', deliverable: id, level, failed, notRun })
    const fell = failed.length > 0 || tailored?.outcome === 'failed'
    const { accepted } = tailored ?? {}
    landed.push({
      item,
      files,
      level,
      status: fell ? 'failed' : 'done',
      results,
      ...(accepted === undefined ? {} : { accepted }),
    })
  }
  // A model that works alone and brings nothing to pass leaves nothing to record.
  engine.commit(landed.filter(({ files }) => files.length > 0))
  await engine.merge()
  for (const { item, files, level, status } of landed) {
    const deliverable = item.placed.deliverable.id
    engine.emit({
      type: 'deliverable-end',
      deliverable,
      status,
      level,
      files: ownFiles(files, deliverable).length,
      unchanged: false,
    })
  }
  return landed
}

export const ownFiles = (files: readonly EmittedFile[], deliverable: string): EmittedFile[] =>
  files.filter((file) => file.deliverable === deliverable)

/** An attempt that is on its way to the generated branch and the user's. */
export interface Landed {
  readonly item: ToMake
  readonly files: readonly EmittedFile[]
  readonly level: Level | 'none'
  readonly status: 'done' | 'failed'
  readonly results: readonly CheckResult[]
  readonly accepted?: Accepted
}

/** The prompt as it would be sent; rendered and recorded offline too, so that what an agent would see can be read. */
export function promptOf(item: PlanItem, subject: ContextSubject): PromptPart[] {
  const compiled = subject.definitions.prompts.prompts.get(item.placed.agent.agent)
  if (compiled === undefined) throw new Error(`no prompt was loaded for ${item.placed.agent.agent}`)
  return renderParts(compiled, contextOf(item, subject))
}
