// What a workspace already holds: its spec as the person has it and as it was generated, and the latest attempts.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { lastRun } from '../record/runs.js'
import type { Amendments } from '../spec/amend.js'
import { joinSpecs } from '../spec/join.js'
import { loadContract, loadSpec } from '../spec/load.js'
import type { Spec } from '../spec/schema.js'
import { history, latest } from '../workspace/generated.js'
import { type Environment, type Git, openGit } from '../workspace/git.js'
import type { Located } from '../workspace/locate.js'
import type { Review } from '../workspace/reviews.js'
import type { Attempt } from '../workspace/trailers.js'
import type { PreviousAttempt } from './plan.js'

/** Id under which spec.yaml and contract.yaml are committed on the generated branch; no deliverable of a workflow has it. */
export const SPEC_ATTEMPT = 'spec'

export interface WorkspaceState {
  readonly root: string
  /** A repository is there, with or without commits. */
  readonly repository: boolean
  /** Where the generated branch stood when this was read; absent where there was none. */
  readonly generated?: string
  /** The newest run recorded here did not end well, so what it should have checked is still open. */
  readonly unfinished: boolean
  /** Commits of the generated branch that the user's branch has not. */
  readonly unmerged: number
  /** Tracked files whose changes are to be set aside while something is written. */
  readonly uncommitted?: readonly string[]
  readonly previous: ReadonlyMap<string, PreviousAttempt>
  readonly latest: ReadonlyMap<string, Attempt>
  /** What agents changed in the contract, by the latest attempt of each deliverable. */
  readonly amendments: Amendments
  /** What people decided, from oldest to newest. */
  readonly reviews: readonly Review[]
  /** spec.yaml in the folder, with what was decided on the generated branch and has not reached it. */
  readonly spec?: Spec
  readonly generatedSpec?: Spec
  /** Text of spec.yaml in the folder. */
  readonly specText?: string
}

/** Reads; writes nothing. @throws DefinitionError with line and column where spec.yaml or contract.yaml was damaged by hand */
export async function readWorkspace(located: Located, env: Environment): Promise<WorkspaceState> {
  const { root } = located
  if (located.kind === 'new')
    return {
      root,
      repository: located.repository,
      unfinished: false,
      unmerged: 0,
      previous: new Map(),
      latest: new Map(),
      amendments: new Map(),
      reviews: [],
    }
  const git = openGit(root, env)
  const { commit } = located.generated
  const [made, specText, contractText, generatedText, last, unmerged] = await Promise.all([
    history(git, located.generated),
    readFile(path.join(root, 'spec.yaml'), 'utf8').catch(() => undefined),
    readFile(path.join(root, 'contract.yaml'), 'utf8').catch(() => undefined),
    git.ask('show', `${commit}:spec.yaml`).catch(() => undefined),
    lastRun(root),
    // A branch without commits has none of them.
    git.ask('rev-list', '--count', commit, '^HEAD', '--').catch(() => '1'),
  ])
  if (contractText !== undefined) loadContract(contractText, 'contract.yaml')
  const newest = latest(made.attempts)
  const present = specText === undefined ? undefined : loadSpec(specText, 'spec.yaml')
  const generatedSpec =
    generatedText === undefined ? undefined : loadSpec(generatedText, 'spec.yaml on mlops-agents/generated')
  const base = present && generatedSpec && Number(unmerged) > 0 ? await specWhereTheyMet(git, commit) : undefined
  const spec = present && generatedSpec && base ? joinSpecs(present, base, generatedSpec) : present
  return {
    root,
    repository: true,
    unfinished: (last?.status ?? 'done') !== 'done',
    unmerged: Number(unmerged),
    previous: new Map([...newest].map(([id, attempt]) => [id, previousOf(attempt)])),
    latest: newest,
    amendments: new Map(
      [...newest].flatMap(([id, { tailored }]) => (tailored?.amendments ? [[id, tailored.amendments]] : [])),
    ),
    reviews: made.reviews,
    generated: commit,
    ...(located.uncommitted === undefined ? {} : { uncommitted: located.uncommitted }),
    ...(specText === undefined ? {} : { specText }),
    ...(spec === undefined ? {} : { spec }),
    ...(generatedSpec === undefined ? {} : { generatedSpec }),
  }
}

/**
 * What the user's branch has not got yet is no edit of theirs: without this a decision that was cut off, or waits for a conflict to be
 * resolved, would be taken back by the next command as if the person had wished it.
 */
async function specWhereTheyMet(git: Git, generated: string): Promise<Spec | undefined> {
  const base = (await git.ask('merge-base', 'HEAD', generated).catch(() => '')).trim()
  if (base === '') return undefined
  const text = await git.ask('show', `${base}:spec.yaml`).catch(() => undefined)
  return text === undefined ? undefined : loadSpec(text, `spec.yaml of ${base.slice(0, 10)}`)
}

function previousOf(attempt: Attempt): PreviousAttempt {
  return {
    attempt: attempt.attempt,
    key: attempt.key,
    inputs: attempt.inputs,
    level: attempt.level,
    // An attempt that gave no file took away what there was, or gave back that there was nothing.
    removed: attempt.files.length === 0 && attempt.patched.length === 0,
    ...(attempt.tailored === undefined ? {} : { output: attempt.tailored.output }),
  }
}
