// Opens a workspace that was designed before, for the commands that look at it.
import { realpath } from 'node:fs/promises'
import { DecisionNeeded, WorkspaceError } from '../errors.js'
import { openMemory } from '../record/memory.js'
import { readAccepted } from '../run/accepted.js'
import type { Definitions } from '../run/definitions.js'
import { explain } from '../run/explain.js'
import { joinWorkspace } from '../run/join.js'
import type { PlanItem } from '../run/plan.js'
import { type Platform, planPlatform } from '../run/platform.js'
import { tailoredPlatform } from '../run/present.js'
import { type PlatformMemory, recallPlatform } from '../run/recall.js'
import { filesHalfChanged, type Recovery, recover } from '../run/recovery.js'
import { revised } from '../run/reviews.js'
import { readWorkspace, type WorkspaceState } from '../run/workspace.js'
import type { Placed } from '../workflow/order.js'
import { gitVersion, openGit } from '../workspace/git.js'
import { inspect } from '../workspace/locate.js'
import { buildOf } from './build.js'
import type { Config } from './config.js'
import { definitionsOf } from './workflow.js'

export interface Project {
  readonly definitions: Definitions
  readonly platform: Platform
  readonly items: readonly PlanItem[]
  readonly state: WorkspaceState
}

/**
 * For commands that write, before they look: what a run that was killed left in `folder` is finished or taken back. Undefined where there was nothing.
 * With `dry` nothing is written, and where files are half changed nothing can be said.
 * @throws LockedError where a run is at work there
 * @throws DecisionNeeded where a person has edited since what the run was changing
 */
export async function recoverWorkspace(folder: string, config: Config, dry = false): Promise<Recovery | undefined> {
  const root = await realpath(folder).catch(() => undefined)
  if (dry) {
    if (root === undefined || !(await filesHalfChanged(root))) return undefined
    throw new WorkspaceError(
      `a run was killed while it updated the files of ${root}; put that right first: mlops-agents resume --workspace ${root}`,
    )
  }
  const recovered = root === undefined ? undefined : await recover(root, config.env, Date.now)
  if (root === undefined || recovered === undefined) return undefined
  const { how, edited = [], aside } = recovered
  if (edited.length > 0)
    throw new DecisionNeeded(
      `a run was killed while it updated the files of ${root}, and you have edited some of them since; these were left as they are, ` +
        `the others put back to your last commit:\n${edited.map((file) => `  ${file}`).join('\n')}\n` +
        `Commit them or take them back (git status shows them), then go on with mlops-agents resume --workspace ${root}`,
    )
  if (how !== undefined)
    process.stderr.write(`note: a run was killed while it updated the files of ${root}; that is ${how} now\n`)
  if (aside !== undefined) process.stderr.write(`note: ${aside.text}\n`)
  return recovered
}

/** For commands that write: what origin's generated branch has is brought here first, and the workspace then looked at again. */
export async function joinOrigin(seen: WorkspaceState, config: Config): Promise<WorkspaceState> {
  const notice = (text: string) => void process.stderr.write(`note: ${text}\n`)
  const { root, generated, uncommitted } = seen
  if (generated === undefined) return seen
  const joined = await joinWorkspace({ root, env: config.env, uncommitted, notice, clock: Date.now })
  return joined ? findWorkspace(root, true, config, { autostash: uncommitted !== undefined }) : seen
}

/** Finds out what is at `folder` before anything is written. */
export async function findWorkspace(
  folder: string,
  nested: boolean,
  config: Config,
  { looking = false, autostash = false }: { readonly looking?: boolean; readonly autostash?: boolean } = {},
): Promise<WorkspaceState> {
  const located = inspect(folder, { env: config.env, nested, looking, autostash })
  // Asked at the same time, but a git that is missing or too old is the first thing to say.
  located.catch(() => undefined)
  await gitVersion(config.env)
  const found = await located
  if (found.kind === 'existing' && found.uncommitted?.includes('spec.yaml'))
    throw new WorkspaceError(
      `spec.yaml of ${found.root} has changes that are not committed, and the design is made from it; commit it, --autostash would leave them out`,
    )
  return readWorkspace(found, config.env)
}

/** What this build of the product composed for the workspace; undefined where one build cannot be told from another. */
export function platformMemory(root: string, config: Config): PlatformMemory | undefined {
  const build = buildOf(config.root)
  return build === undefined ? undefined : { ...openMemory(root, 'platform.json'), build }
}

/** Looking is allowed in a dirty workspace. @throws WorkspaceError where nothing was designed in `folder` */
export async function openProject(folder: string, config: Config): Promise<Project> {
  await gitVersion(config.env)
  const located = await inspect(folder, { env: config.env, nested: true, looking: true })
  const state = await readWorkspace(located, config.env)
  if (state.spec === undefined) {
    throw new WorkspaceError(
      `${folder} holds no design: there is no spec.yaml; name the right folder with --workspace, or run mlops-agents design first`,
    )
  }
  const definitions = await definitionsOf(state.spec, state.root, config)
  const platform = await recallPlatform(definitions, state.spec, platformMemory(state.root, config), state.amendments)
  const { modelNames, readModels } = await import('./models.js')
  const models = await readModels({}, undefined, config)
  const names = models && modelNames(definitions, models)
  const modelFor = names && (({ agent }: Placed) => names.get(agent.agent))
  const planned = planPlatform(definitions, platform, state.previous, modelFor)
  const git = () => openGit(state.root, config.env)
  const explained = await explain(planned, platform, state, git)
  const items = revised(explained, definitions.loaded.workflow, state.reviews)
  const accepted = await readAccepted(items, state, git, { stale: true })
  return { definitions, platform: tailoredPlatform(platform, accepted), items, state }
}
