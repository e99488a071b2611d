// What is being done to the user's files at this moment, on disk before it begins: so that a run that is killed can be finished or taken back.
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { WorkspaceError } from '../errors.js'

const applyingSchema = z.strictObject({
  /** Absent where the branch had no commit yet. */
  from: z.string().exactOptional(),
  to: z.string(),
  branch: z.string(),
  pid: z.number().int(),
})
/** Index and files go from one commit to another, then the branch follows. */
export type Applying = z.infer<typeof applyingSchema>

/** The calls that the journal makes; replaced in tests by a disk that loses its power. */
export type JournalDisk = Pick<typeof fs, 'mkdir' | 'open' | 'rename' | 'unlink'>

const pathOf = (root: string): string => join(root, '.mlops-agents', 'applying.json')

/** Resolves when it is on disk. */
export const writeJournal = (root: string, applying: Applying, disk: JournalDisk = fs): Promise<void> =>
  writeDurably(root, pathOf(root), `${JSON.stringify(applying)}\n`, disk)

/** Writes a file of the record whole or not at all, and resolves when neither it nor the folders above can be lost. */
export async function writeDurably(root: string, path: string, text: string, disk: JournalDisk = fs): Promise<void> {
  await disk.mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.draft`
  const handle = await disk.open(draft, 'w')
  try {
    await handle.writeFile(text)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await disk.rename(draft, path)
  // Both folders: the record's own may be new, too.
  for (const folder of [dirname(path), root]) {
    const named = await disk.open(folder, 'r')
    await named.sync().finally(() => named.close())
  }
}

/** Not synced: one that comes back after a loss of power is found to be finished. */
export async function removeJournal(root: string, disk: JournalDisk = fs): Promise<void> {
  await disk.unlink(pathOf(root))
}

/** What a run that was killed was doing; undefined where none was. */
export async function readJournal(root: string): Promise<Applying | undefined> {
  const path = pathOf(root)
  const text = await fs.readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return applyingSchema.parse(JSON.parse(text))
  } catch {
    throw new WorkspaceError(
      `${path} is damaged: it says which files a killed run was changing, and is written whole or not at all. ` +
        'Look at git status, commit or take back what it shows, remove the file, and run the command again.',
    )
  }
}
