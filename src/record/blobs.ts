// Texts by the hash of their content: each is stored once, and what is read back is proven to be what was stored.
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkspaceError } from '../errors.js'
import { type Disk, makeFolder, putFile, recordFolder } from './durable.js'

const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const place = (folder: string, sha256: string) => join(folder, 'blobs', sha256.slice(0, 2))

/** Stores a text below the record folder; returns its sha256. */
export async function putBlob(disk: Disk, folder: string, text: string): Promise<string> {
  const sha256 = hash(text)
  const path = join(place(folder, sha256), sha256)
  // Written whole or not at all, so one of the right size is the right one; a damaged one is replaced.
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  )
  if (size === Buffer.byteLength(text)) return sha256
  await putFile(disk, path, text).catch(async (error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    await makeFolder(disk, place(folder, sha256))
    await putFile(disk, path, text)
  })
  return sha256
}

/** A text that a run stored. @throws WorkspaceError where it is missing or no longer has the content it is named after */
export async function getRecorded(root: string, sha256: string): Promise<string> {
  const folder = recordFolder(root)
  const path = join(place(folder, sha256), sha256)
  const bytes = await readFile(path).catch(() => {
    throw new WorkspaceError(`the record has no blob ${sha256}; it was removed from ${join(folder, 'blobs')}`)
  })
  if (hash(bytes) !== sha256)
    throw new WorkspaceError(
      `${path} no longer has the content that it is named after; remove it, it will be made again`,
    )
  return bytes.toString()
}
