// One text that a later run would otherwise work out again. It may be lost or damaged at any time; then it is as if it had never been.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface Memory {
  /** What was last kept, proven to be whole; undefined where there is nothing, or something else. */
  read(): Promise<string | undefined>
  /** Replaces it. Where nothing was recorded yet, or where it cannot be written, nothing is kept. */
  write(text: string): Promise<void>
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The memory of this name in the record folder of a workspace. */
export function openMemory(root: string, name: string): Memory {
  const file = join(root, '.mlops-agents', 'memory', name)
  return {
    async read() {
      const kept = await readFile(file, 'utf8').catch(() => '')
      const end = kept.indexOf('\n')
      const text = kept.slice(end + 1)
      return end > 0 && kept.slice(0, end) === hash(text) ? text : undefined
    },
    async write(text) {
      // The record folder keeps itself out of version control; a memory alone must not be the first thing in it.
      if (!existsSync(join(root, '.mlops-agents', '.gitignore'))) return
      try {
        const { default: writeFileAtomic } = await import('write-file-atomic')
        await mkdir(dirname(file), { recursive: true })
        // Not synced: after a power loss the hash says what of it is left.
        await writeFileAtomic(file, `${hash(text)}\n${text}`, { fsync: false })
      } catch {
        // A full disk is reported by what has to be written; this need not be.
      }
    },
  }
}
