// No orphans and no dangling references, over everything that is emitted; and the acceptance test of these rules: nothing can be deleted unnoticed.
import type { Contract } from '../spec/contract.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, runChecks } from './check.js'
import { helmCheck } from './helm.js'
import { kindOf } from './kinds.js'
import { kustomizeCheck } from './kustomize.js'
import { isTest } from './paths.js'
import type { Seam } from './seam.js'
import { appliedSeam } from './seam-charts.js'
import { checkSeams, SEAMS } from './seams.js'
import { terraformCheck } from './terraform.js'
import { terraformTestCheck } from './terraform-tests.js'
import { dataFileSeam, pathSeam, versionControlSeam } from './wired-files.js'
import { moduleSeam, packageSeam, taggedSeam, testedSeam } from './wired-modules.js'

export const WIRED: readonly Seam[] = [
  moduleSeam,
  dataFileSeam,
  pathSeam,
  testedSeam,
  taggedSeam,
  packageSeam,
  versionControlSeam,
  appliedSeam,
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

/** Checks of kinds whose files speak of each other. */
const NEIGHBOUR_CHECKS: readonly Check[] = [terraformCheck, terraformTestCheck, kustomizeCheck, helmCheck]

async function neighbourFailures(
  files: readonly EmittedFile[],
  checks: readonly Check[],
): Promise<ReadonlySet<string>> {
  const own = files.filter((file) => checks.some((check) => check.kinds.includes(kindOf(file))))
  return new Set(
    (await runChecks(own, checks, files))
      .filter((result) => result.status === 'fail')
      .map((result) => `${result.check} ${result.file} ${result.reason}`),
  )
}

/**
 * Deletes each file that is not documentation, one at a time, and runs seams, wired-in checks and those of its kind. Gives the files whose
 * loss went unnoticed, i.e. left no failure that was not there before. `chosen` are the paths that are tried, all of them by default.
 */
export async function deletionSurvivors(
  files: readonly EmittedFile[],
  contract: Contract,
  chosen: ReadonlySet<string> = new Set(files.map(({ path }) => path)),
): Promise<Survivor[]> {
  const all = [...SEAMS, ...WIRED]
  const failures = async (some: readonly EmittedFile[]) =>
    new Set(
      (await checkSeams(some, contract, all))
        .filter((result) => result.status === 'fail')
        .map((result) => `${result.check} ${result.file} ${result.reason}`),
    )
  const before = await failures(files)
  const neighboursBefore = await neighbourFailures(files, NEIGHBOUR_CHECKS)
  const survivors: Survivor[] = []
  for (const file of files) {
    if (file.documentation || !chosen.has(file.path)) continue
    const left = files.filter((other) => other !== file)
    const after = await failures(left)
    if ([...after].some((failure) => !before.has(failure))) continue
    // Dearer than the seams, so they are asked only about what these let pass, and only where they know its kind.
    const concerned = NEIGHBOUR_CHECKS.filter((check) => check.kinds.includes(kindOf(file)))
    const noticed = await neighbourFailures(left, concerned)
    if ([...noticed].every((failure) => neighboursBefore.has(failure)))
      survivors.push({ path: file.path, deliverable: file.deliverable, test: isTest(file.path) })
  }
  return survivors
}
