// Puts the reasons of a plan into a person's words: reads spec.yaml and contract.yaml as they were when each attempt was made.

import { diffSpec } from '../spec/diff.js'
import { loadContract, loadSpec } from '../spec/load.js'
import type { Json } from '../types.js'
import { textsAt } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import type { PlanItem } from './plan.js'
import type { Platform } from './platform.js'
import { changeWords, type Values } from './words.js'
import type { WorkspaceState } from './workspace.js'

/** The same plan with reasons such as `colour was red, now blue`; asks git only where something is stale. */
export async function explain(
  items: readonly PlanItem[],
  platform: Platform,
  state: WorkspaceState,
  git: () => Git,
): Promise<PlanItem[]> {
  const stale = items.filter((item) => item.kind === 'make' && state.latest.has(item.placed.deliverable.id))
  if (stale.length === 0) return [...items]
  const commits = stale.flatMap(({ placed }) => state.latest.get(placed.deliverable.id)?.commit ?? [])
  const [specs, contracts] = await Promise.all([
    textsAt(git(), commits, 'spec.yaml'),
    textsAt(git(), commits, 'contract.yaml'),
  ])
  const read = remembering((spec: string, contract: string) => valuesOf(spec, contract))
  const edited = new Set(
    state.spec && state.generatedSpec ? diffSpec(state.generatedSpec, state.spec).map(({ path }) => path) : [],
  )
  return items.map((item) => {
    const last = state.latest.get(item.placed.deliverable.id)
    if (item.kind !== 'make' || last === undefined) return item
    const [spec, contract] = [specs.get(last.commit), contracts.get(last.commit)]
    const old = spec === undefined || contract === undefined ? undefined : read(spec, contract)
    const words = changeWords({ before: last.inputs, after: item.inputs, old, now: platform.context, edited })
    return { ...item, reasons: words.length > 0 ? words : item.reasons }
  })
}

/** An older or newer product may have written what this one cannot read; then only names are said. */
export function valuesOf(specText: string, contractText: string): Values | undefined {
  try {
    const spec = loadSpec(specText, 'spec.yaml')
    const contract = loadContract(contractText, 'contract.yaml')
    const options = Object.fromEntries(Object.entries(spec.options).map(([name, { value }]) => [name, value]))
    const plain = JSON.parse(JSON.stringify({ spec, contract })) as { spec: Json; contract: Json }
    return { ...plain, options, maturity: spec.maturity.value, project: { name: spec.name, title: spec.title } }
  } catch {
    return undefined
  }
}

function remembering<T>(read: (spec: string, contract: string) => T): (spec: string, contract: string) => T {
  const known = new Map<string, T>()
  return (spec, contract) => {
    const key = `${spec}\0${contract}`
    const value = known.has(key) ? (known.get(key) as T) : read(spec, contract)
    known.set(key, value)
    return value
  }
}
