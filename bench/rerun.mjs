// Rows about coming back to a workspace: how it stands, a rerun with nothing to do, another option, and a long history.
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { interleave, median } from './measure.mjs'

const ATTEMPTS = 1000
const seconds = (runs) => median(runs.map(({ wall_s }) => wall_s))

/** What a command could have written: branches, index, files, and the record. */
function standing(workspace) {
  const git = (...args) => execFileSync('git', ['-C', workspace, ...args], { encoding: 'utf8' })
  return [
    git('for-each-ref'),
    git('status', '--porcelain'),
    readdirSync(join(workspace, '.mlops-agents'), { recursive: true }).sort().join('\n'),
  ].join('\n')
}

/** Adds rows; `designed` is a workspace with one design that nothing else writes to. */
export async function rerunRows({ root, cli, designed, scratch, pairs, row, notes, first }) {
  const copyOf = (name) => {
    const copy = join(scratch, name)
    rmSync(copy, { recursive: true, force: true })
    cpSync(designed, copy, { recursive: true })
    // Nobody's workspace is a copy of a moment ago, of which git would look at every file anew.
    execFileSync('git', ['-C', copy, 'update-index', '-q', '--refresh'])
    return copy
  }
  const workspace = copyOf('again')
  const told = (folder, ...args) => ({ argv: [...cli, ...args, '--workspace', folder] })
  const memory = (folder) => join(folder, '.mlops-agents', 'memory', 'status.json')
  const forget = (folder) => () => rmSync(memory(folder), { force: true })

  const [status, git, looked] = interleave(
    [
      told(workspace, 'status'),
      { argv: ['git', '-C', workspace, 'status'] },
      { ...told(workspace, 'status'), before: forget(workspace) },
    ],
    pairs * 2,
    scratch,
  )
  row('status, less 2 x git status', seconds(status) - 2 * seconds(git), ' s', 0.1, status, git)
  notes.push(`the first status after a change takes ${seconds(looked).toFixed(2)} s`)

  const before = standing(workspace)
  const [idle] = interleave([told(workspace, 'rerun', '--stale', '--verify', 'none')], pairs * 2, scratch)
  row('rerun with nothing stale', seconds(idle), ' s', 0.5, idle)
  if (standing(workspace) !== before) throw new Error('a rerun with nothing stale has written something')

  const changed = (name, ...args) => {
    const folder = join(scratch, name)
    return { ...told(folder, 'rerun', ...args, '--verify', 'none', '--yes'), before: () => copyOf(name) }
  }
  const option = ['--experiment-tracking', 'wandb']
  const [one, phase] = interleave(
    [changed('one', 'tracking', ...option), changed('phase', 'phase2', ...option)],
    pairs,
    scratch,
  )
  const share = (runs) => (seconds(runs) - seconds(idle)) / Math.max(0.001, seconds(first) - seconds(idle))
  row('another option, 1 deliverable : the whole design', share(one), 'x', 0.6, one, first)
  row('another option, 6 deliverables : the whole design', share(phase), 'x', 0.8, phase, first)

  const long = copyOf('long')
  await manyAttempts(root, long)
  const [after] = interleave([{ ...told(long, 'status'), before: forget(long) }], pairs, scratch)
  row(`status after ${ATTEMPTS} attempts`, seconds(after), ' s', 1, after)
}

/** As many attempts as a long life brings, of one deliverable after the other, each with the files that it has. */
async function manyAttempts(root, workspace) {
  const load = (name) => import(pathToFileURL(join(root, 'dist', 'workspace', name)).href)
  const [{ openGit }, { attempts, commitAttempts, filesAt, generatedBranch, latest }] = await Promise.all([
    load('git.js'),
    load('generated.js'),
  ])
  const git = openGit(workspace, process.env)
  const branch = await generatedBranch(git)
  const newest = [...latest(await attempts(git, branch)).values()]
  const files = await filesAt(
    git,
    branch.commit,
    newest.flatMap((one) => one.files),
  )
  const more = Array.from({ length: ATTEMPTS }, (_, at) => {
    const one = newest[at % newest.length]
    const own = files
      .filter(({ path }) => one.files.includes(path))
      .map((file) => ({ ...file, deliverable: one.deliverable, components: [], documentation: false }))
    return { ...one, attempt: one.attempt + 1 + Math.floor(at / newest.length), files: own }
  })
  await commitAttempts(git, more)
}
