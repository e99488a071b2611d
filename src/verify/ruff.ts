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

interface Thread {
  readonly worker: Worker
  readonly waiting: Map<number, Waiting>
}

/** Ruff has both processors where it has many texts: it is asked when the validators have ended. */
const THREADS = 2
/** Fewer texts than this are judged before a second thread has started. */
const MANY = 100

const threads: (Thread | undefined)[] = []
let lastId = 0

/** @throws Error where Ruff refuses the settings or crashes */
export async function askRuff({ settings, texts }: RuffQuestion): Promise<RuffAnswers> {
  const shares = texts.length < MANY ? 1 : THREADS
  // Every second one: long texts lie side by side.
  const parts = Array.from({ length: shares }, (_, share) => texts.filter((_text, at) => at % shares === share))
  const said = await Promise.all(parts.map((part, share) => askThread(share, { settings, texts: part })))
  const answers = texts.flatMap((_, at) => said[at % shares]?.answers[Math.floor(at / shares)] ?? [])
  return { version: said[0]?.version ?? '', answers }
}

function askThread(share: number, question: RuffQuestion): Promise<RuffAnswers> {
  return new Promise((resolve, reject) => {
    const thread = threads[share] ?? start(share)
    threads[share] = thread
    lastId += 1
    thread.waiting.set(lastId, { resolve, reject })
    // Only a question that waits for its answer keeps the process alive.
    thread.worker.ref()
    thread.worker.postMessage({ id: lastId, ...question })
  })
}

function start(share: number): Thread {
  const worker = startThread(WORKER)
  const thread: Thread = { worker, waiting: new Map() }
  const { waiting } = thread
  const end = (reason: string): void => {
    // A worker that fails says so twice, and the next one may be at work by then.
    if (threads[share] === thread) threads[share] = undefined
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
  return thread
}
