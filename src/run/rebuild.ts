// A generated branch that was lost comes again: from the history of the user's branch, which holds what was merged, or else from spec.yaml.
import { WorkspaceError } from '../errors.js'
import { commitAttempts, GENERATED, readBranches } from '../workspace/generated.js'
import { type Environment, type Git, openGit } from '../workspace/git.js'
import { generatedInHistory, inspectForRebuild } from '../workspace/locate.js'
import { lockWorkspace } from '../workspace/lock.js'
import type { PlanItem } from './plan.js'
import type { Platform } from './platform.js'
import { newAttempt, newRunId, specAttempt } from './workspace-engine.js'

export interface RebuildSubject {
  readonly root: string
  readonly env: Environment
  /** The platform that spec.yaml of the folder gives, with everything to be made; composed only where history does not help. */
  readonly compose: () => Promise<{ readonly platform: Platform; readonly items: readonly PlanItem[] }>
  readonly notice: (text: string) => void
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** Leaves every file as it is. @throws WorkspaceError where there is a generated branch, or git is busy */
export async function rebuildBase(subject: RebuildSubject): Promise<void> {
  const { root, env, notice, clock } = subject
  const git = openGit(root, env)
  if ((await readBranches(git)).generated !== undefined)
    throw new WorkspaceError(
      `${root} has its branch mlops-agents/generated, so there is nothing to rebuild; leave --rebuild-base out`,
    )
  const { branch, head } = await inspectForRebuild(git)
  const lock = await lockWorkspace(root, clock)
  try {
    const held = await generatedInHistory(git)
    if (held !== '') {
      await git.write(['update-ref', '-m', 'mlops-agents: rebuild', GENERATED, held, '0'.repeat(held.length)])
      notice(`mlops-agents/generated stands again where your branch last merged it (${held.slice(0, 10)})`)
      return
    }
    await compose(git, subject, branch, head)
  } finally {
    await lock.release()
  }
}

/** New attempts of everything, and a merge into the user's branch that changes none of its files: their differences are edits from now on. */
async function compose(git: Git, { compose: build, notice, clock }: RebuildSubject, branch: string, head: string) {
  const { platform, items } = await build()
  const run = newRunId(clock)
  const made = await commitAttempts(git, [
    { ...specAttempt(platform, 1), run },
    ...items.flatMap((item) =>
      item.kind === 'make'
        ? [{ ...newAttempt({ item, files: [...item.baseline.files, ...item.baseline.patched], level: 'none' }), run }]
        : [],
    ),
  ])
  const tip = made.at(-1)?.commit ?? ''
  const commit = await git.write(['commit-tree', `${head}^{tree}`, '-p', head, '-p', tip, '-F', '-'], {
    input: 'Merge branch mlops-agents/generated, made again; every file stays as it is\n',
  })
  await git.write(['update-ref', '-m', 'mlops-agents: rebuild', branch, commit.stdout.trim(), head])
  notice(`mlops-agents/generated was made again from spec.yaml, ${made.length} attempts; your files are as they were`)
}
