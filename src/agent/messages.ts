// What each message to a model is made of. The sentences lie in prompts/tools; their paths are checked against these shapes.
import { z } from 'zod'
import type { CheckResult } from '../types.js'
import type { Problem } from './reply.js'

/** Most lines of one list in a message; what is more is counted. */
const MOST_LINES = 40
const LONGEST_REASON = 600

const count = z.number().int()
const paths = z.array(z.string())
const more = { more: count }
const failures = {
  failures: z.array(z.strictObject({ check: z.string(), tool: z.string(), where: z.string(), reason: z.string() })),
  ...more,
}
const problems = { problems: z.array(z.strictObject({ path: z.string(), reason: z.string() })), ...more }

/** By name of the template, `prompts/tools/<name>.hbs`. */
export const MESSAGES = {
  /** Results of the reading tools. */
  listed: z.strictObject({ files: z.array(z.strictObject({ path: z.string(), lines: count })), ...more }),
  read: z.strictObject({
    mark: z.string(),
    files: z.array(z.strictObject({ path: z.string(), from: count, to: count, of: count, text: z.string() })),
    missing: paths,
    left: paths,
  }),
  found: z.strictObject({
    hits: z.array(z.strictObject({ path: z.string(), line: count, text: z.string() })),
    files: count,
    ...more,
  }),
  /** Result of `check`. */
  checked: z.strictObject({ files: count, ...failures }),
  /** A call that could not be answered. */
  'call-refused': z.strictObject({ tool: z.string(), issues: z.array(z.string()), tools: paths }),
  'calls-used-up': z.strictObject({ tool: z.string() }),
  /** What `submit` gives back where it was not accepted. */
  'submission-issues': z.strictObject({ issues: z.array(z.string()) }),
  'submission-blocks': z.strictObject(problems),
  failures: z.strictObject({ round: count, rounds: count, ...failures }),
  'submit-once': z.strictObject({}),
  /** After a reply. */
  problems: z.strictObject({ taken: paths, ...problems }),
  truncated: z.strictObject({ whole: paths, lost: z.string() }),
  taken: z.strictObject({ taken: paths }),
  reminder: z.strictObject({ written: paths }),
  empty: z.strictObject({}),
  again: z.strictObject({}),
  'go-on': z.strictObject({}),
  'few-turns': z.strictObject({ left: count }),
} satisfies Record<string, z.ZodObject>

export type MessageName = keyof typeof MESSAGES

/** Renders one message. */
export type Say = <Name extends MessageName>(name: Name, data: z.infer<(typeof MESSAGES)[Name]>) => string

type Rows<Row> = { readonly rows: Row[]; readonly more: number }
const cut = <Row>(all: readonly Row[]): Rows<Row> => ({
  rows: all.slice(0, MOST_LINES),
  more: Math.max(0, all.length - MOST_LINES),
})
const shortened = (text: string): string => (text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)} …` : text)

/** Failures as a message lists them, in an order that does not depend on which check was done first. */
export function failuresShown(results: readonly CheckResult[]): z.infer<z.ZodObject<typeof failures>> {
  const { rows, more } = cut([...results].sort(byPlace))
  return {
    failures: rows.map(({ check, tool, file = '', line, reason }) => ({
      check,
      tool,
      where: line === undefined ? file : `${file}:${line}`,
      reason: shortened(reason),
    })),
    more,
  }
}

/** Problems of blocks as a message lists them. */
export function problemsShown(all: readonly Problem[]): z.infer<z.ZodObject<typeof problems>> {
  const { rows, more } = cut(all)
  return { problems: rows.map(({ path, reason }) => ({ path: shortened(path), reason: shortened(reason) })), more }
}

function byPlace(a: CheckResult, b: CheckResult): number {
  const by = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0)
  return (
    by(a.file ?? '', b.file ?? '') || (a.line ?? 0) - (b.line ?? 0) || by(a.check, b.check) || by(a.reason, b.reason)
  )
}
