// What a change brings with it that no file shows: names of the contract that others rely on, files that go, things outside that stay.
import type { ComponentInfo } from '../blueprint/manifest.js'
import { readYaml } from '../spec/document.js'
import type { Spec } from '../spec/schema.js'
import type { Json } from '../types.js'
import { textsAt } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import type { PlanItem } from './plan.js'
import type { Platform } from './platform.js'
import { contractChanges } from './words.js'
import type { WorkspaceState } from './workspace.js'

export interface ConsequencesSubject {
  readonly items: readonly PlanItem[]
  readonly platform: Platform
  readonly state: WorkspaceState
  readonly catalogue: ReadonlyMap<string, ComponentInfo>
  readonly git: () => Git
}

/** More than this of one kind is only counted. */
const SHOWN = 8

/** Sentences for a person, before anything is made; none for a first design and where nothing changes. */
export async function consequences({ items, platform, state, catalogue, git }: ConsequencesSubject): Promise<string[]> {
  const changes = items.some(({ kind }) => kind === 'make' || kind === 'remove' || kind === 'left')
  if (!changes || state.generated === undefined) return []
  const contract = (await textsAt(git(), [state.generated], 'contract.yaml')).get(state.generated)
  if (state.generatedSpec === undefined || contract === undefined) return []
  return [
    ...contractNotices(readYaml(contract, 'contract.yaml on mlops-agents/generated') as Json, platform, items, state),
    ...goneFiles(items, platform, state),
    ...leaving(state.generatedSpec, platform, catalogue),
  ]
}

function contractNotices(
  before: Json,
  platform: Platform,
  items: readonly PlanItem[],
  state: WorkspaceState,
): string[] {
  const words = contractChanges(before, platform.context.contract ?? null)
  if (words.length === 0) return []
  const readers = items
    .filter(({ placed, inputs }) => {
      const old = state.latest.get(placed.deliverable.id)?.inputs
      return (
        old !== undefined &&
        Object.keys(inputs).some((name) => name.startsWith('contract.') && inputs[name] !== old[name])
      )
    })
    .map(({ placed }) => placed.deliverable.id)
  const read = readers.length === 0 ? 'no deliverable reads what changed' : `read by ${readers.join(', ')}`
  return [...shortened(words, 'changes of the contract'), `contract: ${read}`]
}

/** Of a deliverable that is left alone, the files stay too, and of one that no blueprint makes, what an agent made. */
function goneFiles(items: readonly PlanItem[], platform: Platform, state: WorkspaceState): string[] {
  const kept = new Set(platform.composition.files.map(({ path }) => path))
  const gone = items
    .filter((item) => item.kind === 'remove' || (item.kind === 'make' && item.baseline.files.length > 0))
    .flatMap(({ placed }) => state.latest.get(placed.deliverable.id)?.files ?? [])
    .filter((path) => !kept.has(path))
  return shortened(
    gone.sort().map((path) => `${path} is no longer part of the platform`),
    'files that go',
  )
}

/** Of every option that has another value now, what the components that are no longer used leave outside of the repository. */
function leaving(before: Spec, platform: Platform, catalogue: ReadonlyMap<string, ComponentInfo>): string[] {
  const used = (id: string): string[] => [id, ...(catalogue.get(id)?.includes ?? [])]
  return Object.entries(before.options)
    .filter(([name, { value }]) => platform.options[name] !== value)
    .flatMap(([name, { value }]) => {
      const still = used(`${name}/${platform.options[name]}`)
      return used(`${name}/${value}`).filter((id) => !still.includes(id))
    })
    .flatMap((id) => {
      const { name, leaving: texts } = catalogue.get(id) ?? { name: id, leaving: [] }
      return texts.map((text) => `leaving ${name}: ${text}`)
    })
}

function shortened(sentences: readonly string[], what: string): string[] {
  if (sentences.length <= SHOWN) return [...sentences]
  return [...sentences.slice(0, SHOWN), `and ${sentences.length - SHOWN} more ${what}`]
}
