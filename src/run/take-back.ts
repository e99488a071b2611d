// `undo` on a real workspace: what planUndo says, done by git and merged like any other attempt.
import { LockedError } from '../errors.js'
import { openRecord } from '../record/record.js'
import { attempts, commitAttempts, generatedBranch, treeBefore, treeOf } from '../workspace/generated.js'
import { type Environment, openGit } from '../workspace/git.js'
import { lockWorkspace } from '../workspace/lock.js'
import type { MergeOutcome } from '../workspace/merge.js'
import { withAside } from './aside.js'
import { bringOrAsk } from './bring.js'
import { planUndo, type TakenBack, type UndoneFile, undoing, undoneFiles } from './undo.js'
import type { WorkspaceState } from './workspace.js'
import { newRunId } from './workspace-engine.js'

export interface UndoRequest {
  readonly state: WorkspaceState
  readonly env: Environment
  /** Only its newest attempt; else all of the newest run. */
  readonly deliverable?: string
  readonly notice: (text: string) => void
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

export interface Undo {
  readonly taken: readonly TakenBack[]
  /** What changes on the generated branch. */
  readonly files: readonly UndoneFile[]
}

/** What would be taken back; writes nothing. @throws UsageError where there is nothing of that name */
export async function lookAtUndo({ state, env, deliverable }: UndoRequest): Promise<Undo> {
  const { taken, now, before } = await readUndo(state, env, deliverable)
  return { taken, files: undoneFiles(taken, now, before) }
}

async function readUndo(state: WorkspaceState, env: Environment, deliverable: string | undefined) {
  const git = openGit(state.root, env)
  const all = await attempts(git)
  const taken = planUndo(all, deliverable)
  const places = taken.map(({ attempt }) => all.indexOf(attempt))
  const run = all[Math.min(...places)]?.run
  // Of a run that made a deliverable twice, the state before is the one before its first attempt.
  const first = deliverable === undefined && run !== undefined ? all.find((one) => one.run === run) : taken[0]?.attempt
  const [now, before] = await Promise.all([
    state.generated === undefined ? new Map() : treeOf(git, state.generated),
    first === undefined ? new Map() : treeBefore(git, first.commit),
  ])
  const owners = new Map(
    all.flatMap((attempt) => attempt.files.map((path): [string, string] => [path, attempt.deliverable])),
  )
  return { git, taken, now, before, owners }
}

/** Takes back, one commit per attempt, all or none, and merges. @throws DecisionNeeded where the user changed the same places since */
export async function takeBack(request: UndoRequest): Promise<Undo & { readonly merged: MergeOutcome }> {
  const { state, env, deliverable, notice, clock } = request
  // Before the lock, so that a name that is not known writes nothing; what is read is held to `state` under it.
  const { git, taken, now, before, owners } = await readUndo(state, env, deliverable)
  const lock = await lockWorkspace(state.root, clock)
  try {
    if ((await generatedBranch(git))?.commit !== state.generated)
      throw new LockedError(`another run has changed ${state.root} since this one looked at it; look again, then undo`)
    const run = newRunId(clock)
    await commitAttempts(
      git,
      taken.map((one) => ({ ...undoing(one, before, owners), run })),
    )
    await remember(request, run, taken)
    const merged = await withAside(git, state.uncommitted, notice, () =>
      bringOrAsk(git, notice, { again: 'look at mlops-agents status' }),
    )
    return { taken, files: undoneFiles(taken, now, before), merged }
  } finally {
    await lock.release()
  }
}

/** The newest run in the record is then this one, so that nobody goes on with what was taken back. */
async function remember({ state, clock }: UndoRequest, run: string, taken: readonly TakenBack[]): Promise<void> {
  const record = openRecord(state.root, { clock })
  const deliverables = taken.map(({ attempt }) => attempt.deliverable)
  record.append({ type: 'undo', run, deliverables }).catch(() => undefined)
  record.append({ type: 'run-end', status: 'done', workspace: state.root, deliverables: [] }).catch(() => undefined)
  await record.close()
}
