// Asks Ruff, which is a WebAssembly module in a thread of its own, started when the first Python file is met.
import type { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { startThread } from './thread.js'

const answersSchema = z.strictObject({
  id: z.number(),
  version: z.string(),
  answers: z.array(
    z.strictObject({
      diagnostics: z.array(
        z.looseObject({
          code: z.string().nullable(),
          message: z.string(),
          start_location: z.object({ row: z.number(), column: z.number() }),
        }),
      ),
      formatted: z.string().exactOptional(),
    }),
  ),
})
const messageSchema = z.union([answersSchema, z.strictObject({ id: z.number(), error: z.string() })])
const numbered = z.looseObject({ id: z.number() })

/** `answers` in the order of the texts; `formatted` is absent where it was not asked for, or the text does not parse. */
export type RuffAnswers = Omit<z.infer<typeof answersSchema>, 'id'>

export interface RuffQuestion {
  /** Options of Ruff, as [tool.ruff] has them. */
  readonly settings: readonly object[]
  readonly texts: readonly RuffText[]
}

export interface RuffText {
  readonly content: string
  /** Which of the settings hold for it. */
  readonly settings: number
  readonly format: boolean
}

const WORKER = new URL('../../validators/ruff/worker.mjs', import.meta.url)

interface Waiting {
  readonly resolve: (answers: RuffAnswers) => void
  readonly reject: (error: Error) => void
}

const waiting = new Map<number, Waiting>()
let running: Worker | undefined
let lastId = 0

/** @throws Error where Ruff refuses the settings or crashes */
export function askRuff(question: RuffQuestion): Promise<RuffAnswers> {
  return new Promise((resolve, reject) => {
    running ??= start()
    lastId += 1
    waiting.set(lastId, { resolve, reject })
    // Only a question that waits for its answer keeps the process alive.
    running.ref()
    running.postMessage({ id: lastId, ...question })
  })
}

function start(): Worker {
  const worker = startThread(WORKER)
  // A worker that fails says so twice, and the next one may be at work by then.
  const end = (reason: string): void => {
    if (running !== worker) return
    running = undefined
    for (const { reject } of waiting.values()) reject(new Error(reason))
    waiting.clear()
  }
  worker.on('message', (message: unknown) => {
    const { id } = numbered.parse(message)
    const asked = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    const said = messageSchema.safeParse(message)
    if (!said.success) asked?.reject(new Error(`the answer of ruff has an unexpected shape: ${said.error.message}`))
    else if ('error' in said.data) asked?.reject(new Error(said.data.error))
    else asked?.resolve(said.data)
  })
  worker.on('error', (error) => end(`ruff ended: ${error.message}`))
  worker.on('exit', (code) => end(`ruff ended with code ${code}`))
  return worker
}
