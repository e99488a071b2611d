// What a person sees of a phase before deciding on it: what was chosen and why, what was assumed, what to look at first, what was checked. Pure.
import { z } from 'zod'
import { LEVELS } from '../types.js'
import { decisionSchema } from './decision.js'
import type { SensitiveKind } from './rules.js'
import { findSensitive } from './sensitive.js'

const fileSchema = z.strictObject({
  path: z.string(),
  how: z.enum(['added', 'changed', 'removed']),
  added: z.number().int(),
  removed: z.number().int(),
  patch: z.string(),
})

const lineSchema = z.strictObject({
  file: z.string(),
  line: z.number().int(),
  how: z.enum(['added', 'removed']),
  text: z.string(),
})

/** The document of `review --json`. */
export const reviewDocumentSchema = z.strictObject({
  workspace: z.string(),
  phase: z.string(),
  title: z.string(),
  /** Id of the tree with exactly the files of the phase; what an approval is about. */
  tree: z.string(),
  /** Runs wait after this phase until it is approved. */
  gate: z.boolean(),
  decision: decisionSchema.nullable(),
  deliverables: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      attempt: z.number().int(),
      files: z.number().int(),
      /** null where nothing was checked. */
      level: z.enum([...LEVELS, 'none']).nullable(),
      summary: z.string(),
      decisions: z.array(z.string()),
      /** Which inputs changed since it was made. */
      stale: z.array(z.string()),
    }),
  ),
  /** Those that the phase reads. */
  assumptions: z.array(z.string()),
  other_assumptions: z.number().int(),
  sensitive: z.array(z.strictObject({ id: z.string(), title: z.string(), lines: z.array(lineSchema) })),
  failed: z.array(z.string()),
  /** What was not checked, with the reason. */
  not_run: z.array(z.string()),
  /** The tree that was approved last, from which the difference goes; null where all of the phase is shown. */
  since: z.string().nullable(),
  files: z.array(fileSchema),
})
export type ReviewDocument = z.infer<typeof reviewDocumentSchema>

export interface PageSubject
  extends Pick<
    ReviewDocument,
    'workspace' | 'phase' | 'title' | 'tree' | 'gate' | 'decision' | 'since' | 'files' | 'failed' | 'not_run'
  > {
  readonly deliverables: readonly (Omit<ReviewDocument['deliverables'][number], 'decisions' | 'stale'> & {
    readonly decisions: readonly string[]
    readonly stale: readonly string[]
    /** Dotted paths of what its files and prompt depend on. */
    readonly reads: readonly string[]
  })[]
  readonly assumptions: readonly string[]
  readonly kinds: readonly SensitiveKind[]
}

export function reviewDocument(subject: PageSubject): ReviewDocument {
  const { workspace, phase, title, tree, gate, decision, since, files, deliverables, failed, not_run, kinds } = subject
  const reads = deliverables.flatMap((one) => one.reads)
  const own = subject.assumptions.filter((text) => isAbout(text, reads))
  return {
    workspace,
    phase,
    title,
    tree,
    gate,
    decision,
    deliverables: deliverables.map(({ reads: _, decisions, stale, ...rest }) => ({
      ...rest,
      decisions: [...decisions],
      stale: [...stale],
    })),
    assumptions: own,
    other_assumptions: subject.assumptions.length - own.length,
    sensitive: findSensitive(files, kinds).map(({ lines, ...kind }) => ({ ...kind, lines: [...lines] })),
    failed,
    not_run,
    since,
    files,
  }
}

/** A sentence such as `data.history_months: 24 (…)` is about what reads that field, a part of it, or what it is a part of; others concern everybody. */
function isAbout(sentence: string, reads: readonly string[]): boolean {
  const path = /^([a-z_]+(?:\.[a-z_]+)+): /.exec(sentence)?.[1]
  if (path === undefined) return true
  const full = path.startsWith('options.') ? path : `spec.${path}`
  return reads.some((read) => full === read || full.startsWith(`${read}.`) || read.startsWith(`${full}.`))
}
