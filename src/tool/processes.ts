// Ends a process with all that it started, also what left its group: on Linux by a mark in the environment, elsewhere by the group.
import { readdir, readFile } from 'node:fs/promises'

/** Variable that every process of a run inherits. */
export const MARK = 'MLOPS_AGENTS_RUN'

/** Asks the processes to end and, after `graceMs`, makes them. Resolves when that is done. */
export async function killTree(leader: number | undefined, mark: string, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    await signalAll(leader, mark, 'SIGTERM')
    const deadline = performance.now() + graceMs
    while (performance.now() < deadline && (groupAlive(leader) || (await marked(mark)).length > 0)) await sleep(50)
  }
  await signalAll(leader, mark, 'SIGKILL')
  // The kernel needs a moment, on a busy machine a long one; whoever waits for us may rely on them being gone.
  const gone = performance.now() + DYING_MS
  while (performance.now() < gone && (await marked(mark)).length > 0) await sleep(10)
}

/** A process that is stuck in the kernel longer than this is left to it. */
const DYING_MS = 2000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function signalAll(leader: number | undefined, mark: string, signal: NodeJS.Signals): Promise<void> {
  if (leader !== undefined) send(-leader, signal)
  for (const pid of await marked(mark)) send(pid, signal)
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    // Already gone, or not ours: either way there is nothing to end.
    return false
  }
}

const groupAlive = (leader: number | undefined) => leader !== undefined && send(-leader, 0)

/** Processes whose environment carries the mark; none on systems without /proc. */
async function marked(mark: string): Promise<number[]> {
  const needles = [`\0${MARK}=${mark}\0`, `\0${MARK}=${mark}/`]
  const names = await readdir('/proc').catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        const environ = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '')
        return needles.some((needle) => `\0${environ}\0`.includes(needle)) ? Number(name) : 0
      }),
  )
  return found.filter((pid) => pid > 0 && pid !== process.pid)
}
