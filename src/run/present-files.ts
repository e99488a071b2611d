// The platform's files as they are at each moment of a run in which agents change them.
import type { EmittedFile } from '../types.js'
import { type Change, laidOver } from '../verify/change.js'
import type { Platform } from './platform.js'

export interface PresentFiles {
  now(): readonly EmittedFile[]
  /** Whose contract holds. */
  platform(): Platform
  /** Whether they are other than the run began with. */
  changed(): boolean
  accept(change: Change, platform?: Platform): void
}

export function presentFiles(atFirst: readonly EmittedFile[], platform: Platform): PresentFiles {
  let files = atFirst
  let present = platform
  return {
    now: () => files,
    platform: () => present,
    changed: () => files !== atFirst,
    accept: (change, platform = present) => {
      files = laidOver(files, change)
      present = platform
    },
  }
}
