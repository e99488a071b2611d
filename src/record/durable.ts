// Writes that outlive a loss of power: contents are synced before they get their name, and names by syncing their folder.
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The calls that the record makes; replaced in tests by a disk that fills up or loses its power. */
export type Disk = Pick<typeof fs, 'mkdir' | 'open' | 'readdir' | 'rename'>

export const DISK: Disk = fs

/** Makes the folder and those above it that are missing, each with a name that stays. */
export async function makeFolder(disk: Disk, folder: string): Promise<void> {
  const made = await disk.mkdir(folder, { recursive: true })
  // Nothing was missing: whoever made it has synced it.
  if (made === undefined) return
  const top = dirname(made)
  for (let at = folder; at !== top; at = dirname(at)) await syncFolder(disk, dirname(at))
}

/** Puts a file in its place as a whole or not at all. Names of drafts end in `.draft`, so that what a crash leaves can be told. */
export async function putFile(disk: Disk, path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}-${drafts++}.draft`
  const handle = await disk.open(draft, 'w')
  try {
    await handle.writeFile(content)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await disk.rename(draft, path)
  await syncFolder(disk, dirname(path))
}

let drafts = 0

export async function syncFolder(disk: Disk, folder: string): Promise<void> {
  const handle = await disk.open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Where the record of a workspace lies. */
export const recordFolder = (root: string): string => join(root, '.mlops-agents')
