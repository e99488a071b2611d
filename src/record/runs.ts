// Reads run logs back. A torn last line is what a crash leaves and is dropped; any other damage is named with its place, and what
// comes before it is kept.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DefinitionError } from '../errors.js'
import { recordFolder } from './durable.js'

/** Raised when a field changes its meaning or a reader needs a new one; older logs stay readable. 2: `run-start` carries an intent. 3: turns with models. 4: a turn's end holds the answer. */
export const SCHEMA_VERSION = 4

const envelope = z.looseObject({ schema: z.number().int().positive(), at: z.iso.datetime(), type: z.string().min(1) })

/** An event with what the record added to it. */
type Recorded<Event> = Event & { readonly schema: number; readonly at: string }

export interface Run<Event> {
  readonly number: number
  readonly file: string
  /** Up to the end, or to the damage. */
  readonly events: readonly Recorded<Event>[]
  /** The process died while it wrote the last event; that event is not among `events`. */
  readonly torn: boolean
  /** What cannot be read, with file, line and byte. */
  readonly damage?: string
}

/** Checks one event; `z.looseObject({ type: z.string() })` where only the envelope matters. */
export interface EventSchema<Event> {
  safeParse(value: unknown): { success: true; data: Event } | { success: false; error: z.ZodError }
}

/** Every run of a workspace, oldest first; empty where nothing was recorded. @throws DefinitionError where a newer version wrote one */
export async function readRuns<Event>(root: string, schema: EventSchema<Event>): Promise<Run<Event>[]> {
  const folder = join(recordFolder(root), 'runs')
  return Promise.all((await numbersOf(folder)).map((number) => readRun(folder, number, schema)))
}

async function numbersOf(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const numbers = names.flatMap((name) => name.match(/^(\d+)\.jsonl$/)?.[1] ?? []).map(Number)
  return numbers.sort((a, b) => a - b)
}

export interface LastRun {
  readonly file: string
  /** As its last line says; `cut off` where the run did not come to its end, `empty` where it died before its first event. */
  readonly status: string
}

/** How the newest run ended; undefined where nothing was recorded here. Reads no more than that. @throws DefinitionError where a newer version wrote it */
export async function lastRun(root: string): Promise<LastRun | undefined> {
  const folder = join(recordFolder(root), 'runs')
  const newest = (await numbersOf(folder)).at(-1)
  if (newest === undefined) return undefined
  const file = join(folder, `${newest}.jsonl`)
  const lines = (await readFile(file, 'utf8')).split('\n')
  const [last = '', torn] = lines.slice(-2)
  refuseNewer(Number(/^\{"schema":(\d+)/.exec(last)?.[1] ?? 0), { file, line: lines.length - 1 })
  if (lines.length === 1) return { file, status: 'empty' }
  return { file, status: (torn === '' ? /"type":"run-end","status":"(\w+)"/.exec(last)?.[1] : undefined) ?? 'cut off' }
}

async function readRun<Event>(folder: string, number: number, schema: EventSchema<Event>): Promise<Run<Event>> {
  const file = join(folder, `${number}.jsonl`)
  const lines = splitLines(await readFile(file))
  const rest = lines.pop()
  const events: Recorded<Event>[] = []
  let byte = 0
  for (const [index, line] of lines.entries()) {
    const where = { file, line: index + 1 }
    const read = readLine(line, where, schema)
    // What comes after the damage may have lost what it refers to.
    if ('damage' in read)
      return { number, file, events, torn: false, damage: `${file}:${where.line} (byte ${byte}): ${read.damage}` }
    events.push(read.event)
    byte += line.length + 1
  }
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
): { event: Recorded<Event> } | { damage: string } {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
  } catch (error) {
    return { damage: error instanceof Error ? error.message : 'unreadable' }
  }
  const head = envelope.safeParse(value)
  if (!head.success) return { damage: first(head.error) }
  refuseNewer(head.data.schema, where)
  const { schema: version, at, ...event } = head.data
  const parsed = schema.safeParse(event)
  return parsed.success ? { event: { ...parsed.data, schema: version, at } } : { damage: first(parsed.error) }
}

/** What a newer version means by its fields is not known, so nothing may be concluded from them. */
function refuseNewer(version: number, where: { file: string; line: number }): void {
  if (version > SCHEMA_VERSION)
    throw new DefinitionError(
      `the record has schema version ${version}, this version of mlops-agents reads up to ${SCHEMA_VERSION}; use the newer version that wrote it`,
      where,
    )
}

const first = ({ issues: [issue] }: z.ZodError): string =>
  issue === undefined ? 'it is not an event' : `${issue.path.join('.') || 'event'}: ${issue.message}`
