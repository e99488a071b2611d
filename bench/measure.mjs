// Runs commands in turn and keeps what each cost; alternating them lets a busy machine slow both sides of a pair alike.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const TIMED = join(import.meta.dirname, 'timed.py')

/**
 * One run of a command: seconds of wall clock, seconds of processor (user and system, children included), peak MB of the largest process.
 * @param {{ argv: string[], cwd?: string, accepted?: number[] }} command
 * @returns {{ code: number, wall_s: number, cpu_s: number, peak_mb: number }}
 */
export function measure({ argv, cwd, accepted = [0] }, scratch) {
  const report = join(scratch, 'report.json')
  execFileSync('python3', [TIMED, report, ...argv], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  const run = JSON.parse(readFileSync(report, 'utf8'))
  if (!accepted.includes(run.code)) throw new Error(`${argv.join(' ')} ended with exit code ${run.code}`)
  return run
}

/** Runs the commands one after the other, `times` times, after one round that only warms caches. Each gives its runs. */
export function interleave(commands, times, scratch) {
  const runs = commands.map(() => [])
  for (let round = 0; round <= times; round++) {
    commands.forEach((command, index) => {
      command.before?.()
      const run = measure(command, scratch)
      if (round > 0) runs[index].push(run)
    })
  }
  return runs
}

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Median of the ratios of neighbours, which is steadier than the ratio of two medians. */
export const pairedRatio = (ours, theirs, what) => median(ours.map((run, index) => run[what] / theirs[index][what]))
