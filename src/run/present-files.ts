// The platform's files as they are at each moment of a run in which agents change them.
import type { EmittedFile } from '../types.js'
import type { Change } from './engine.js'

export interface PresentFiles {
  now(): readonly EmittedFile[]
  /** Whether they are other than the run began with. */
  changed(): boolean
  accept(change: Change): void
}

export function presentFiles(atFirst: readonly EmittedFile[]): PresentFiles {
  let files = atFirst
  return {
    now: () => files,
    changed: () => files !== atFirst,
    accept: (change) => {
      const gone = new Set([...change.removed, ...change.files.map(({ path }) => path)])
      const all = [...files.filter(({ path }) => !gone.has(path)), ...change.files]
      files = all.sort((one, other) => (one.path < other.path ? -1 : 1))
    },
  }
}
