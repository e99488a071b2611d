// One run at a time per workspace. A lock whose owner is dead is taken over; a living owner is named with its age.
import { createHash, randomUUID } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { link, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
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
  /** No two locks are ever equal, so one that is read twice was not replaced in between. */
  id: z.string().optional(),
})
type Owner = z.infer<typeof ownerSchema>

export interface Lock {
  /** Gives the workspace free; calling it twice does no harm. */
  release(): Promise<void>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
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
    id: randomUUID(),
  }
  // Created under a name of its own and linked, so that nobody ever reads a lock that is half written.
  const draft = `${path}.${process.pid}-${drafts++}`
  await writeFile(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx' })
  try {
    if (!(await take(path, draft))) throw locked(path, await ownerOf(path), now())
  } finally {
    await rm(draft, { force: true })
  }
  await clearAway(folder)
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

/**
 * Puts a lock at `path`, where there is none or where its owner is dead. Two processes may see the same dead owner: only the
 * one that holds the claim to this very lock may replace it. The claim is a lock itself, named after what it replaces, so a
 * claimant that dies is followed in the same way.
 */
async function take(path: string, draft: string): Promise<boolean> {
  if (await linked(draft, path)) return true
  const found = await textOf(path)
  if (found === undefined || (await alive(parsed(found)))) return false
  const claim = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`
  if (!(await take(claim, draft))) return false
  try {
    // Another one may have had the claim, replaced the lock and given the claim back since the lock was read.
    if ((await textOf(path)) !== found) return false
    const fresh = `${draft}.fresh`
    await link(draft, fresh)
    await rename(fresh, path)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

/** What processes that were killed while they tried has no meaning for who holds the lock. */
async function clearAway(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('lock.'))
  for (const name of names) {
    const pid = /^lock\.(\d+)-/.exec(name)?.[1]
    const dead = pid === undefined ? !(await alive(await ownerOf(join(folder, name)))) : !running(Number(pid))
    if (dead) await rm(join(folder, name), { force: true })
  }
}

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

/** Undefined where the lock is gone or unreadable; it was linked whole, so unreadable means damaged, and its owner is not to be found. */
const ownerOf = async (path: string): Promise<Owner | undefined> => parsed((await textOf(path)) ?? '')

function parsed(text: string): Owner | undefined {
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
  if (!running(owner.pid)) return false
  const start = await startOf(owner.pid)
  return owner.start === null || start === null || start === owner.start
}

/** Somebody else's process may not be asked, and so is there. */
export function running(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
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
