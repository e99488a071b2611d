// What the rules of the guard are given, and what they may find: a promise of the baseline that a tailored file no longer keeps.
import type { Contract } from '../spec/contract.js'
import type { EmittedFile } from '../types.js'
import type { Stated } from './guard-stated.js'

/** A file that was changed, or is new where `before` is absent. */
export interface Change {
  readonly before: EmittedFile | undefined
  readonly after: EmittedFile
}

export interface GuardAbout {
  readonly contract: Contract
  /** Numbers in the user's own words: a bound may move to one of them. */
  readonly stated: readonly Stated[]
  /** The platform's baseline, for what a file lies over; the deliverable's own files where it is absent. */
  readonly project?: readonly EmittedFile[]
}

export interface GuardSubject {
  readonly changes: readonly Change[]
  /** The baseline's files that were changed or removed, and what came of them: what moved from one to another is not lost. */
  readonly before: readonly EmittedFile[]
  readonly after: readonly EmittedFile[]
  readonly removed: readonly EmittedFile[]
  /** Where a file lies over others, those are looked up here. */
  readonly project: readonly EmittedFile[]
  readonly about: GuardAbout
}

export interface Loss {
  readonly file: EmittedFile
  readonly line?: number | undefined
  /** What was lost or loosened, and the way out. */
  readonly reason: string
}

export interface GuardRule {
  /** Stable name, e.g. `guard/test`. */
  readonly name: string
  find(subject: GuardSubject): Promise<Loss[]> | Loss[]
}

/** Where something of the baseline's file would be now; the baseline's file itself where it was removed. */
export const nowAt = (subject: GuardSubject, file: EmittedFile): EmittedFile =>
  subject.after.find(({ path }) => path === file.path) ?? file

/** Results of `read` for each file, in order. */
export const readAll = async <T>(
  files: readonly EmittedFile[],
  read: (file: EmittedFile) => Promise<T>,
): Promise<T[]> => {
  const all: T[] = []
  for (const file of files) all.push(await read(file))
  return all
}

/** How often each word occurs. */
export function counted(words: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** The words of `after` that occur more often than in `before`; each once for every time more. */
export function more(before: readonly string[], after: readonly string[]): string[] {
  const left = counted(before)
  return after.filter((word) => {
    const count = left.get(word) ?? 0
    if (count > 0) left.set(word, count - 1)
    return count === 0
  })
}

export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 70 ? `${text.slice(0, 67)}...` : text
}
