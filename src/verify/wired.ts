// No orphans and no dangling references, over everything that is emitted; and the acceptance test of these rules: nothing can be deleted unnoticed.
import type { Contract } from '../spec/contract.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { isTest } from './paths.js'
import type { Seam } from './seam.js'
import { appliedSeam } from './seam-charts.js'
import { checkSeams, SEAMS } from './seams.js'
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

/**
 * Deletes each file that is not documentation, one at a time, and runs seams and wired-in checks. Gives the files whose
 * loss went unnoticed, i.e. left no failure that was not there before.
 */
export async function deletionSurvivors(files: readonly EmittedFile[], contract: Contract): Promise<Survivor[]> {
  const all = [...SEAMS, ...WIRED]
  const failures = async (some: readonly EmittedFile[]) =>
    new Set(
      (await checkSeams(some, contract, all))
        .filter((result) => result.status === 'fail')
        .map((result) => `${result.check} ${result.file} ${result.reason}`),
    )
  const before = await failures(files)
  const survivors: Survivor[] = []
  for (const file of files) {
    if (file.documentation) continue
    const after = await failures(files.filter((other) => other !== file))
    if ([...after].every((failure) => before.has(failure)))
      survivors.push({ path: file.path, deliverable: file.deliverable, test: isTest(file.path) })
  }
  return survivors
}
