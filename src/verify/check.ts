// The one interface that every check has, the words its results are made of, and the loop that runs them.
import type { CheckResult, EmittedFile, Level } from '../types.js'
import { giveWay } from './give-way.js'
import { askAlways, type Recall } from './kept.js'
import { type Kind, kindOf } from './kinds.js'

/** A check of single files. It gives at least one result for each file that it is handed, and never throws on purpose. */
export interface Check {
  /** Stable name, e.g. `python/ruff`. */
  readonly name: string
  readonly level: Extract<Level, 'L0' | 'L1' | 'L2'>
  readonly kinds: readonly Kind[]
  /** Its work is done in another thread, so that it is started first and awaited last. */
  readonly elsewhere?: boolean
  /** Works in a thread of its own, for whose memory there is room when the other one has given its own back. */
  readonly last?: boolean
  /** What it reads beside the files of its kinds; all of the project where nothing is said. */
  readonly beside?: (project: readonly EmittedFile[]) => readonly EmittedFile[]
  /**
   * `files` are those of the check's kinds; `project` is everything that is emitted, for settings and references. One that works elsewhere
   * calls `answered` when all that is left to be done is done here.
   */
  run(files: readonly EmittedFile[], project: readonly EmittedFile[], answered?: () => void): Promise<CheckResult[]>
}

/** Where in a file a result points; both counted from 1. */
export interface Position {
  readonly line?: number | undefined
  readonly column?: number | undefined
}

export interface Tool {
  readonly tool: string
  readonly version: string
}

/** Results of one check in one tool, so that no result can be written without both. */
export interface Verdicts {
  pass(file: EmittedFile, reason?: string): CheckResult
  fail(file: EmittedFile, reason: string, at?: Position): CheckResult
  notRun(file: EmittedFile, reason: string): CheckResult
}

export function verdicts(check: Pick<Check, 'name' | 'level'>, tool: Tool): Verdicts {
  const result = (
    status: CheckResult['status'],
    file: EmittedFile,
    reason: string,
    at: Position = {},
  ): CheckResult => ({
    check: check.name,
    level: check.level,
    status,
    ...tool,
    reason,
    deliverable: file.deliverable,
    file: file.path,
    ...(at.line === undefined ? {} : { line: at.line }),
    ...(at.column === undefined ? {} : { column: at.column }),
  })
  return {
    pass: (file, reason = '') => result('pass', file, reason),
    fail: (file, reason, at) => result('fail', file, reason, at),
    notRun: (file, reason) => ({ ...result('not run', file, reason), version: '' }),
  }
}

/** Our own checks have the version of the product; the seam between "we say so" and "a tool says so" stays visible in the name. */
const OWN_TOOL = 'mlops-agents'

/** For checks that judge each file by itself. */
export const nothingBeside = (): readonly EmittedFile[] => []

/** Files whose verdicts stand although the files at `changed` are other than before: no check of theirs reads one of those. */
export function untouched(
  files: readonly EmittedFile[],
  checks: readonly Check[],
  project: readonly EmittedFile[],
  changed: ReadonlySet<string>,
): EmittedFile[] {
  const readsOne = ({ beside }: Check) => (beside?.(project) ?? project).some(({ path }) => changed.has(path))
  const touched = new Set(checks.filter(readsOne).flatMap(({ kinds }) => kinds))
  return files.filter((file) => !changed.has(file.path) && !touched.has(kindOf(file)))
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export interface RunOptions {
  readonly recall?: Recall
  /** Ends what works in another thread; a check that needs it again starts it again. */
  readonly release?: () => Promise<void>
  /** Called after each check of this thread while the other one is at work. */
  readonly between?: () => void
  /** Work that is there to be done while the other thread is at its own. */
  readonly meanwhile?: () => Promise<unknown>
}

/** Runs every check on the files of its kinds. A check that crashes, or forgets a file, fails on the files concerned. */
export async function runChecks(
  files: readonly EmittedFile[],
  checks: readonly Check[],
  project = files,
  { recall = askAlways, release = async () => {}, between = () => {}, meanwhile = async () => {} }: RunOptions = {},
): Promise<CheckResult[]> {
  const begun = new Map<Check, Promise<CheckResult[]>>()
  const answers: Promise<unknown>[] = []
  // A thread that ends gives its memory back sooner than one that starts takes any.
  const releasedFor = (ask: () => Promise<CheckResult[]>) => async () => (await Promise.all([ask(), release()]))[0]
  const inTurn = (check: Check) => (check.elsewhere === true ? 0 : check.last === true ? 1 : 2)
  for (const check of [...checks].sort((a, b) => inTurn(a) - inTurn(b))) {
    const own = files.filter((file) => check.kinds.includes(kindOf(file)))
    if (own.length === 0) continue
    const about = [...own, ...(check.beside?.(project) ?? project)]
    let said = (): void => {}
    const answered = new Promise<void>((resolve) => {
      said = resolve
    })
    const ask = () => recall({ name: check.name, files: about }, () => runOne(check, own, project, said)).finally(said)
    const run = check.last === true ? Promise.all(answers).then(releasedFor(ask)) : ask()
    begun.set(check, run)
    if (check.elsewhere === true) answers.push(answered)
    // Awaited below, where it is heard of.
    run.catch(() => {})
    if (check.elsewhere === true || check.last === true) continue
    await run
    between()
    // Lets answers of the other thread in, so that it has its next question.
    await giveWay()
  }
  await meanwhile()
  // Results read best in the order of the checks, not of their ends.
  const results: CheckResult[] = []
  for (const check of checks) results.push(...((await begun.get(check)) ?? []))
  return [...results, ...uncheckable(files)]
}

async function runOne(
  check: Check,
  own: readonly EmittedFile[],
  project: readonly EmittedFile[],
  answered: () => void,
): Promise<CheckResult[]> {
  const broken = verdicts(check, { tool: OWN_TOOL, version: '' })
  try {
    const results = await check.run(own, project, answered)
    const covered = new Set(results.map((result) => result.file))
    const forgotten = own.filter((file) => !covered.has(file.path))
    return [
      ...results,
      ...forgotten.map((file) => broken.fail(file, `the check ${check.name} gave no verdict on this file`)),
    ]
  } catch (error) {
    return own.map((file) => broken.fail(file, `the check ${check.name} itself failed: ${messageOf(error)}`))
  }
}

function uncheckable(files: readonly EmittedFile[]): CheckResult[] {
  const none = verdicts({ name: 'kind/known', level: 'L0' }, { tool: OWN_TOOL, version: '' })
  return files
    .filter((file) => kindOf(file) === 'unknown')
    .map((file) => none.notRun(file, `no check exists for files like ${file.path}`))
}
