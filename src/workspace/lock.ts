// One run at a time per workspace. A lock whose owner is dead is taken over; a living owner is named with its age.
import { unlinkSync } from 'node:fs'
import { link, mkdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { LockedError } from '../errors.js'

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** When the process started, in the kernel's own clock ticks: tells a dead owner from another process with its number. */
  start: z.string().nullable(),
  at: z.iso.datetime(),
})
type Owner = z.infer<typeof ownerSchema>

export interface Lock {
  /** Gives the workspace free; calling it twice does no harm. */
  release(): Promise<void>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Taking over lasts milliseconds; a takeover that is older than this died in the middle. */
const TAKEOVER_MS = 5000

/** Locks the workspace or throws a LockedError; `now` is the time in milliseconds. */
export async function lockWorkspace(root: string, now: () => number = Date.now): Promise<Lock> {
  const folder = join(root, '.mlops-agents')
  const path = join(folder, 'lock')
  await mkdir(folder, { recursive: true })
  const mine: Owner = {
    pid: process.pid,
    host: hostname(),
    start: await startOf(process.pid),
    at: new Date(now()).toISOString(),
  }
  // Created under a name of its own and linked, so that nobody ever reads a lock that is half written.
  const draft = `${path}.${process.pid}.${drafts++}`
  await writeFile(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx' })
  try {
    if (!(await linked(draft, path)) && !(await takeOver(path, draft, now)))
      throw locked(path, await ownerOf(path), now())
  } finally {
    await rm(draft, { force: true })
  }
  return hold(path)
}

let drafts = 0

const linked = (draft: string, path: string) =>
  link(draft, path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )

/** Only one process at a time may look at a dead owner's lock and replace it, or two would both think that they did. */
async function takeOver(path: string, draft: string, now: () => number): Promise<boolean> {
  if (await alive(await ownerOf(path))) return false
  const guard = `${path}.takeover`
  const guardAge = await readFile(guard, 'utf8').then(
    (text) => now() - Number(text),
    () => undefined,
  )
  if (guardAge !== undefined && guardAge > TAKEOVER_MS) await rm(guard, { force: true })
  // Linked whole like the lock itself: one that is read before its time is written would look as old as the clock.
  const mark = `${draft}.takeover`
  await writeFile(mark, String(now()))
  const entered = await linked(mark, guard).finally(() => rm(mark, { force: true }))
  if (!entered) return false
  try {
    if (await alive(await ownerOf(path))) return false
    await rm(path, { force: true })
    return await linked(draft, path)
  } finally {
    await rm(guard, { force: true })
  }
}

/** Undefined where the lock is gone or unreadable; it was linked whole, so unreadable means damaged, and its owner is not to be found. */
async function ownerOf(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    return ownerSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function alive(owner: Owner | undefined): Promise<boolean> {
  if (owner === undefined) return false
  // Nothing can be said about a process on another machine that shares this folder.
  if (owner.host !== hostname()) return true
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  const start = await startOf(owner.pid)
  return owner.start === null || start === null || start === owner.start
}

/** Field 22 of /proc/<pid>/stat (proc(5)); null on systems without it. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function locked(path: string, owner: Owner | undefined, now: number): LockedError {
  if (owner === undefined)
    return new LockedError('another run has just taken this workspace; try again when it is done')
  const seconds = Math.max(0, Math.round((now - Date.parse(owner.at)) / 1000))
  const age = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
  const elsewhere = owner.host === hostname() ? '' : ` If nothing runs on ${owner.host} any more, remove ${path}.`
  return new LockedError(
    `another run has held this workspace for ${age} (process ${owner.pid} on ${owner.host}); wait for it or stop it.${elsewhere}`,
  )
}

/** Also gives the lock free when the process ends; a signal that only this file listens to still ends the process. */
function hold(path: string): Lock {
  let held = true
  const drop = () => {
    if (!held) return
    held = false
    try {
      unlinkSync(path)
    } catch {
      // Somebody removed the lock by hand: it is free, which is all that is wanted.
    }
  }
  const onSignal = (signal: NodeJS.Signals) => {
    // Whoever else listens decides when the run ends; the lock is theirs until then.
    if (process.listenerCount(signal) > 1) return
    drop()
    forget()
    process.kill(process.pid, signal)
  }
  const forget = () => {
    process.off('exit', drop)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  process.on('exit', drop)
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    async release() {
      forget()
      if (!held) return
      held = false
      await unlink(path).catch(() => {})
    },
  }
}
