// The tools of a conversation. They see generated files and what the conversation has written, as texts in memory: there is no
// disk behind them, so that nothing else can be asked for.
import { z } from 'zod'
import type { ToolDescription } from '../provider/turn.js'
import type { CheckResult, Json } from '../types.js'
import { failuresShown, type Say } from './messages.js'
import { submissionSchema } from './submission.js'

/** Bounds of one answer. */
const MOST_LISTED = 1000
const MOST_HITS = 100
const LONGEST_LINE = 200
const MOST_READ = 40_000
const MOST_NAMED = 50

const SCHEMAS = {
  list_files: z.strictObject({ folder: z.string().nullable() }),
  read_files: z.strictObject({ paths: z.array(z.string()), from_line: z.number().nullable() }),
  search_files: z.strictObject({ text: z.string(), folder: z.string().nullable() }),
  check: z.strictObject({}),
  submit: submissionSchema,
}
export type ToolName = keyof typeof SCHEMAS
export const TOOL_NAMES = Object.keys(SCHEMAS) as ToolName[]

/** The same list for every conversation; `descriptions` come from prompts/tools/<tool>.md. */
export function describeTools(descriptions: Readonly<Record<ToolName, string>>): ToolDescription[] {
  return TOOL_NAMES.map((name) => {
    const { $schema: _, ...schema } = z.toJSONSchema(SCHEMAS[name]) as Record<string, Json>
    return { name, description: descriptions[name], schema }
  })
}

export type Call = { readonly [Name in ToolName]: { readonly tool: Name; readonly given: Given<Name> } }[ToolName]
type Given<Name extends ToolName> = z.infer<(typeof SCHEMAS)[Name]>

/** A call with its input parsed, or what is wrong with it; an absent value that may be null is null. */
export function readCall(
  name: string,
  input: string,
): { readonly call: Call } | { readonly issues: readonly string[] } {
  const tool = TOOL_NAMES.find((known) => known === name)
  if (tool === undefined) return { issues: ['there is no tool of this name'] }
  let value: unknown
  try {
    value = input.trim() === '' ? {} : JSON.parse(input)
  } catch (error) {
    return {
      issues: [`the input is not JSON: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300)],
    }
  }
  const { shape } = SCHEMAS[tool]
  const absent = Object.entries<z.ZodType>(shape).filter(([, field]) => field.safeParse(null).success)
  const filled = isRecord(value) ? { ...Object.fromEntries(absent.map(([key]) => [key, null])), ...value } : value
  const parsed = SCHEMAS[tool].safeParse(filled)
  if (parsed.success) return { call: { tool, given: parsed.data } as Call }
  const issues = parsed.error.issues.map(({ path, message }) =>
    shortened(`${path.join('.') || 'input'}: ${message}`, LONGEST_LINE),
  )
  return { issues: issues.slice(0, 20) }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the tools look at. */
export interface Desk {
  /** Every file that can be read, as it stands now, by path. */
  readonly files: () => ReadonlyMap<string, string>
  readonly mark: string
  readonly say: Say
  /** Failures of what was written so far, and how many files that is. */
  readonly check: () => Promise<{ readonly files: number; readonly failures: readonly CheckResult[] }>
}

/** Answers every tool but `submit`, which ends a conversation and is answered there. */
export async function answerCall(call: Exclude<Call, { tool: 'submit' }>, desk: Desk): Promise<string> {
  switch (call.tool) {
    case 'list_files':
      return listFiles(call.given, desk)
    case 'read_files':
      return readFiles(call.given, desk)
    case 'search_files':
      return searchFiles(call.given, desk)
    case 'check': {
      const { files, failures } = await desk.check()
      return desk.say('checked', { files, ...failuresShown(failures) })
    }
  }
}

function listFiles({ folder }: Given<'list_files'>, { say, ...desk }: Desk): string {
  const files = desk.files()
  const all = pathsBelow(files, folder)
  const listed = all.slice(0, MOST_LISTED).map((path) => ({ path, lines: linesOf(files.get(path) ?? '').length }))
  return say('listed', { files: listed, more: all.length - listed.length })
}

function readFiles({ paths, from_line }: Given<'read_files'>, { mark, say, ...desk }: Desk): string {
  const files = desk.files()
  const shown: Parameters<typeof say<'read'>>[1]['files'] = []
  const left: string[] = []
  const wanted = [...new Set(paths)].slice(0, MOST_LISTED)
  let room = MOST_READ
  for (const path of wanted) {
    const lines = linesOf(files.get(path) ?? '')
    if (!files.has(path)) continue
    const from = Math.max(1, Math.min(Math.floor(from_line ?? 1), lines.length))
    let to = from - 1
    // A line that is longer than the whole answer may be is cut, so that reading always gets on.
    for (; to < lines.length; to++) {
      const size = Math.min(lines[to]?.length ?? 0, MOST_READ / 2)
      if (size > room) break
      room -= size
    }
    if (to < from && lines.length >= from) left.push(path)
    else {
      const text = lines.slice(from - 1, to).map((line) => shortened(line, MOST_READ / 2))
      shown.push({ path, from, to, of: lines.length, text: ended(text.join('')) })
    }
  }
  const missing = wanted.filter((path) => !files.has(path)).map((path) => shortened(path, LONGEST_LINE))
  return say('read', { mark, files: shown, missing: missing.slice(0, MOST_NAMED), left: left.slice(0, MOST_NAMED) })
}

function searchFiles({ text, folder }: Given<'search_files'>, { say, ...desk }: Desk): string {
  const files = desk.files()
  const hits: { path: string; line: number; text: string }[] = []
  let more = 0
  const holding = new Set<string>()
  for (const path of text === '' ? [] : pathsBelow(files, folder)) {
    const content = files.get(path) ?? ''
    if (!content.includes(text)) continue
    for (const [i, line] of linesOf(content).entries()) {
      if (!line.includes(text)) continue
      holding.add(path)
      if (hits.length < MOST_HITS) hits.push({ path, line: i + 1, text: shortened(line.trim(), LONGEST_LINE) })
      else more++
    }
  }
  return say('found', { hits, files: holding.size, more })
}

function pathsBelow(files: ReadonlyMap<string, string>, folder: string | null): string[] {
  const start = folder === null ? '' : folder.replace(/^\.?\/+|^\.$/, '').replace(/\/*$/, '')
  return [...files.keys()].filter((path) => start === '' || path === start || path.startsWith(`${start}/`)).sort()
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  const lines: string[] = []
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end + 1
    lines.push(text.slice(from, to))
    from = to
  }
  return lines
}
const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
const shortened = (line: string, most: number): string => (line.length > most ? `${line.slice(0, most)} …` : line)
