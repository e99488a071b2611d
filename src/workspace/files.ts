// Writes files that git does not bring: all of them whole, or none, whatever fails on the way.
import { copyFile, link, lstat, mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { WorkspaceError } from '../errors.js'
import type { FileMode } from '../types.js'
import { assertFiles } from './paths.js'

/** The part of an emitted file that lands on disk. */
export interface FileToWrite {
  readonly path: string
  readonly content: string
  readonly mode: FileMode
}

/** Puts one file on disk, synced; replaced in tests by one that fails. */
export type Writer = (path: string, content: string, mode: number) => Promise<void>

const writeSynced: Writer = (path, content, mode) => writeFileAtomic(path, content, { mode })

/** Inside the folder that git ignores, and so on the same file system as the targets. */
const STAGING = '.mlops-agents/staging'

/**
 * Writes every file below `root`. All bytes are on disk before the first target changes; then there are only renames,
 * which need no space and are taken back when one of them fails.
 */
export async function writeAll(
  root: string,
  files: readonly FileToWrite[],
  write: Writer = writeSynced,
): Promise<void> {
  assertFiles(files)
  for (const { path } of files) await assertWay(root, path)
  const staging = join(root, STAGING)
  const undo: (() => Promise<void>)[] = []
  try {
    await rm(staging, { recursive: true, force: true })
    await makeFolder(root, STAGING, undo)
    for (const [index, { content, mode }] of files.entries())
      await write(join(staging, `${index}.new`), content, mode === '100755' ? 0o755 : 0o644)
    for (const [index, { path }] of files.entries()) {
      await makeFolder(root, dirname(path), undo)
      await replace(join(staging, `${index}.new`), join(root, path), join(staging, `${index}.old`), undo)
    }
  } catch (error) {
    for (const back of undo.reverse()) await back()
    throw new WorkspaceError(
      `nothing was written to ${root}: ${error instanceof Error ? error.message : String(error)}`,
    )
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function replace(fresh: string, target: string, old: string, undo: (() => Promise<void>)[]): Promise<void> {
  const existed = await lstat(target).then(
    () => true,
    () => false,
  )
  // A second name for the old content costs no space; file systems without hard links need a copy.
  if (existed) await link(target, old).catch(() => copyFile(target, old))
  await rename(fresh, target)
  undo.push(() => (existed ? rename(old, target) : rm(target, { force: true })))
}

/** Makes the missing folders one by one, so that exactly these can be taken away again. */
async function makeFolder(root: string, folder: string, undo: (() => Promise<void>)[]): Promise<void> {
  const names = folder === '.' ? [] : folder.split('/')
  for (let depth = 1; depth <= names.length; depth++) {
    const path = join(root, ...names.slice(0, depth))
    const made = await mkdir(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    if (made) undo.push(() => rmdir(path).catch(() => {}))
  }
}

/** A link on the way would lead the write out of the workspace; a file on the way would be lost. */
async function assertWay(root: string, path: string): Promise<void> {
  const names = path.split('/')
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join('/')
    const found = await lstat(join(root, part)).catch(() => undefined)
    if (found === undefined) return
    if (found.isSymbolicLink())
      throw new WorkspaceError(`${path} cannot be written: ${part} is a link; replace it by what it points at`)
    if (depth < names.length && !found.isDirectory())
      throw new WorkspaceError(`${path} cannot be written: ${part} is a file where a folder is needed`)
    if (depth === names.length && found.isDirectory())
      throw new WorkspaceError(`${path} cannot be written: a folder of this name is there`)
  }
}
