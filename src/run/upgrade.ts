// What another version of the product makes differently of a platform: every deliverable is planned anew from the very spec that it was
// made from, so that what differs is the product's doing and not that of the person who edits spec.yaml.
import { type DependencyChange, dependencyChanges } from '../blueprint/dependencies.js'
import { loadSpec } from '../spec/load.js'
import type { Spec } from '../spec/schema.js'
import { deliverablesInOrder } from '../workflow/order.js'
import { filesAt, textsAt } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import type { Definitions } from './definitions.js'
import { explain } from './explain.js'
import type { PlanItem } from './plan.js'
import { buildPlatform, type Platform, planPlatform } from './platform.js'
import { SPEC_ATTEMPT, type WorkspaceState } from './workspace.js'

interface FileChange {
  readonly path: string
  readonly how: 'added' | 'changed' | 'removed'
}

export interface Upgrade {
  /** In workflow order. */
  readonly deliverables: readonly {
    readonly id: string
    readonly reasons: readonly string[]
    /** Against the generated branch; none where only a prompt is another one. */
    readonly files: readonly FileChange[]
  }[]
  readonly dependencies: readonly DependencyChange[]
  /** Deliverables that this version does not know any more: their files stay. */
  readonly unknown: readonly string[]
}

interface Changed {
  readonly item: PlanItem
  readonly platform: Platform
}

/** Reads; writes nothing. */
export async function upgradeOf(definitions: Definitions, state: WorkspaceState, git: () => Git): Promise<Upgrade> {
  const order = deliverablesInOrder(definitions.loaded.workflow).map(({ deliverable }) => deliverable.id)
  const changed: Changed[] = []
  for (const { spec, ids } of await specsOf(order, state, git)) {
    const platform = await buildPlatform(definitions, spec, state.amendments)
    const items = planPlatform(definitions, platform, state.previous).filter(
      ({ kind, placed }) => ids.includes(placed.deliverable.id) && (kind === 'make' || kind === 'remove'),
    )
    const inWords = await explain(items, platform, state, git)
    changed.push(...inWords.map((item) => ({ item, platform })))
  }
  changed.sort((one, other) => order.indexOf(idOf(one)) - order.indexOf(idOf(other)))

  const after = new Map(changed.flatMap(newTexts))
  const before = await oldTexts(changed, after, state, git)
  return {
    deliverables: changed.map((one) => ({
      id: idOf(one),
      reasons: 'reasons' in one.item ? one.item.reasons : [],
      files: fileChanges(
        [...newTexts(one).map(([path]) => path), ...(state.latest.get(idOf(one))?.files ?? [])],
        before,
        after,
      ),
    })),
    dependencies: dependencyChanges(before, after),
    unknown: [...state.latest.values()]
      .filter(({ deliverable, files }) => files.length > 0 && ![SPEC_ATTEMPT, ...order].includes(deliverable))
      .map(({ deliverable }) => deliverable),
  }
}

const idOf = ({ item }: Changed): string => item.placed.deliverable.id

/** Each spec that a present attempt was made from, with the deliverables of it; what is new in the workflow goes with the last one. */
async function specsOf(
  order: readonly string[],
  state: WorkspaceState,
  git: () => Git,
): Promise<{ readonly spec: Spec; readonly ids: readonly string[] }[]> {
  const last = state.generatedSpec ?? state.spec
  if (last === undefined) return []
  const commits = order.flatMap((id) => state.latest.get(id)?.commit ?? [])
  const texts = await textsAt(git(), commits, 'spec.yaml')
  const groups = new Map<string, { spec: Spec; ids: string[] }>()
  for (const id of order) {
    const made = state.latest.get(id)
    // Of a run that did not end, what was not made yet is not new.
    if (made === undefined && state.unfinished) continue
    const text = made === undefined ? '' : (texts.get(made.commit) ?? '')
    const group = groups.get(text) ?? { spec: readSpec(text) ?? last, ids: [] }
    groups.set(text, { ...group, ids: [...group.ids, id] })
  }
  return [...groups.values()]
}

/** One that this version cannot read was written by a much older one; then the last spec has to serve. */
function readSpec(text: string): Spec | undefined {
  try {
    return text === '' ? undefined : loadSpec(text, 'spec.yaml')
  } catch {
    return undefined
  }
}

/** As the files finally stand, with the patches of others. */
function newTexts({ item, platform }: Changed): [string, string][] {
  if (item.kind !== 'make') return []
  const mine = new Set([...item.baseline.files, ...item.baseline.patched].map(({ path }) => path))
  return platform.composition.files
    .filter(({ path }) => mine.has(path))
    .map(({ path, content }): [string, string] => [path, content])
}

async function oldTexts(
  changed: readonly Changed[],
  after: ReadonlyMap<string, string>,
  state: WorkspaceState,
  git: () => Git,
): Promise<Map<string, string>> {
  if (changed.length === 0 || state.generated === undefined) return new Map()
  const paths = new Set([...after.keys(), ...changed.flatMap((one) => state.latest.get(idOf(one))?.files ?? [])])
  const files = await filesAt(git(), state.generated, [...paths])
  return new Map(files.map(({ path, content }) => [path, content]))
}

function fileChanges(
  paths: readonly string[],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): FileChange[] {
  return [...new Set(paths)].sort().flatMap((path): FileChange[] => {
    const [was, is] = [before.get(path), after.get(path)]
    if (was === is) return []
    return [{ path, how: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed' }]
  })
}
