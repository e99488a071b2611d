// The local record of runs in `.mlops-agents/`: an append-only log per run and blobs by content. Statuses are folds over it.
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { putBlob } from './blobs.js'
import { DISK, type Disk, makeFolder, putFile, recordFolder, syncFolder } from './durable.js'
import { SCHEMA_VERSION } from './runs.js'

/** What every event has; the rest belongs to whoever writes it. */
interface RecordedEvent {
  readonly type: string
}

export interface RunRecord {
  /** Number of the run; 0 until its first event is written, so that a run with nothing to say leaves no trace. */
  readonly number: number
  /**
   * Writes the event at the end of the run's log and syncs it to disk, in the order of the calls. A failure is also
   * kept for `flush`, so a caller that need not wait for each event cannot lose one unnoticed.
   */
  append<Event extends RecordedEvent>(event: Event): Promise<void>
  /** Resolves when everything is on disk; throws the first failure of any append. */
  flush(): Promise<void>
  /** Stores a text by its content and returns its sha256. */
  putBlob(text: string): Promise<string>
  /** Flushes and closes the log. */
  close(): Promise<void>
}

export interface RecordOptions {
  /** Time in milliseconds for `at`. */
  readonly clock: () => number
  /** Replaced in tests. */
  readonly disk?: Disk
}

/** Opens the record of a workspace for one run; writes nothing yet. */
export function openRecord(root: string, { clock, disk = DISK }: RecordOptions): RunRecord {
  const folder = recordFolder(root)
  let log: { readonly handle: FileHandle; readonly number: number } | undefined
  let length = 0
  let pending: { readonly line: string; readonly done: (error?: unknown) => void }[] = []
  let draining: Promise<void> | undefined
  let failure: unknown
  let broken = false

  const writeBatch = async (bytes: Buffer): Promise<void> => {
    if (broken)
      throw new Error('the log of this run could not be repaired after a failed write; nothing more is added to it')
    log ??= await createLog(disk, folder)
    try {
      await log.handle.appendFile(bytes)
      await log.handle.datasync()
      length += bytes.length
    } catch (error) {
      // Half a line in the middle of a log would damage it; cut it off, or write no more.
      await log.handle.truncate(length).catch(() => {
        broken = true
      })
      throw error
    }
  }

  /** Events that came while the disk was busy go together: one sync for all of them. */
  const drain = async (): Promise<void> => {
    while (pending.length > 0) {
      const batch = pending
      pending = []
      const error = await writeBatch(Buffer.from(batch.map(({ line }) => line).join(''))).then(
        () => undefined,
        (reason: unknown) => reason ?? new Error('the log could not be written'),
      )
      failure ??= error
      for (const { done } of batch) done(error)
    }
    draining = undefined
  }

  const flush = async (): Promise<void> => {
    await draining
    if (failure !== undefined) throw failure
  }
  return {
    get number() {
      return log?.number ?? 0
    },
    append(event) {
      const line = `${JSON.stringify({ schema: SCHEMA_VERSION, at: new Date(clock()).toISOString(), ...event })}\n`
      const written = new Promise<void>((resolve, reject) => {
        pending.push({ line, done: (error) => (error === undefined ? resolve() : reject(error)) })
      })
      // A caller that does not wait hears of it in flush; without this the process would end on an unhandled rejection.
      written.catch(() => {})
      draining ??= drain()
      return written
    },
    flush,
    putBlob: (text) => putBlob(disk, folder, text),
    async close() {
      try {
        await flush()
      } finally {
        await log?.handle.close()
      }
    },
  }
}

/** The next number that no other run has; the folder is synced, so that the name survives a power loss too. */
async function createLog(disk: Disk, record: string): Promise<{ handle: FileHandle; number: number }> {
  const folder = join(record, 'runs')
  await makeFolder(disk, folder)
  // The record is local; this keeps it out of a person's commit even before the design's own .gitignore has landed.
  await putFile(disk, join(record, '.gitignore'), '*\n')
  const numbers = (await disk.readdir(folder)).map((name) => Number(name.match(/^(\d+)\.jsonl$/)?.[1] ?? 0))
  for (let number = Math.max(0, ...numbers) + 1; ; number++) {
    try {
      const handle = await disk.open(join(folder, `${number}.jsonl`), 'ax')
      await syncFolder(disk, folder)
      return { handle, number }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}
