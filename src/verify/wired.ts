// No orphans and no dangling references, over everything that is emitted; and the acceptance test of these rules: nothing can be deleted unnoticed.
import { posix } from 'node:path'
import type { Contract } from '../spec/contract.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, runChecks } from './check.js'
import { helmCheck } from './helm.js'
import { KINDS, type Kind, kindOf } from './kinds.js'
import { kustomizeCheck } from './kustomize.js'
import { linksCheck } from './markdown.js'
import { isTest } from './paths.js'
import { schemaCheck } from './schema.js'
import type { Seam } from './seam.js'
import { appliedSeam } from './seam-charts.js'
import { automationSeam } from './seam-workflows.js'
import { checkSeams, SEAMS } from './seams.js'
import { terraformCheck } from './terraform.js'
import { terraformTestCheck } from './terraform-tests.js'
import { applicationSeam } from './wired-applications.js'
import { dashboardSeam, namedDashboardSeam } from './wired-dashboards.js'
import { dataFileSeam, pathSeam, versionControlSeam } from './wired-files.js'
import { moduleSeam, packageSeam, taggedSeam, testedSeam } from './wired-modules.js'
import { terraformSeam } from './wired-terraform.js'

export const WIRED: readonly Seam[] = [
  moduleSeam,
  dataFileSeam,
  pathSeam,
  testedSeam,
  taggedSeam,
  packageSeam,
  versionControlSeam,
  appliedSeam,
  applicationSeam,
  dashboardSeam,
  namedDashboardSeam,
  terraformSeam,
  automationSeam,
]

/** Orphans and dangling references over everything that is emitted. Never throws. */
export function checkWired(files: readonly EmittedFile[], contract: Contract): Promise<CheckResult[]> {
  return checkSeams(files, contract, WIRED)
}

/** A file whose deletion no check of the whole notices: it is not wired in, whatever it looks like. */
export interface Survivor {
  readonly path: string
  readonly deliverable: string
  /** A test whose modules others exercise too: only the coverage of the test run can miss it. */
  readonly test: boolean
}

/** Checks whose files speak of other files, with the kinds of those. */
export const NEIGHBOURS: readonly (readonly [Check, readonly Kind[]])[] = [
  [terraformCheck, terraformCheck.kinds],
  [terraformTestCheck, [...terraformTestCheck.kinds, 'terraform']],
  [kustomizeCheck, [...kustomizeCheck.kinds, 'kubernetes']],
  // Documents lead people to files of every kind.
  [linksCheck, KINDS],
  [schemaCheck, ['json']],
  [helmCheck, helmCheck.kinds],
]

/** One way to notice that a file is gone. */
interface Watch {
  readonly concerns: (file: EmittedFile) => boolean
  verdicts(files: readonly EmittedFile[]): Promise<readonly CheckResult[]>
}

const seamWatch = (seam: Seam, contract: Contract): Watch => ({
  concerns: () => true,
  verdicts: (files) => checkSeams(files, contract, [seam]),
})

const neighbourWatch = (check: Check, kinds: readonly Kind[]): Watch => ({
  concerns: (file) => kinds.includes(kindOf(file)),
  verdicts: (files) =>
    runChecks(
      files.filter((file) => check.kinds.includes(kindOf(file))),
      [check],
      files,
    ),
})

/** Objections in words that can be compared. What is `not run` for want of a file holds its deliverable back, so it is one. */
const objections = (results: readonly CheckResult[]): ReadonlySet<string> =>
  new Set(
    results
      .filter((result) => result.status !== 'pass')
      .map((result) => `${result.check} ${result.file} ${result.reason}`),
  )

/**
 * Deletes each file that is not documentation, one at a time, and asks seams, wired-in checks and those of its kind. Gives the files whose
 * loss went unnoticed, i.e. left no objection that was not there before. `chosen` are the paths that are tried, all of them by default.
 */
export async function deletionSurvivors(
  files: readonly EmittedFile[],
  contract: Contract,
  chosen: ReadonlySet<string> = new Set(files.map(({ path }) => path)),
): Promise<Survivor[]> {
  const watches = [
    ...[...SEAMS, ...WIRED].map((seam) => seamWatch(seam, contract)),
    // Dearer than the seams, so they are asked only about what these let pass.
    ...NEIGHBOURS.map(([check, kinds]) => neighbourWatch(check, kinds)),
  ]
  const before = new Map<Watch, ReadonlySet<string>>()
  const notices = async (watch: Watch, left: readonly EmittedFile[]): Promise<boolean> => {
    const known = before.get(watch) ?? objections(await watch.verdicts(files))
    before.set(watch, known)
    return [...objections(await watch.verdicts(left))].some((one) => !known.has(one))
  }
  const survivors: Survivor[] = []
  // What noticed a file will likely notice its neighbours.
  const likely = new Map<string, Watch[]>()
  for (const file of files) {
    if (file.documentation || !chosen.has(file.path)) continue
    const left = files.filter((other) => other !== file)
    const folder = posix.dirname(file.path)
    const order = new Set([...(likely.get(folder) ?? []), ...watches])
    const noticed = await first([...order], async (watch) => watch.concerns(file) && (await notices(watch, left)))
    if (noticed === undefined)
      survivors.push({ path: file.path, deliverable: file.deliverable, test: isTest(file.path) })
    else likely.set(folder, [...new Set([noticed, ...(likely.get(folder) ?? [])])])
  }
  return survivors
}

async function first<T>(all: readonly T[], holds: (one: T) => Promise<boolean>): Promise<T | undefined> {
  for (const one of all) if (await holds(one)) return one
  return undefined
}
