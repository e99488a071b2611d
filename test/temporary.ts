// Folders for tests to write in, gone when the file that asked for them is done.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LASTING } from './leftovers.js'

const folders: string[] = []
const make = (name: string): string => realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)))

/** A new, empty folder; the name tells whoever finds it which test made it. */
export function temporaryFolder(name: string): string {
  const folder = make(name)
  folders.push(folder)
  return folder
}

/** One for what several test files look at and none changes; it goes when all tests are done. */
export const lastingFolder = (name: string): string => make(`${LASTING}${name}`)

export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}
