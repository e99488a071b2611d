// When a model cannot bring its work to pass: gives back to the baseline as few files as it takes, each with the reason.
import type { CheckResult } from '../types.js'
import type { Written } from './draft.js'
import type { Submission } from './submission.js'

/** How often the rest may be judged while looking; after that everything in doubt goes. */
const MOST_JUDGED = 30
/** Up to so many files each is tried alone where no failure says which one it is. */
const FEW = 12

/** Where proposals for the contract are named among files: they hold or go together. */
export const CONTRACT = 'contract.yaml'

/** A tailored file that the baseline's version replaced, or a deletion that was taken back. */
export interface Dropped {
  readonly path: string
  readonly reason: string
}

export interface Work {
  /** What differs from the baseline. */
  readonly files: Written
  /** Baseline files to delete. */
  readonly removed: readonly string[]
  readonly contract: Submission['contract']
}

export interface Settled extends Work {
  readonly dropped: readonly Dropped[]
}

/** New failures of a work; none where it is accepted. */
export type Judge = (work: Work) => Promise<readonly CheckResult[]>

/** Drops files until the judge is content, then takes back every one whose return does no harm. `failures` are those of `work`. */
export async function settle(work: Work, failures: readonly CheckResult[], judge: Judge): Promise<Settled> {
  const proposed = work.contract.length > 0 ? [CONTRACT] : []
  const all = [...work.files.keys(), ...work.removed.filter((path) => !work.files.has(path)), ...proposed].sort()
  const dropped = new Map<string, string>()
  let judged = 0
  const failuresWithout = async (without: ReadonlySet<string>): Promise<readonly CheckResult[]> => {
    judged++
    return without.size === all.length ? [] : judge(workWithout(work, without))
  }
  const kept = (): string[] => all.filter((path) => !dropped.has(path))

  let left = failures
  while (left.length > 0) {
    const blamed = await blame(kept(), left, async (path) => {
      if (judged >= MOST_JUDGED) return undefined
      return (await failuresWithout(new Set([...dropped.keys(), path]))).length
    })
    for (const path of blamed) dropped.set(path, reasonFor(path, left))
    left = await failuresWithout(new Set(dropped.keys()))
  }
  for (const path of dropped.size > 1 ? [...dropped.keys()] : []) {
    if (judged >= MOST_JUDGED) break
    const without = new Set([...dropped.keys()].filter((other) => other !== path))
    if ((await failuresWithout(without)).length === 0) dropped.delete(path)
  }
  const list = [...dropped].map(([path, reason]) => ({ path, reason }))
  return { ...workWithout(work, new Set(dropped.keys())), dropped: list.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

/** Which of the kept files to give up next: those that fail, else those that a failure names, else the one that helps most, else all. */
async function blame(
  kept: readonly string[],
  failures: readonly CheckResult[],
  leftWithout: (path: string) => Promise<number | undefined>,
): Promise<readonly string[]> {
  const failing = kept.filter((path) => failures.some(({ file }) => file === path))
  if (failing.length > 0) return failing
  const named = kept.filter((path) => failures.some(({ reason }) => names(reason, path)))
  if (named.length > 0) return named
  let best: { path: string; left: number } | undefined
  for (const path of kept.length <= FEW ? kept : []) {
    const left = await leftWithout(path)
    if (left !== undefined && left < (best?.left ?? failures.length)) best = { path, left }
  }
  return best === undefined ? kept : [best.path]
}

/** Whether a text says the path itself, not one that it is only the end or the beginning of. */
function names(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const before = text[at - 1] ?? ' '
    const after = text.slice(at + path.length, at + path.length + 2)
    if (!/[\w/.-]/.test(before) && !/^([\w/-]|\.\w)/.test(after)) return true
  }
  return false
}

function reasonFor(path: string, failures: readonly CheckResult[]): string {
  const own =
    failures.find(({ file }) => file === path) ?? failures.find(({ reason }) => names(reason, path)) ?? failures[0]
  if (own === undefined) return ''
  const place = own.file === path || own.file === undefined ? '' : `${own.file}: `
  return `${own.check}: ${place}${own.reason}`
}

function workWithout({ files, removed, contract }: Work, without: ReadonlySet<string>): Work {
  return {
    files: new Map([...files].filter(([path]) => !without.has(path))),
    removed: removed.filter((path) => !without.has(path)),
    contract: without.has(CONTRACT) ? [] : contract,
  }
}
