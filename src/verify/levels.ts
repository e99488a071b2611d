// From results to one level per deliverable: the lowest over its files, documents aside. Pure.
import type { CheckResult, EmittedFile, Level } from '../types.js'
import { kindOf, STRONGEST } from './kinds.js'
import { NONE_PUBLISHED } from './published.js'

type Reached = Level | 'none'

export interface DeliverableLevel {
  readonly level: Reached
  readonly failed: readonly CheckResult[]
  /** Checks that would have said more, each with the reason why they did not run. */
  readonly notRun: readonly CheckResult[]
}

const RANK: readonly Reached[] = ['none', 'L0', 'L1', 'L2', 'L3', 'L4']
const lower = (a: Reached, b: Reached): Reached => (RANK.indexOf(a) < RANK.indexOf(b) ? a : b)

/** Level of every deliverable that owns a file. Evidence of tests and demo are results of level L2 and L3 without a file. */
export function levels(results: readonly CheckResult[], files: readonly EmittedFile[]): Map<string, DeliverableLevel> {
  const ids = [...new Set(files.map((file) => file.deliverable))]
  return new Map(ids.map((id) => [id, levelOf(id, results, files)]))
}

export function levelOf(id: string, results: readonly CheckResult[], files: readonly EmittedFile[]): DeliverableLevel {
  const own = results.filter((result) => result.deliverable === id)
  const byFile = new Map<string, CheckResult[]>()
  for (const result of own) {
    const file = result.file ?? ''
    const before = byFile.get(file)
    if (before === undefined) byFile.set(file, [result])
    else before.push(result)
  }
  const failed = own.filter((result) => result.status === 'fail')
  const notRun = own.filter((result) => result.status === 'not run')
  const counted = files.filter((file) => file.deliverable === id && !file.documentation)
  const documents = new Set(files.filter((file) => file.documentation).map((file) => file.path))
  const fileless = own.filter((result) => result.file === undefined)
  if (counted.length === 0) return { level: 'none', failed, notRun }
  let reached: Reached = 'L1'
  for (const file of counted) reached = lower(reached, fileLevel(file, byFile.get(file.path) ?? []))
  // A fault that is found about the deliverable as a whole holds it back as one in a file would.
  reached = lower(reached, capOf(fileless.filter((result) => result.level === 'L0' || result.level === 'L1')))
  const ladder = own.filter((result) => result.file === undefined || !documents.has(result.file))
  return { level: climb(reached, ladder), failed, notRun }
}

/**
 * L0 needs a check that read the file and nothing that failed; L1 needs acceptance. A missing tool holds the file
 * back only where no other one accepted it, or where there is nothing stronger than a parse to be had.
 */
function fileLevel(file: EmittedFile, results: readonly CheckResult[]): Reached {
  if (kindOf(file) === 'unknown' || !results.some((result) => result.status === 'pass')) return 'none'
  const cap = capOf(results)
  const official = results.filter((result) => result.level === 'L1')
  const accepted = official.some((result) => result.status === 'pass')
  const nothingStronger = STRONGEST[kindOf(file)] === 'L0' || results.some((result) => result.check === NONE_PUBLISHED)
  return lower(cap, accepted || nothingStronger ? 'L1' : 'L0')
}

function capOf(results: readonly CheckResult[]): Reached {
  if (results.some((result) => result.level === 'L0' && result.status === 'fail')) return 'none'
  return results.some((result) => result.level === 'L1' && result.status === 'fail') ? 'L0' : 'L1'
}

/** L2 and L3 one after the other: at least one check of that level passed, none failed or was left out. */
function climb(reached: Reached, results: readonly CheckResult[]): Reached {
  let level = reached
  for (const [below, next] of [
    ['L1', 'L2'],
    ['L2', 'L3'],
    ['L3', 'L4'],
  ] as const) {
    const at = results.filter((result) => result.level === next)
    if (level !== below || at.length === 0 || at.some((result) => result.status !== 'pass')) break
    level = next
  }
  return level
}
