// Reads run logs back. A torn last line is what a crash leaves and is dropped; any other damage is named, never skipped.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DefinitionError } from '../errors.js'

/** Raised when the meaning of a field changes; older logs stay readable. */
export const SCHEMA_VERSION = 1

const envelope = z.looseObject({ schema: z.number().int().positive(), at: z.iso.datetime(), type: z.string().min(1) })

/** An event with what the record added to it. */
type Recorded<Event> = Event & { readonly schema: number; readonly at: string }

export interface Run<Event> {
  readonly number: number
  readonly file: string
  readonly events: readonly Recorded<Event>[]
  /** The process died while it wrote the last event; that event is not among `events`. */
  readonly torn: boolean
}

/** Checks one event; `z.looseObject({ type: z.string() })` where only the envelope matters. */
export interface EventSchema<Event> {
  safeParse(value: unknown): { success: true; data: Event } | { success: false; error: z.ZodError }
}

/** Every run of a workspace, oldest first; empty where nothing was recorded. */
export async function readRuns<Event>(root: string, schema: EventSchema<Event>): Promise<Run<Event>[]> {
  const folder = join(root, '.mlops-agents', 'runs')
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const numbers = names.flatMap((name) => name.match(/^(\d+)\.jsonl$/)?.[1] ?? []).map(Number)
  return Promise.all(numbers.sort((a, b) => a - b).map((number) => readRun(folder, number, schema)))
}

/** How the newest run ended, as its last line says; undefined where nothing was recorded here, `cut off` where the run did not come to its end. */
export async function lastStatus(root: string): Promise<string | undefined> {
  const folder = join(root, '.mlops-agents', 'runs')
  const names = await readdir(folder).catch(() => [])
  const newest = Math.max(0, ...names.flatMap((name) => name.match(/^(\d+)\.jsonl$/)?.[1] ?? []).map(Number))
  if (newest === 0) return undefined
  const [last = '', torn] = (await readFile(join(folder, `${newest}.jsonl`), 'utf8')).split('\n').slice(-2)
  return (torn === '' ? /"type":"run-end","status":"(\w+)"/.exec(last)?.[1] : undefined) ?? 'cut off'
}

async function readRun<Event>(folder: string, number: number, schema: EventSchema<Event>): Promise<Run<Event>> {
  const file = join(folder, `${number}.jsonl`)
  const lines = splitLines(await readFile(file))
  const rest = lines.pop()
  const events = lines.map((line, index) => readLine(line, { file, line: index + 1 }, schema))
  // Written in one piece with its newline: without the newline it was cut off, whatever it still looks like.
  return { number, file, events, torn: rest !== undefined && rest.length > 0 }
}

/** Split as bytes: a torn line may end inside a character. */
function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  lines.push(bytes.subarray(start))
  return lines
}

function readLine<Event>(
  line: Buffer,
  where: { file: string; line: number },
  schema: EventSchema<Event>,
): Recorded<Event> {
  const damaged = (what: string) =>
    new DefinitionError(
      `this line of the run record is damaged (${what}); restore the file from a copy, or move it away to give up what it recorded`,
      where,
    )
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : 'unreadable')
  }
  const head = envelope.safeParse(value)
  if (!head.success) throw damaged(first(head.error))
  if (head.data.schema > SCHEMA_VERSION)
    throw new DefinitionError(
      `the record has schema version ${head.data.schema}, this version of mlops-agents reads up to ${SCHEMA_VERSION}; use the newer version that wrote it`,
      where,
    )
  const { schema: version, at, ...event } = head.data
  const parsed = schema.safeParse(event)
  if (!parsed.success) throw damaged(first(parsed.error))
  return { ...parsed.data, schema: version, at }
}

const first = ({ issues: [issue] }: z.ZodError): string =>
  issue === undefined ? 'it is not an event' : `${issue.path.join('.') || 'event'}: ${issue.message}`
