// Runs an external program within limits. It ends with everything that it started, and being over a limit is never a pass.
import { type ChildProcess, spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { allowed, type Environment } from './environment.js'
import { killTree, MARK } from './processes.js'

export interface ToolRun {
  /** A name on PATH or an absolute path. */
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The user's environment; only the allowed part of it is passed on. */
  readonly env: Environment
  /** Set as they are, on top of the allowed part. */
  readonly variables?: Readonly<Record<string, string>>
  readonly wallSeconds: number
  /** Over all processes that it starts, user and system time; needs `sh`, and is rounded up to whole seconds. */
  readonly cpuSeconds?: number
  readonly input?: string
  readonly signal?: AbortSignal
  /** Sees output as it comes. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void
  /** What is kept of each stream; the rest is dropped and `truncated` is set. */
  readonly outputBytes?: number
}

interface Output {
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}

/** How a run ended. Only `exited` with code 0 is a success. */
export type ToolOutcome =
  | ({
      readonly kind: 'exited'
      readonly code: number
      readonly cpuSeconds?: number
      readonly wallSeconds: number
    } & Output)
  | ({ readonly kind: 'killed'; readonly by: string } & Output)
  | ({ readonly kind: 'timed out'; readonly limit: 'wall' | 'cpu'; readonly seconds: number } & Output)
  | ({ readonly kind: 'interrupted' } & Output)
  | { readonly kind: 'missing'; readonly program: string }

const OUTPUT_BYTES = 16 * 1024 * 1024
/** After SIGTERM a program may tidy up for this long. */
const GRACE_MS = 2000
/** A background process may have kept our pipes open; after the main one is gone they are closed. */
const DRAIN_MS = 500

// The shell sets the limit for each single process and reports the time of all of them on descriptor 3;
// a soft limit alone gives SIGXCPU, which can be told from other kills. `exec` is not possible: the report comes after.
const LIMITED = 'ulimit -S -t "$1" 2>/dev/null; shift; "$@" 3>&-; code=$?; times >&3; exit $code'

/** Runs a program to its end or to the first limit; resolves always, throws never. */
export async function runTool(request: ToolRun): Promise<ToolOutcome> {
  const { program, args, cwd, cpuSeconds, signal } = request
  if (signal?.aborted) return { kind: 'interrupted', stdout: '', stderr: '', truncated: false }
  // A run inside a run carries both marks, so that ending the outer one ends the inner one's processes too.
  const outer = request.env[MARK]
  const mark = `${outer === undefined ? '' : `${outer}/`}${process.pid}-${Math.round(performance.timeOrigin)}-${runs++}`
  const env = allowed(request.env, { ...request.variables, [MARK]: mark })
  if (cpuSeconds !== undefined && !(await startable(program, cwd, env))) return { kind: 'missing', program }
  const began = performance.now()
  const child =
    cpuSeconds === undefined
      ? spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
      : spawn('sh', ['-c', LIMITED, 'sh', String(Math.ceil(cpuSeconds)), program, ...args], {
          cwd,
          env,
          detached: true,
          stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
        })
  return watch(child, request, { mark, began })
}

let runs = 0

interface Watched {
  readonly mark: string
  readonly began: number
}

function watch(child: ChildProcess, request: ToolRun, { mark, began }: Watched): Promise<ToolOutcome> {
  const { program, wallSeconds, cpuSeconds, input, signal, onOutput, outputBytes = OUTPUT_BYTES } = request
  const stdout = keep(child, 'stdout', outputBytes, onOutput)
  const stderr = keep(child, 'stderr', outputBytes, onOutput)
  let times = ''
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    times += chunk.toString()
  })
  // A program that does not read its input closes the pipe; that is its right.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input ?? '')

  return new Promise((resolve) => {
    let ending: 'wall' | 'interrupted' | undefined
    let code: number | null = null
    let by: string | null = null
    let drained: NodeJS.Timeout | undefined
    let swept: Promise<void> | undefined
    const output = (): Output => ({
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.cut() || stderr.cut(),
    })
    const end = (why: 'wall' | 'interrupted') => {
      ending ??= why
      void killTree(child.pid, mark, GRACE_MS)
    }
    const onAbort = () => end('interrupted')
    const timer = setTimeout(() => end('wall'), wallSeconds * 1000)
    signal?.addEventListener('abort', onAbort, { once: true })
    const forget = () => {
      clearTimeout(timer)
      clearTimeout(drained)
      signal?.removeEventListener('abort', onAbort)
    }

    child.on('error', () => {
      forget()
      resolve({ kind: 'missing', program })
    })
    child.on('exit', (exitCode, exitSignal) => {
      code = exitCode
      by = exitSignal
      // Whatever it left behind in the background ends with it.
      swept = killTree(child.pid, mark, 0)
      drained = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy()
      }, DRAIN_MS)
    })
    child.on('close', async () => {
      forget()
      await swept
      const used = readTimes(times)
      const limit = cpuSeconds === undefined ? undefined : { cpuSeconds, used }
      resolve(judge({ ending, code, by, wallSeconds, limit, wall: (performance.now() - began) / 1000 }, output()))
    })
  })
}

interface End {
  readonly ending: 'wall' | 'interrupted' | undefined
  readonly code: number | null
  readonly by: string | null
  readonly wallSeconds: number
  readonly limit: { readonly cpuSeconds: number; readonly used: number | undefined } | undefined
  readonly wall: number
}

/** Numbers of signals as a shell adds 128 to them; source: signal(7). */
const SIGXCPU = 24
const SHELL_SIGNALS: Readonly<Record<number, string>> = {
  6: 'SIGABRT',
  7: 'SIGBUS',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
}

function judge({ ending, code, by, wallSeconds, limit, wall }: End, output: Output): ToolOutcome {
  if (ending === 'interrupted') return { kind: 'interrupted', ...output }
  if (ending === 'wall') return { kind: 'timed out', limit: 'wall', seconds: wallSeconds, ...output }
  const overCpu = limit !== undefined && ((limit.used ?? 0) > limit.cpuSeconds || code === 128 + SIGXCPU)
  if (limit !== undefined && (overCpu || by === 'SIGXCPU'))
    return { kind: 'timed out', limit: 'cpu', seconds: limit.cpuSeconds, ...output }
  const killed = by ?? (limit === undefined || code === null ? undefined : SHELL_SIGNALS[code - 128])
  if (killed !== undefined || code === null) return { kind: 'killed', by: killed ?? 'an unknown signal', ...output }
  return {
    kind: 'exited',
    code,
    wallSeconds: wall,
    ...(limit?.used === undefined ? {} : { cpuSeconds: limit.used }),
    ...output,
  }
}

/** Second line of the shell's `times`: user and system time of all children that ended, as `0m1.20s 0m0.10s`. */
function readTimes(text: string): number | undefined {
  const children = text.trim().split('\n')[1]
  if (children === undefined) return undefined
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )
}

function keep(child: ChildProcess, name: 'stdout' | 'stderr', limit: number, onOutput: ToolRun['onOutput']) {
  const chunks: Buffer[] = []
  const decoder = new StringDecoder('utf8')
  let size = 0
  child[name]?.on('data', (chunk: Buffer) => {
    onOutput?.(decoder.write(chunk), name)
    if (size < limit) chunks.push(chunk.subarray(0, limit - size))
    size += chunk.length
  })
  return { text: () => Buffer.concat(chunks).toString(), cut: () => size > limit }
}

/** The shell would only give 127 for a program that is not there, which a program may give too. */
async function startable(program: string, cwd: string, env: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = spawn('sh', ['-c', 'command -v -- "$1" >/dev/null', 'sh', program], { cwd, env, stdio: 'ignore' })
    probe.on('error', () => resolve(false))
    probe.on('close', (code) => resolve(code === 0))
  })
}
