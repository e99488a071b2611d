// What a generated project writes down about its own tests and demonstration, and what of it counts.
import { z } from 'zod'
import type { CheckResult, Level } from '../types.js'

const evidenceSchema = z.strictObject({
  version: z.literal(1),
  level: z.enum(['L2', 'L3']),
  checks: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        /** Id of the deliverable that the check speaks for. */
        deliverable: z.string().min(1),
        status: z.enum(['pass', 'fail', 'skip']),
        /** One line, e.g. what was measured against what. */
        detail: z.string().default(''),
      }),
    )
    .min(1),
  /** Share of the source's lines that the tests ran, 0 to 1. */
  coverage: z.number().min(0).max(1).optional(),
  /** Processor time of the tests and everything that they started, for whoever holds a bound. */
  cpu_seconds: z.number().min(0).optional(),
  /** Tool -> version that ran. */
  tools: z.record(z.string(), z.string()).default({}),
})
export type Evidence = z.infer<typeof evidenceSchema>

/** Evidence, or why the text is none. */
export function parseEvidence(text: string, level: Level): Evidence | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'it is not JSON'
  }
  const parsed = evidenceSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'not of the expected shape'}`
  }
  return parsed.data.level === level ? parsed.data : `it is of level ${parsed.data.level}, expected ${level}`
}

/**
 * One result per check, and one for each deliverable that no check speaks for: silence is "not run", never a pass.
 * A check that was skipped counts as failed, or a project could skip its way up.
 */
export function evidenceResults(evidence: Evidence, deliverables: readonly string[]): CheckResult[] {
  const [tool = 'the generated project', version = ''] = Object.entries(evidence.tools)[0] ?? []
  const base = { level: evidence.level, tool, version } as const
  const spoken = evidence.checks.map((check): CheckResult => {
    const known = deliverables.includes(check.deliverable)
    const reason =
      check.status === 'skip'
        ? `skipped, which counts as failed${check.detail === '' ? '' : `: ${check.detail}`}`
        : check.detail
    const status = check.status === 'pass' && known ? 'pass' : 'fail'
    return {
      ...base,
      check: check.name,
      status,
      deliverable: check.deliverable,
      reason: known ? reason : `it speaks for ${check.deliverable}, which is no deliverable here`,
    }
  })
  const silent = deliverables.filter((id) => !evidence.checks.some((check) => check.deliverable === id))
  return [
    ...spoken,
    ...silent.map(
      (id): CheckResult => ({
        ...base,
        version: '',
        check: `${evidence.level}/evidence`,
        status: 'not run',
        deliverable: id,
        reason: `no check of this level speaks for ${id}`,
      }),
    ),
  ]
}
