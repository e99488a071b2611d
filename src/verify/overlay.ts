// What a change of some files would do to a platform: the faults that it brings, compared with the platform as it stands.
import { posix } from 'node:path'
import type { Contract } from '../spec/contract.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { type Change, laidOver } from './change.js'
import { type Check, runChecks } from './check.js'
import { IN_PROCESS_CHECKS } from './in-process.js'
import { type Kind, kindOf } from './kinds.js'
import { levelOf } from './levels.js'
import { ruleTestsCheck } from './official.js'
import { checkSeams } from './seams.js'
import { ownTool } from './versions.js'
import { checkWired, NEIGHBOURS } from './wired.js'

/** Judges changes of one platform; what that needs to know of the platform itself is found out once. */
export function overlayJudge(platform: readonly EmittedFile[], contract: Contract) {
  const known = new Map<string, Promise<ReadonlySet<string>>>()
  /** Faults of the platform as it stands, which no change is to blame for. */
  const before = (name: string, ask: () => Promise<readonly CheckResult[]>): Promise<ReadonlySet<string>> => {
    const asked = known.get(name) ?? ask().then((results) => new Set(results.filter(isFault).map(wordsOf)))
    known.set(name, asked)
    return asked
  }
  /**
   * New faults, and files that would reach less than L1. Only what the change can have touched is looked at. `then` is the contract
   * that holds with the change.
   */
  return async (change: Change, then: Contract = contract): Promise<CheckResult[]> => {
    const laid = laidOver(platform, change)
    const own = await runChecks(change.files, IN_PROCESS_CHECKS, laid)
    const touched = [...change.files, ...platform.filter(({ path }) => change.removed.includes(path))]
    const results = [...own.filter(isFault), ...lowered(change.files, own)]
    const news = async (
      name: string,
      ask: (files: readonly EmittedFile[], agreed: Contract) => Promise<readonly CheckResult[]>,
    ) => {
      const was = await before(name, () => ask(platform, contract))
      results.push(...(await ask(laid, then)).filter((result) => isFault(result) && !was.has(wordsOf(result))))
    }
    for (const [check, kinds] of NEIGHBOURS) {
      if (touched.some((file) => kinds.includes(kindOf(file)))) await news(check.name, (files) => onAll(check, files))
    }
    const rules = touched.filter((file) => ruleKinds.includes(kindOf(file))).map(({ path }) => posix.basename(path))
    if (rules.length > 0) await news(`tests of ${rules.sort().join(' ')}`, (files) => ruleTests(files, rules))
    await news('seams', checkSeams)
    await news('wired', checkWired)
    return once(results)
  }
}

const onAll = (check: Check, files: readonly EmittedFile[]): Promise<CheckResult[]> =>
  runChecks(
    files.filter((file) => check.kinds.includes(kindOf(file))),
    [check],
    files,
  )

const ruleKinds: readonly Kind[] = ['prometheus-rules', 'prometheus-tests']

/** Those that are among the named files or test one of them: the only tests that are quick enough to be run while an agent waits. */
function ruleTests(files: readonly EmittedFile[], names: readonly string[]): Promise<CheckResult[]> {
  const concerned = files.filter(
    (file) =>
      kindOf(file) === 'prometheus-tests' &&
      names.some((name) => posix.basename(file.path) === name || file.content.includes(`/${name}`)),
  )
  return runChecks(concerned, [ruleTestsCheck], files)
}

const isFault = ({ status }: CheckResult): boolean => status === 'fail'
/** Lines move with every edit, so they tell no two faults apart. */
const wordsOf = ({ check, file, reason }: CheckResult): string => `${check}\0${file ?? ''}\0${reason}`

const once = (results: readonly CheckResult[]): CheckResult[] => [
  ...new Map(results.map((result) => [wordsOf(result), result])).values(),
]

/** A file for which no check exists, or whose own check did not run, would hold its deliverable back unseen. */
function lowered(files: readonly EmittedFile[], results: readonly CheckResult[]): CheckResult[] {
  return files.flatMap((file): CheckResult[] => {
    if (file.documentation) return []
    const own = results.filter((result) => result.file === file.path)
    const { level, failed, notRun } = levelOf(file.deliverable, own, [file])
    if (level === 'L1' || failed.length > 0) return []
    const why = notRun.map(({ reason }) => reason).join('; ') || 'no check accepts a file of this kind'
    return [
      {
        ...{ check: 'level/kept', level: 'L1', status: 'fail', ...ownTool() },
        deliverable: file.deliverable,
        file: file.path,
        reason: `the file reaches ${level} and not L1 (${why}); write it in a form that is checked, or leave it out`,
      },
    ]
  })
}
