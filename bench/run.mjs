// Holds the built product to its bounds of time and memory: `npm run build && npm run bench [-- --pairs N]`. README.md beside it says how.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installCopier, writeTemplate } from './copier.mjs'
import { installedMegabytes } from './installed.mjs'
import { interleave, median, pairedRatio } from './measure.mjs'
import { rerunRows } from './rerun.mjs'

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '7' } } })
const pairs = Math.max(1, Math.trunc(Number(values.pairs)) || 7)
const root = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'mlops-agents-bench-'))
const cache = join(tmpdir(), 'mlops-agents-bench')
mkdirSync(cache, { recursive: true })

const CLI = ['node', join(root, 'dist', 'cli.js')]
const workspace = join(scratch, 'workspace')
const brief = ['--requirements-file', join(root, 'examples', 'churn-telecom.txt')]
const design = (...more) => ({
  argv: [...CLI, 'design', '--workspace', workspace, '--yes', ...more],
  // A check that fails takes as long as one that passes, but it is said below.
  accepted: [0, 3],
})
const anew = (command, folder) => ({ ...command, before: () => rmSync(folder, { recursive: true, force: true }) })

const rows = []
const notes = []
const row = (what, value, unit, bound, ours, theirs) =>
  rows.push({ what, value, unit, bound, ours, theirs, missed: value > bound })
const ratioRow = (what, ours, theirs, bound) => row(what, pairedRatio(ours, theirs, 'wall_s'), 'x', bound, ours, theirs)
const peakRow = (what, runs, bound) => row(what, Math.max(...runs.map(({ peak_mb }) => peak_mb)), ' MB', bound, runs)

try {
  row('production node_modules and validators', installedMegabytes(root), ' MB', 130, [])
  const bare = { argv: ['node', '-e', '0'] }
  const [help, node] = interleave([{ argv: [...CLI, '--help'] }, bare], pairs * 3, scratch)
  ratioRow('--help : bare node', help, node, 1.3)

  const none = anew(design(...brief, '--verify', 'none'), workspace)
  const checked = anew(design(...brief, '--verify', 'L1'), workspace)
  interleave([none], 0, scratch)
  const files = execFileSync('git', ['-C', workspace, 'ls-files'], { encoding: 'utf8' }).trim().split('\n').length
  notes.push(`the design has ${files} files`)
  const [again] = interleave([design('--verify', 'none')], pairs * 2, scratch)
  row('unchanged second design', median(again.map(({ wall_s }) => wall_s)), ' s', 0.5, again)

  const kept = join(workspace, '.mlops-agents', 'memory')
  const forget = () => {
    for (const name of ['verdicts.json', 'checks.json', 'verify.json']) rmSync(join(kept, name), { force: true })
  }
  const verify = { argv: [...CLI, 'verify', '--workspace', workspace, '--level', 'L1'], accepted: [0, 3] }
  // One after the other: the first of each round makes what the second one finds.
  const [cold, warm] = interleave([{ ...verify, before: forget }, verify], pairs, scratch)
  row('verify --level L1, cold', median(cold.map(({ wall_s }) => wall_s)), ' s', 3, cold)
  row('verify --level L1, unchanged', median(warm.map(({ wall_s }) => wall_s)), ' s', 0.3, warm)
  peakRow('peak memory, verify --level L1', cold, 350)

  const copier = installCopier(cache)
  const template = join(scratch, 'template')
  const copy = join(scratch, 'copy')
  writeTemplate(template, files)
  const peer = copier && anew({ argv: [copier, 'copy', '--quiet', '--defaults', template, copy] }, copy)
  const [noneRuns, checkedRuns, peerRuns] = interleave([none, checked, ...(peer ? [peer] : [])], pairs, scratch)
  await rerunRows({ root, cli: CLI, designed: workspace, scratch, pairs, row, notes, first: noneRuns })
  if (peerRuns) {
    ratioRow('design --verify none : copier copy', noneRuns, peerRuns, 1)
    ratioRow('design --verify L1 : copier copy', checkedRuns, peerRuns, 2)
  } else notes.push('NOT RUN: design : copier copy, because copier could not be installed')
  peakRow('peak memory, --verify none', noneRuns, 120)
  peakRow('peak memory, --verify L1', checkedRuns, 350)
  if (checkedRuns.some(({ code }) => code !== 0)) notes.push('the design did not pass all of its checks (exit code 3)')
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

const of = (runs, what) => (runs?.length ? median(runs.map((run) => run[what])).toFixed(2) : '')
const sides = (ours, theirs, what) => [of(ours, what), of(theirs, what)].filter(Boolean).join(' : ')
const cells = rows.map(({ what, value, unit, bound, ours, theirs, missed }) => [
  what,
  `${value.toFixed(2)}${unit}`,
  `${bound}${unit}`,
  sides(ours, theirs, 'wall_s'),
  sides(ours, theirs, 'cpu_s'),
  theirs ? pairedRatio(ours, theirs, 'cpu_s').toFixed(2) : '',
  String(ours.length),
  missed ? 'MISSED' : 'ok',
])
const head = ['what', 'measured', 'bound', 'wall s', 'CPU s', 'CPU ratio', 'runs', '']
const widths = head.map((_, at) => Math.max(...[head, ...cells].map((line) => line[at].length)))
for (const line of [head, ...cells])
  console.log(
    line
      .map((text, at) => text.padEnd(widths[at]))
      .join('  ')
      .trimEnd(),
  )
const load = loadavg()[0].toFixed(1)
console.log(`\nNode ${process.version}, load ${load}; ${notes.join('; ')}`)
process.exitCode = rows.some(({ missed }) => missed) ? 1 : 0
