// A file of answers that a person keeps: from it a run can be made again without a model. One JSON object a line; the first says
// what the file is.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { DefinitionError, UsageError } from '../errors.js'
import type { Json } from '../types.js'
import { DISK, putFile } from './durable.js'

const VERSION = 1

const headSchema = z.strictObject({ recording: z.literal(VERSION), models: z.record(z.string(), z.string()) })
const entrySchema = z.strictObject({
  deliverable: z.string(),
  /** Counts from 1 within the deliverable. */
  turn: z.number().int().positive(),
  /** Id of the request. */
  request: z.string(),
  /** Hash of each part of the request that a person would recognise, by name: to say which of them changed. */
  parts: z.record(z.string(), z.string()),
  answer: z.json(),
})

export interface RecordedAnswer extends z.infer<typeof entrySchema> {
  readonly answer: Json
}

export interface Recording {
  /** The model that was asked by each agent, by agent id. */
  readonly models: Readonly<Record<string, string>>
  readonly answers: readonly RecordedAnswer[]
}

/** Written whole or not at all. */
export function writeRecording(file: string, { models, answers }: Recording): Promise<void> {
  const lines = [{ recording: VERSION, models }, ...answers].map((line) => `${JSON.stringify(line)}\n`)
  return putFile(DISK, file, lines.join(''))
}

/** @throws UsageError where there is no such file, DefinitionError with the line where it is no recording */
export async function readRecording(file: string): Promise<Recording> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read (${error.code ?? error.message}); name a file that --record wrote`)
  })
  const [first = '', ...rest] = text.split('\n')
  const { models } = read(headSchema, first, file, 1)
  const answers = rest.flatMap((line, at) => (line === '' ? [] : [read(entrySchema, line, file, at + 2)]))
  return { models, answers: answers as RecordedAnswer[] }
}

function read<T>(schema: z.ZodType<T>, line: string, file: string, number: number): T {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new DefinitionError('expected a JSON object; this is no file that --record wrote, or it was cut off', {
      file,
      line: number,
    })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new DefinitionError(`${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'not as --record writes it'}`, {
    file,
    line: number,
  })
}
