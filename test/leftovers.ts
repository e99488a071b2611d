// One temporary folder for a whole run of tests, and the proof that tests remove what they make in it.
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const NAME = 'mlops-tests-'
/** How the names of folders begin that are there for all test files of a process. */
export const LASTING = 'mlops-lasting-'
/** Vitest ends its processes without a farewell, so that the validators of one that was asked last cannot remove theirs. */
const ENDED_WITH_THEIR_PROCESS = new RegExp(`^(mlops-agents-validators-|${LASTING})`)

export default function setup(): () => void {
  const before = process.env.TMPDIR
  // Several projects in one run share it.
  if (before !== undefined && basename(before).startsWith(NAME)) return () => {}
  const folder = realpathSync(mkdtempSync(join(tmpdir(), NAME)))
  process.env.TMPDIR = folder
  return () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    const left = readdirSync(folder).filter((name) => !ENDED_WITH_THEIR_PROCESS.test(name))
    rmSync(folder, { recursive: true, force: true })
    if (left.length === 0) return
    // Vitest reports what is thrown here and ends with 0 all the same.
    process.exitCode = 1
    throw new Error(`tests left these in the temporary folder, make them by test/temporary.ts: ${left.join(', ')}`)
  }
}
