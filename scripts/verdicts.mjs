// Asks our checks and the real programs about the same files, right ones and broken ones: both must say the same.
// Where they cannot, test/scripts/disagreements.yaml says why, with an example that is asked anew each time.
import { execFileSync } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { mutants } from './mutations.mjs'
import { NotRun } from './platform-toolchain.mjs'
import { kindsToCompare, stop } from './verdict-kinds.mjs'

const LISTED = 'test/scripts/disagreements.yaml'
/** Broken files of each kind. */
const MUTANTS = 24

/** @returns {Promise<string>} how many were compared, by kind; throws with every disagreement that nobody has explained */
export async function sameVerdicts({ root, workspace, folder, exec, log, only }) {
  const listed = parse(await readFile(path.join(root, LISTED), 'utf8'))
  const files = await emitted(workspace)
  const { kinds, missing } = await kindsToCompare({ root, files, folder, exec })
  if (missing.length > 0) throw new NotRun(`missing ${missing.join(', ')}`)
  const found = { unexplained: [], settled: [], counts: [], explained: 0 }
  try {
    for (const kind of kinds.filter(({ name }) => only === undefined || name === only)) {
      const own = listed.filter((entry) => entry.kind === kind.name)
      await compareKind(kind, own, found, log)
      for (const entry of own) if (await settled(kind, entry)) found.settled.push(`${entry.kind}: ${entry.because}`)
    }
  } finally {
    await stop()
  }
  const { unexplained, settled: old, counts, explained } = found
  if (unexplained.length > 0) throw new Error(`${unexplained.length} disagreements\n  ${unexplained.join('\n  ')}`)
  if (old.length > 0) throw new Error(`${LISTED} lists what both now agree about\n  ${old.join('\n  ')}`)
  const total = counts.reduce((sum, { right, broken }) => sum + right + broken, 0)
  const byKind = counts.map(({ name, right, broken, refused }) => `${name} ${right} + ${broken} (${refused} refused)`)
  return `${total} comparisons, ${explained} explained differences; right + broken: ${byKind.join(', ')}`
}

async function compareKind(kind, listed, found, log) {
  const broken = mutants(kind.broken ?? kind.files, kind.mutants ?? MUTANTS)
  const subjects = [...kind.files.map((file) => ({ ...file, operator: 'as emitted', line: 0 })), ...broken]
  const count = { name: kind.name, right: kind.files.length, broken: broken.length, refused: 0 }
  const verdicts = await kind.ask(subjects)
  for (const [at, { ours, theirs }] of verdicts.entries()) {
    const { path: file, operator, line } = subjects[at]
    log?.write(`${kind.name} ${file}:${line} ${operator}: ours ${ours || 'accepts'} | theirs ${theirs || 'accepts'}\n`)
    if (operator !== 'as emitted' && ours !== '' && theirs !== '') count.refused++
    if ((ours === '') === (theirs === '')) continue
    if (listed.some((entry) => explains(entry, { ours, theirs }))) found.explained++
    else
      found.unexplained.push(
        `${kind.name} ${file}:${line} ${operator}: ${ours === '' ? `only the program refuses: ${theirs}` : `only we refuse: ${ours}`}`,
      )
  }
  found.counts.push(count)
}

const explains = ({ refused_by: who, says }, { ours, theirs }) =>
  new RegExp(says).test(who === 'ours' ? ours : theirs) && (who === 'ours' ? theirs === '' : ours === '')

/** Whether both agree about the example by now, so that the entry has to go. */
async function settled(kind, entry) {
  const [verdict] = await kind.ask([{ ...entry.example, operator: 'listed', line: 0 }])
  return !explains(entry, verdict)
}

async function emitted(workspace) {
  const names = execFileSync('git', ['-C', workspace, 'ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean)
  return Promise.all(
    names.map(async (name) => ({
      path: name,
      content: await readFile(path.join(workspace, name), 'utf8'),
      mode: (await stat(path.join(workspace, name))).mode & 0o100 ? '100755' : '100644',
      deliverable: 'compared',
      components: [],
      documentation: name.endsWith('.md'),
    })),
  )
}
