// The official tools that are written in Go, compiled to one wasm module (validators/): asked in a worker thread, started by the first question.
import { existsSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { z } from 'zod'

export interface ValidatorRequest {
  readonly validator: string
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>
  readonly options?: unknown
}

const answerSchema = z.object({
  tool: z.string(),
  version: z.string(),
  problems: z
    .array(
      z.object({
        file: z.string(),
        line: z.number(),
        column: z.number(),
        message: z.string(),
        severity: z.enum(['error', 'warning', 'info']),
      }),
    )
    .nullable()
    .transform((problems) => problems ?? []),
  data: z.unknown().optional(),
  /** The tool could not do its work, which says nothing about the files. */
  error: z.string().optional(),
})
export type ValidatorAnswer = z.infer<typeof answerSchema>

const FOLDER = new URL('../../validators/', import.meta.url)

/** Whether the module ships with this installation. */
export const hasValidators = (): boolean => existsSync(new URL('validators.wasm.br', FOLDER))

interface Waiting {
  readonly resolve: (text: string) => void
  readonly reject: (reason: Error) => void
}

interface Host {
  readonly worker: Worker
  readonly waiting: Map<number, Waiting>
}

let host: Promise<Host> | undefined
let asked = 0
const answers = new Map<string, Promise<ValidatorAnswer>>()

/** The module's answer; equal questions are asked once. Rejects when the module cannot be started or dies. */
export function askValidator(request: ValidatorRequest): Promise<ValidatorAnswer> {
  const text = JSON.stringify(request)
  const before = answers.get(text) ?? ask(text)
  answers.set(text, before)
  return before
}

async function ask(text: string): Promise<ValidatorAnswer> {
  host ??= start()
  const { worker, waiting } = await host
  asked += 1
  const id = asked
  const answer = await new Promise<string>((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    // Nothing else may keep the program alive while it waits; nothing of the worker may afterwards.
    worker.ref()
    worker.postMessage({ id, text })
  })
  return answerSchema.parse(JSON.parse(answer))
}

async function start(): Promise<Host> {
  const { Worker } = await import('node:worker_threads')
  // WASI is called experimental at every start of a worker; nobody who reads our output can do anything about it.
  const worker = new Worker(new URL('worker.mjs', FOLDER), { execArgv: ['--no-warnings'] })
  const waiting = new Map<number, Waiting>()
  worker.on('message', ({ id, text }: { id: number; text: string }) => {
    waiting.get(id)?.resolve(text)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
  })
  const end = (reason: Error) => {
    host = undefined
    for (const one of waiting.values()) one.reject(reason)
    waiting.clear()
  }
  worker.on('error', end)
  worker.on('exit', (code) => end(new Error(`the validators' module ended with code ${code}`)))
  process.once('exit', () => worker.postMessage('end'))
  return { worker, waiting }
}
