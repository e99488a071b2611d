// The platform's files as they are at each moment of a run in which agents change them.
import type { EmittedFile } from '../types.js'
import { type Change, laidOver } from '../verify/change.js'

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
      files = laidOver(files, change)
    },
  }
}
