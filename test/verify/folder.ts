// A folder of fixtures as emitted files, with ways to break it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmittedFile } from '../../src/types.js'
import { emitted } from './emitted.js'

export interface Folder {
  readonly files: () => EmittedFile[]
  /** One text replaced in one file; throws when the text is not there, so that no mutation is empty. */
  readonly mutated: (path: string, from: string, to: string) => EmittedFile[]
  readonly withFile: (path: string, content: string) => EmittedFile[]
}

export function fixtures(name: string): Folder {
  const root = join(import.meta.dirname, 'fixtures', name)
  const files = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort()
      .map((path) => emitted(path, readFileSync(join(root, path), 'utf8')))
  return {
    files,
    mutated: (path, from, to) =>
      files().map((file) => {
        if (file.path !== path) return file
        if (!file.content.includes(from)) throw new Error(`${path} does not contain ${from}`)
        return { ...file, content: file.content.replace(from, to) }
      }),
    withFile: (path, content) => [...files(), emitted(path, content)],
  }
}
