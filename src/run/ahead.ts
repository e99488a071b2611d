// What a run would do, found out before it begins: the platform that the spec leads to, the plan with its reasons, and what follows from it.
import type { Spec } from '../spec/schema.js'
import { type Environment, type Git, openGit } from '../workspace/git.js'
import { type Accepted, readAccepted } from './accepted.js'
import { consequences } from './consequences.js'
import type { People } from './context.js'
import type { Catalogue, Definitions } from './definitions.js'
import { explain } from './explain.js'
import { peopleOf } from './people.js'
import type { PlanItem, PlanSubject } from './plan.js'
import { type Platform, planPlatform } from './platform.js'
import { type PlatformMemory, recallPlatform } from './recall.js'
import { revised } from './reviews.js'
import { type Selection, select } from './select.js'
import type { WorkspaceState } from './workspace.js'

export interface AheadSubject {
  readonly definitions: Definitions
  readonly catalogue: Catalogue
  readonly spec: Spec
  readonly found: WorkspaceState
  readonly memory: PlatformMemory | undefined
  readonly env: Environment
  /** What of the plan is wanted; all of it where absent. */
  readonly selection?: Selection
  readonly modelFor?: PlanSubject['modelFor']
}

export interface Ahead {
  readonly platform: Platform
  readonly items: readonly PlanItem[]
  /** What the change brings with it, in a person's words. */
  readonly consequences: readonly string[]
  readonly people: People
  /** What stays as an agent has tailored it. */
  readonly accepted: () => Promise<ReadonlyMap<string, Accepted>>
  /** Opened when the first question is asked. */
  readonly git: () => Git
}

/** Reads; writes nothing. @throws DefinitionError where blueprints do not fit together */
export async function lookAhead(subject: AheadSubject): Promise<Ahead> {
  const { definitions, catalogue, spec, found, memory, env, selection, modelFor } = subject
  const platform = await recallPlatform(definitions, spec, memory)
  const planned = planPlatform(definitions, platform, found.previous, modelFor)
  const git = () => openGit(found.root, env)
  const { workflow } = definitions.loaded
  const explained = revised(await explain(planned, platform, found, git), workflow, found.reviews)
  const items = selection === undefined ? explained : select(explained, selection, found.previous)
  return {
    platform,
    items,
    consequences: await consequences({ items, platform, state: found, catalogue, git }),
    people: await peopleOf(items, found, git),
    accepted: () => readAccepted(items, found, git),
    git,
  }
}
