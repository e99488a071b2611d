// Asks the official validators, which are one WebAssembly module in a worker thread, started when the first file needs it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import v8 from 'node:v8'
import type { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { startThread } from './thread.js'

/** Names of validators/go; what each one reads from `options` is said there. */
export type ValidatorName =
  | 'actionlint'
  | 'alertmanager/config'
  | 'dockerfile'
  | 'hcl'
  | 'helm/lint'
  | 'helm/template'
  | 'kustomize'
  | 'prometheus/expressions'
  | 'prometheus/rules'
  | 'prometheus/tests'
  | 'shell'
  | 'versions'

export interface ValidatorRequest {
  readonly validator: ValidatorName
  /** Contents by path. */
  readonly files: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, unknown>>
}

const problemSchema = z.strictObject({
  file: z.string(),
  /** 0 where the tool names none. */
  line: z.number(),
  column: z.number(),
  message: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  tool: z.string(),
  version: z.string(),
})
const answerSchema = z.strictObject({
  tool: z.string(),
  version: z.string(),
  problems: z.array(problemSchema),
  data: z.unknown().optional(),
  error: z.string().optional(),
})
const messageSchema = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ id: z.number(), answer: z.unknown(), memoryBytes: z.number() }),
])

export type ValidatorProblem = z.infer<typeof problemSchema>

export interface ValidatorAnswer {
  readonly tool: string
  readonly version: string
  readonly problems: readonly ValidatorProblem[]
  readonly data: unknown
  /** Why there is no verdict: the tool crashed, took too long, or was asked for something that is not there. */
  readonly error?: string
}

export interface ValidatorLimits {
  readonly wallSeconds: number
  /** Go collects its garbage harder near it; a worker that ends a request at more than twice of it is replaced. */
  readonly memoryMebibytes: number
}

const LIMITS: ValidatorLimits = { wallSeconds: 60, memoryMebibytes: 192 }
const WORKER = new URL('../../validators/go/worker.mjs', import.meta.url)

interface Pending {
  readonly request: ValidatorRequest
  readonly limits: ValidatorLimits
  readonly resolve: (answer: ValidatorAnswer) => void
}

interface Running {
  readonly worker: Worker
  readonly folder: string
  /** Resolves when the module is there, or the worker at its end. */
  readonly loaded: Promise<void>
  ready: boolean
  /** Questions that were handed over, the one at work first. */
  readonly asked: Asked[]
}

interface Asked {
  readonly id: number
  readonly pending: Pending
  timer?: NodeJS.Timeout
}

/** One that is at work and one that lies ready, so that the worker need not wait until this thread has time for it. */
const HANDED_OVER = 2

const queue: Pending[] = []
let running: Running | undefined
let lastId = 0

/** One request after the other; never rejects. A start or a check over its time is an answer with an error. */
export function askValidator(
  request: ValidatorRequest,
  limits: Partial<ValidatorLimits> = {},
): Promise<ValidatorAnswer> {
  return new Promise((resolve) => {
    queue.push({ request, limits: { ...LIMITS, ...limits }, resolve })
    next()
  })
}

/** For whoever knows that there will be questions: the module is loaded, and prepares itself, while other work is done. */
export function startValidators(): void {
  running ??= start(LIMITS, true)
}

/** Ends the worker; the next question starts another. */
export async function stopValidators(): Promise<void> {
  const own = running
  if (own === undefined) return
  if (!own.ready) {
    // Ended while it loads, Node would warn of the file that it was reading.
    own.worker.ref()
    await own.loaded
  }
  drop(own, 'the validators were stopped')
  await own.worker.terminate()
}

function next(): void {
  const pending = queue[0]
  if (pending === undefined) {
    if (running?.asked.length === 0) running.worker.unref()
    return
  }
  running ??= start(pending.limits)
  const own = running
  if (own.asked.length >= HANDED_OVER) return
  queue.shift()
  lastId += 1
  own.asked.push({ id: lastId, pending })
  // Only a question that waits for its answer keeps the process alive.
  own.worker.ref()
  const { files, ...head } = pending.request
  own.worker.postMessage({ id: lastId, head, files })
  if (own.ready) limit(own)
  next()
}

/** The clock starts when the module is loaded and the question before is answered: a slow machine must not turn loading into a verdict. */
function limit(own: Running): void {
  const [current] = own.asked
  if (current === undefined || current.timer !== undefined) return
  const { wallSeconds } = current.pending.limits
  current.timer = setTimeout(() => {
    const reason = `timed out: ${current.pending.request.validator} took more than ${wallSeconds} s`
    drop(own, reason)
    void own.worker.terminate()
  }, wallSeconds * 1000)
}

function start(limits: ValidatorLimits, ahead = false): Running {
  // Of the module's functions only a part is ever called: each is looked at when it is.
  v8.setFlagsFromString('--wasm-lazy-validation')
  v8.setFlagsFromString('--expose-gc')
  const folder = mkdtempSync(join(tmpdir(), 'mlops-agents-validators-'))
  const worker = startThread(WORKER, {
    workerData: { folder, memoryMebibytes: limits.memoryMebibytes, ahead },
    stdout: true,
    stderr: true,
  })
  const loaded = new Promise<void>((resolve) => {
    worker.once('message', () => resolve())
    worker.once('exit', () => resolve())
  })
  const own: Running = { worker, folder, loaded, ready: false, asked: [] }
  process.once('exit', () => remove(folder))
  // What a crashing module writes is the reason that a person needs.
  let said = ''
  worker.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(0, 500)
  })
  worker.on('message', (message: unknown) => receive(own, messageSchema.parse(message)))
  worker.on('error', (error) => drop(own, `the validators ended: ${error.message}`))
  worker.on('exit', (code) =>
    drop(own, `the validators ended with code ${code}${said === '' ? '' : `: ${said.trim()}`}`),
  )
  return own
}

function receive(own: Running, message: z.infer<typeof messageSchema>): void {
  if ('ready' in message) {
    own.ready = true
    limit(own)
    return
  }
  const [current] = own.asked
  if (current?.id !== message.id) return
  clearTimeout(current.timer)
  own.asked.shift()
  limit(own)
  current.pending.resolve(answerOf(message.answer, current.pending.request))
  // WebAssembly memory never shrinks.
  if (message.memoryBytes > 2 * current.pending.limits.memoryMebibytes * 2 ** 20) {
    drop(own, '')
    void own.worker.terminate()
  }
  next()
}

/** An answer of another shape than ours means that module and product do not belong together: no verdict either. */
function answerOf(answer: unknown, request: ValidatorRequest): ValidatorAnswer {
  const parsed = answerSchema.safeParse(answer)
  if (!parsed.success) return noVerdict(request, `the answer has an unexpected shape: ${parsed.error.message}`)
  const { error, data, ...rest } = parsed.data
  return { ...rest, data, ...(error === undefined ? {} : { error }) }
}

const noVerdict = (request: ValidatorRequest, error: string): ValidatorAnswer => ({
  tool: request.validator,
  version: '',
  problems: [],
  data: undefined,
  error,
})

/** Forgets a worker that is of no more use and answers the question that it leaves open; what it had not begun is for the next one. */
function drop(own: Running, reason: string): void {
  if (running !== own) return
  running = undefined
  remove(own.folder)
  const [current, ...ahead] = own.asked.splice(0)
  queue.unshift(...ahead.map(({ pending }) => pending))
  clearTimeout(current?.timer)
  current?.pending.resolve(noVerdict(current.pending.request, reason))
  next()
}

const remove = (folder: string) => rmSync(folder, { recursive: true, force: true })
