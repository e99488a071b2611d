// What `submit` takes: everything about the files that is not in them. The schema that a model sees is the same for all
// deliverables; what depends on this one is looked at afterwards, so that vendors can keep the list of tools.
import { z } from 'zod'

const LONGEST_SUMMARY = 1500
const SUMMARY_LINES = 10
const LONGEST_TEXT = 2000
const MOST_ENTRIES = 50

// Bounds are refinements: vendors' strict schemas do not know all of them, and they belong to the answer to a mistake anyway.
const text = z
  .string()
  .refine((value) => value.trim() !== '', 'expected some text')
  .refine((value) => value.length <= LONGEST_TEXT, `expected at most ${LONGEST_TEXT} characters`)
const list = <T extends z.ZodType>(entry: T) =>
  z.array(entry).refine((all) => all.length <= MOST_ENTRIES, `expected at most ${MOST_ENTRIES} entries`)
const entryPath = z
  .string()
  .refine(
    (value) => /^[a-z_]+(\.[A-Za-z0-9_-]+)+$/.test(value),
    'expected a dotted path into the contract, its section first',
  )
const jsonText = z
  .string()
  .refine((value) => value.length <= LONGEST_TEXT * 10 && isJson(value), 'expected JSON as text')

export const submissionSchema = z.strictObject({
  summary: z
    .string()
    .refine((value) => value.trim() !== '', 'expected some text')
    .refine((value) => value.length <= LONGEST_SUMMARY, `expected at most ${LONGEST_SUMMARY} characters`)
    .refine((value) => value.trim().split('\n').length <= SUMMARY_LINES, `expected at most ${SUMMARY_LINES} lines`),
  decisions: list(z.strictObject({ decision: text, reason: text, requirements: list(z.string()) })),
  assumptions: list(text),
  /** Ids of requirements that the deliverable now answers. */
  covers: list(z.string()),
  /** Proposed changes of contract entries; `value` is JSON. */
  contract: list(z.strictObject({ entry: entryPath, value: jsonText, reason: text })),
  /** Paths of the blocks that were sent: text beside tool calls does not always reach us. */
  files: z.array(z.string()),
  /** Files of the deliverable that are to be deleted. */
  remove: z.array(z.string()),
})
export type Submission = z.infer<typeof submissionSchema>

export interface Known {
  readonly requirementIds: readonly string[]
  /** Paths that this conversation may delete. */
  readonly removable: ReadonlySet<string>
  /** Paths of blocks that came. */
  readonly arrived: ReadonlySet<string>
}

/** What is wrong with a submission that has the right form, one line each. */
export function submissionIssues(submission: Submission, { requirementIds, removable, arrived }: Known): string[] {
  const known = requirementIds.length === 0 ? 'there are none' : `expected one of ${requirementIds.join(', ')}`
  const unknown = (where: string, ids: readonly string[]): string[] =>
    ids
      .filter((id) => !requirementIds.includes(id))
      .map((id) => `${where}: no requirement is called ${quoted(id)}; ${known}`)
  return [
    ...unknown('covers', submission.covers),
    ...submission.decisions.flatMap(({ requirements }, i) => unknown(`decisions.${i}.requirements`, requirements)),
    ...submission.files
      .filter((path) => !arrived.has(path))
      .map((path) => `files: no block for ${quoted(path)} has arrived; send it in a reply without tool calls`),
    ...submission.remove
      .filter((path) => !removable.has(path))
      .map((path) => `remove: ${quoted(path)} is no file of this deliverable`),
  ]
}

const quoted = (value: string): string => JSON.stringify(value.slice(0, 100))

function isJson(value: string): boolean {
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}
