// What a run would do, found out before it begins: the platform that the spec leads to, the plan with its reasons, and what follows from it.
import type { Amendments } from '../spec/amend.js'
import type { Spec } from '../spec/schema.js'
import { type Environment, type Git, openGit } from '../workspace/git.js'
import { type Accepted, readAccepted } from './accepted.js'
import { consequences } from './consequences.js'
import type { People } from './context.js'
import type { Catalogue, Definitions } from './definitions.js'
import type { RunSubject } from './engine.js'
import { explain } from './explain.js'
import { peopleOf } from './people.js'
import type { PlanItem, PlanSubject } from './plan.js'
import { buildPlatform, type Platform, planPlatform } from './platform.js'
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
  readonly replan: RunSubject['replan']
  /** Opened when the first question is asked. */
  readonly git: () => Git
}

/** Reads; writes nothing. @throws DefinitionError where blueprints do not fit together */
export async function lookAhead(subject: AheadSubject): Promise<Ahead> {
  const { definitions, catalogue, spec, found, memory, env, selection, modelFor } = subject
  const git = () => openGit(found.root, env)
  const { workflow } = definitions.loaded
  const planned = (platform: Platform) => planPlatform(definitions, platform, found.previous, modelFor)
  const wanted = (all: readonly PlanItem[]): PlanItem[] => {
    const asked = revised(all, workflow, found.reviews)
    return selection === undefined ? asked : select(asked, selection, found.previous)
  }
  let platform = await recallPlatform(definitions, spec, memory, found.amendments)
  for (let without = reopened(wanted(planned(platform)), platform, modelFor); without !== undefined; ) {
    platform = await buildPlatform(definitions, spec, without)
    without = reopened(wanted(planned(platform)), platform, modelFor)
  }
  const items = wanted(await explain(planned(platform), platform, found, git))
  return {
    platform,
    items,
    replan: async (amendments, made) => {
      const next = await buildPlatform(definitions, spec, amendments)
      const known = new Map([...keptOutputs(items, found), ...made])
      return { platform: next, items: wanted(planPlatform(definitions, next, found.previous, modelFor, known)) }
    },
    consequences: [
      ...platform.refused.map(
        ({ deliverable, entry, reason }) =>
          `what an agent of ${deliverable} changed in the contract at ${entry} no longer holds: ${reason}`,
      ),
      ...(await consequences({ items, platform, state: found, catalogue, git })),
    ],
    people: await peopleOf(items, found, git),
    accepted: () => readAccepted(items, found, git),
    git,
  }
}

/** The amendments without those of deliverables whose agents are asked again, or whose baseline is wanted; undefined where there are none. */
function reopened(
  items: readonly PlanItem[],
  { amendments }: Platform,
  modelFor: PlanSubject['modelFor'],
): Amendments | undefined {
  const again = new Set(
    items
      .filter((item) => item.kind === 'remove' || (item.kind === 'make' && (item.plain || modelFor?.(item.placed))))
      .map(({ placed }) => placed.deliverable.id),
  )
  const kept = [...amendments].filter(([id]) => !again.has(id))
  return kept.length === amendments.size ? undefined : new Map(kept)
}

/** Hashes of what stays as an agent has tailored it. */
const keptOutputs = (items: readonly PlanItem[], { previous }: WorkspaceState): [string, string][] =>
  items.flatMap(({ kind, placed: { deliverable } }): [string, string][] => {
    const output = kind === 'unchanged' ? previous.get(deliverable.id)?.output : undefined
    return output === undefined ? [] : [[deliverable.id, output]]
  })
