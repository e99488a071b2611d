// A change of some files of a platform, and the platform with it.
import type { EmittedFile } from '../types.js'

/** Files that are other than before or new, and paths that go. */
export interface Change {
  readonly files: readonly EmittedFile[]
  readonly removed: readonly string[]
}

/** The platform with the change in place, in the order of paths. */
export function laidOver(platform: readonly EmittedFile[], { files, removed }: Change): EmittedFile[] {
  const gone = new Set([...removed, ...files.map(({ path }) => path)])
  const all = [...platform.filter(({ path }) => !gone.has(path)), ...files]
  return all.sort((one, other) => (one.path < other.path ? -1 : 1))
}
