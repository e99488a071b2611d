// `approve` and `revise` on a real workspace: who decided what on which files, recorded where every clone can read it.
import { DecisionNeeded, UsageError, WorkspaceError } from '../errors.js'
import type { PhaseEntry } from '../workflow/order.js'
import { GENERATED, generatedBranch, history } from '../workspace/generated.js'
import { type Environment, type Git, openGit, uncommitted } from '../workspace/git.js'
import { lockWorkspace } from '../workspace/lock.js'
import { type Difference, differences, lookAt, type Reviewed } from '../workspace/reviewed.js'
import { commitReview, type Decision, type Review, whoAmI } from '../workspace/reviews.js'
import { bringOrAsk } from './bring.js'
import { idsOf, lookAtHead, newestReview } from './reviews.js'

export interface DecideRequest {
  readonly root: string
  readonly env: Environment
  /** The workspace as the person would type it. */
  readonly typed: string
  readonly phase: PhaseEntry
  readonly decision: Decision
  readonly note?: string
  /** The tree that was looked at, or its beginning; without it the files count as they are. */
  readonly tree?: string
  readonly notice: (text: string) => void
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

export interface Decided {
  readonly review: Review
  readonly files: number
  /** False where the same person had decided the same on the same files. */
  readonly recorded: boolean
}

/** As `record`, for a command that does not hold the workspace yet. */
export async function decide(request: DecideRequest): Promise<Decided> {
  const lock = await lockWorkspace(request.root, request.clock)
  try {
    return await record(request)
  } finally {
    await lock.release()
  }
}

/**
 * Records a decision on the files of a phase as the person's branch has them, and merges it there; no file changes by that.
 * @throws DecisionNeeded where the files are not those that were looked at, or the branch has not got what was made
 */
export async function record(request: DecideRequest): Promise<Decided> {
  const { root, env, phase, decision, note, tree, notice, clock } = request
  const git = openGit(root, env)
  const by = await whoAmI(git, env)
  await bringOrAsk(git, notice, { again: `decide on ${phase.id} again` })
  const branch = await generatedBranch(git)
  if (branch === undefined) throw new WorkspaceError(`${root} holds no design, so there is nothing to decide on`)
  const now = await (await lookAtHead(git, branch.commit))(idsOf(phase))
  if (Object.keys(now.seen).length === 0 || now.files.size === 0)
    throw new UsageError(
      `nothing was made in ${phase.id} (${phase.title}) yet, so there is nothing to decide on; mlops-agents resume, or design, makes it`,
    )
  const open = (await uncommitted(git)).filter((path) => now.files.has(path))
  if (open.length > 0)
    throw new WorkspaceError(
      `a decision is about what is committed, and these files of ${phase.id} have changes that are not:\n${open.map((path) => `  ${path}`).join('\n')}\nCommit them first`,
    )
  if (tree !== undefined && !now.tree.startsWith(tree)) throw await changedSince(git, request, tree, now)
  const before = newestReview((await history(git, branch)).reviews, phase.id)
  const files = now.files.size
  if (before !== undefined && sameDecision(before, request, by, now)) return { review: before, files, recorded: false }
  const review = await commitReview(git, branch, GENERATED, {
    phase: phase.id,
    decision,
    tree: now.tree,
    head: now.commit,
    by,
    at: new Date(clock()).toISOString(),
    ...(note === undefined ? {} : { note }),
    seen: now.seen,
  })
  await bringOrAsk(git, notice, { again: 'look at mlops-agents status' })
  return { review, files, recorded: true }
}

function sameDecision(before: Review, { decision, note }: DecideRequest, by: string, now: Reviewed): boolean {
  const seen = Object.entries(now.seen).every(([id, attempt]) => before.seen[id] === attempt)
  return seen && before.decision === decision && before.note === note && before.by === by && before.tree === now.tree
}

/** How far back in the person's branch the files that were looked at are searched for. */
const SEARCHED = 50
const SHOWN = 20

async function changedSince(
  git: Git,
  { phase, typed }: DecideRequest,
  tree: string,
  now: Reviewed,
): Promise<DecisionNeeded> {
  const before = await findTree(git, phase, tree, now)
  const again =
    `Look at it again: mlops-agents review ${phase.id} --workspace ${typed}\n` +
    `To approve it as it is now: mlops-agents approve ${phase.id} --tree ${short(now.tree)} --workspace ${typed}`
  if (before === undefined)
    return new DecisionNeeded(
      `${phase.id} is not at the tree ${tree} that you name, but at ${short(now.tree)}, and the last ${SEARCHED} commits of your branch have no such tree\n${again}`,
    )
  return new DecisionNeeded(
    `${phase.id} has changed since you looked at the tree ${short(before.tree)}:\n${listed(differences(before.files, now.files))}\n${again}`,
  )
}

async function findTree(git: Git, phase: PhaseEntry, tree: string, now: Reviewed): Promise<Reviewed | undefined> {
  const branch = await generatedBranch(git)
  const commits = (await git.ask('rev-list', `-${SEARCHED}`, now.commit, '--')).trim().split('\n')
  for (const commit of commits) {
    const past = await (await lookAt(git, commit, branch?.commit ?? commit))(idsOf(phase))
    if (past.tree.startsWith(tree)) return past
  }
  return undefined
}

const SIGN = { added: '+', changed: '~', removed: '-' } as const

export function listed(changes: readonly Difference[]): string {
  const lines = changes.slice(0, SHOWN).map(({ path, how }) => `  ${SIGN[how]} ${path}`)
  return [...lines, ...(changes.length > SHOWN ? [`  and ${changes.length - SHOWN} more`] : [])].join('\n')
}

/** Enough of an id for a person to name the tree by. */
export const short = (tree: string): string => tree.slice(0, 12)
