// Before a command writes: what origin's generated branch has, this clone gets, and the user's branch too, so that nothing is decided on old news.
import { UserError } from '../errors.js'
import { joinSpecs } from '../spec/join.js'
import { loadSpec } from '../spec/load.js'
import { specToYaml } from '../spec/save.js'
import { readBranches } from '../workspace/generated.js'
import { type Environment, type Git, openGit } from '../workspace/git.js'
import { type JoinByMeaning, type Joined, joinOrigin, standing } from '../workspace/join.js'
import { lockWorkspace } from '../workspace/lock.js'
import { withAside } from './aside.js'
import { bringOrAsk } from './bring.js'
import { SPEC_ATTEMPT } from './workspace.js'

export interface JoinSubject {
  readonly root: string
  readonly env: Environment
  /** Files whose changes are to be set aside meanwhile. */
  readonly uncommitted?: readonly string[] | undefined
  readonly notice: (text: string) => void
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** True where there was something to join. @throws DecisionNeeded where the user's branch cannot take it without a decision */
export async function joinWorkspace({ root, env, uncommitted, notice, clock }: JoinSubject): Promise<boolean> {
  const git = openGit(root, env)
  const seen = await readBranches(git).catch(() => undefined)
  // Asked before the lock is taken, because most workspaces have nothing to join and are not to be written to.
  if (seen?.origin === undefined || ['same', 'ahead'].includes(await standing(git, seen))) return false
  const lock = await lockWorkspace(root, clock)
  try {
    const joined = await joinOrigin(git, await readBranches(git), (parted) => joinedSpec(git, parted))
    if (joined.kind === 'nothing') return false
    for (const text of sentences(joined)) notice(text)
    await withAside(git, uncommitted, notice, () =>
      bringOrAsk(git, notice, { settled: ['spec.yaml'], again: 'run the command again' }),
    )
    return true
  } finally {
    await lock.release()
  }
}

/** spec.yaml where both sides changed it; yours is as it stands in the folder, since an edit there is a decision too. */
async function joinedSpec(
  git: Git,
  { base, origin, newer }: Parameters<JoinByMeaning>[0],
): Promise<ReadonlyMap<string, string>> {
  const side = newer(SPEC_ATTEMPT)
  if (side === undefined) return new Map()
  const of = async (commit: string) =>
    loadSpec(await git.ask('show', `${commit}:spec.yaml`), `spec.yaml of ${commit.slice(0, 10)}`)
  try {
    const [before, theirs, yours] = [await of(base), await of(origin), await of('HEAD')]
    const spec = side === 'yours' ? joinSpecs(yours, before, theirs) : joinSpecs(theirs, before, yours)
    return new Map([['spec.yaml', specToYaml(spec)]])
  } catch (error) {
    // One of them has none, or is damaged: then the newer one counts as a whole.
    if (error instanceof UserError) return new Map()
    throw error
  }
}

function sentences(joined: Exclude<Joined, { kind: 'nothing' }>): string[] {
  if (joined.kind === 'followed')
    return [`mlops-agents/generated follows origin's, which has ${joined.commits} newer commits`]
  const { decided, taken } = joined
  const from = taken.length === 0 ? 'nothing but history' : taken.join(', ')
  return [
    `origin has attempts that this clone has not, and the other way round; they are joined: ${from} from origin`,
    ...decided.map(({ deliverable, side, kept, other }) =>
      side === 'yours'
        ? `${deliverable}: both made it anew; yours is newer and counts (${kept.commit.slice(0, 10)}), origin's stays in the history (${other.commit.slice(0, 10)})`
        : `${deliverable}: both made it anew; origin's is newer and counts (${kept.commit.slice(0, 10)}), yours stays in the history (${other.commit.slice(0, 10)})`,
    ),
  ]
}
