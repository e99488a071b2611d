// Brings the generated branch into the user's, and where both changed the same says what each side did and how a person goes on.
import { DecisionNeeded } from '../errors.js'
import type { Conflict } from '../workspace/conflicts.js'
import { attempts, generatedBranch, textsAt } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import { type MergeOutcome, mergeGenerated } from '../workspace/merge.js'
import type { Attempt } from '../workspace/trailers.js'
import { valuesOf } from './explain.js'
import type { Inputs } from './plan.js'
import { changeWords } from './words.js'

/** Merges, and says what a person should know of it; a conflict changes nothing and is what comes back. */
export async function bring(
  git: Git,
  notice: (text: string) => void,
  settled: readonly string[] = [],
): Promise<MergeOutcome> {
  const outcome = await mergeGenerated(git, { settled })
  if (outcome.kind !== 'merged') return outcome
  for (const path of outcome.keptDeleted)
    notice(`${path} was deleted by you and stays deleted, although the design changed it`)
  for (const { path, from } of outcome.returned)
    notice(`${from} was deleted by you, but the design moved it: it is back as ${path}`)
  return outcome
}

/** As `bring`; a conflict is thrown with both reasons. `again` is the command that goes on afterwards. */
export async function bringOrAsk(
  git: Git,
  notice: (text: string) => void,
  { settled = [], again }: { readonly settled?: readonly string[]; readonly again: string },
): Promise<MergeOutcome> {
  const outcome = await bring(git, notice, settled)
  if (outcome.kind === 'conflict') throw await decision(git, outcome, again)
  return outcome
}

type Conflicting = Extract<MergeOutcome, { kind: 'conflict' }>

async function decision(git: Git, { conflicts, keptDeleted = [], base, settled = [] }: Conflicting, again: string) {
  const all = await attempts(git)
  const recent = await since(git, base)
  const lines: string[] = []
  for (const conflict of conflicts) {
    lines.push(`  ${conflict.path}: ${conflict.reason}`)
    const [mine, theirs] = [await yours(git, base, conflict), await designs(git, conflict.path, all, recent)]
    if (mine !== undefined) lines.push(`      you     ${mine}`)
    if (theirs !== undefined) lines.push(`      design  ${theirs}`)
  }
  const uncommitted = conflicts.every(({ kind }) => kind === 'in the way')
  const hints = [
    ...settled.map((path) => `Of ${path} take the branch's version: git checkout --theirs ${path}`),
    ...keptDeleted.map((path) => `You deleted ${path}; to keep it deleted: git rm ${path}`),
  ]
  const next = uncommitted
    ? `Commit these files or move them away, then ${again}.`
    : [`Merge the branch yourself (git merge mlops-agents/generated), resolve, commit, then ${again}.`, ...hints].join(
        '\n',
      )
  return new DecisionNeeded(
    `your branch and the newly generated files differ in the same places; these files were left as they were:\n${lines.join('\n')}\n${next}`,
  )
}

/** Commits of the generated branch that the user's branch has not. */
async function since(git: Git, base: string | undefined): Promise<ReadonlySet<string>> {
  const branch = await generatedBranch(git)
  if (branch === undefined) return new Set()
  const range = base === undefined ? [branch.commit] : [branch.commit, `^${base}`]
  return new Set((await git.ask('rev-list', ...range, '--')).trim().split('\n'))
}

/** The commits by which the user changed the path, newest first. */
async function yours(git: Git, base: string | undefined, { path, from }: Conflict): Promise<string | undefined> {
  const range = base === undefined ? ['HEAD'] : ['HEAD', `^${base}`, '--not', 'mlops-agents/generated']
  const paths = from === undefined ? [path] : [path, from]
  const said = await git
    .ask('log', '-4', '--no-merges', '--format=%h %s (%an)', ...range, '--', ...paths)
    .catch(() => '')
  const commits = said
    .trim()
    .split('\n')
    .filter((line) => line !== '')
  if (commits.length === 0) return undefined
  return commits.length > 3 ? `${commits.slice(0, 3).join('; ')}; and more` : commits.join('; ')
}

/** Names of the inputs that changed, only those that nothing else explains: an option brings another blueprint, and earlier deliverables follow it too. */
function causes(before: Inputs, after: Inputs): string[] {
  const changed = Object.keys(before)
    .filter((name) => after[name] !== undefined && after[name] !== before[name])
    .sort()
  const decided = changed.filter((name) => /^(maturity|options\b|spec\b)/.test(name))
  const own = changed.filter((name) => !/^(deliverable|fragments of) /.test(name))
  return [decided, own, changed].find((names) => names.length > 0) ?? []
}

/** What was what, and is now what, between two attempts. */
async function inWords(git: Git, before: Attempt, after: Attempt): Promise<string[]> {
  const names = causes(before.inputs, after.inputs)
  const only = (inputs: Inputs): Inputs => Object.fromEntries(names.map((name) => [name, inputs[name] ?? '']))
  const commits = [before.commit, after.commit]
  const [specs, contracts] = await Promise.all(
    ['spec.yaml', 'contract.yaml'].map((name) => textsAt(git, commits, name)),
  )
  const [old, now] = commits.map((commit) => valuesOf(specs?.get(commit) ?? '', contracts?.get(commit) ?? ''))
  return changeWords({ before: only(before.inputs), after: only(after.inputs), old, now: now ?? {}, edited: new Set() })
}

/** Which deliverable changed the path since the two branches last met, and what had changed for it. */
async function designs(
  git: Git,
  path: string,
  all: readonly Attempt[],
  recent: ReadonlySet<string>,
): Promise<string | undefined> {
  const touches = (attempt: Attempt) => attempt.files.includes(path) || attempt.patched.includes(path)
  // A deliverable that let go of the path names it only in the attempt before.
  const by = [...all].reverse().find((attempt) => recent.has(attempt.commit) && touched(attempt, all, touches))
  if (by === undefined) return undefined
  const own = all.filter(({ deliverable }) => deliverable === by.deliverable)
  const met = own.filter(({ commit }) => !recent.has(commit)).at(-1)
  const what = `${by.deliverable}, attempt ${by.attempt}`
  if (by.decision === 'undone') return `${what}: undo took attempt ${by.attempt - 1} back`
  if (met === undefined) return `${what}: its first one`
  const reasons = await inWords(git, met, by)
  return reasons.length === 0 ? what : `${what}: ${reasons.join('; ')}`
}

function touched(attempt: Attempt, all: readonly Attempt[], touches: (attempt: Attempt) => boolean): boolean {
  if (touches(attempt)) return true
  const before = all.filter(
    ({ deliverable, attempt: number }) => deliverable === attempt.deliverable && number < attempt.attempt,
  )
  return before.length > 0 && touches(before[before.length - 1] as Attempt)
}
