// Spec -> platform: the components that the spec chooses, the contract, and the composed baseline. Reads blueprints, writes nothing.
import path from 'node:path'
import { adviceOf } from '../blueprint/advice.js'
import { type Composition, compose, type Settings } from '../blueprint/compose.js'
import { computeContract } from '../blueprint/contract.js'
import { loadComponents } from '../blueprint/load.js'
import { ruledOut } from '../blueprint/ruled-out.js'
import { renderTemplate } from '../prompt/render.js'
import { type Amendments, amend, type RefusedAmendment } from '../spec/amend.js'
import type { Contract } from '../spec/contract.js'
import { contractToYaml, specToYaml } from '../spec/save.js'
import type { Spec } from '../spec/schema.js'
import type { Json } from '../types.js'
import { deliverablesInOrder } from '../workflow/order.js'
import type { ContextSubject } from './context.js'
import { componentsOf, type Definitions } from './definitions.js'
import { type PlanItem, type PlanSubject, type PreviousAttempt, plan } from './plan.js'

export interface Platform {
  readonly spec: Spec
  /** With what agents amended. */
  readonly contract: Contract
  readonly amendments: Amendments
  /** Amendments that do not hold, for such a spec. */
  readonly refused: readonly RefusedAmendment[]
  readonly composition: Composition
  /** What a person should know about the numbers that were asked for. */
  readonly advice: readonly string[]
  /** spec.yaml and contract.yaml as they stand in the workspace; written once, as printing them takes as long as planning. */
  readonly texts: { readonly spec: string; readonly contract: string }
  readonly options: Readonly<Record<string, string>>
  readonly maturity: number
  /** Roots that templates and prompts read: spec, contract, options, maturity, project. */
  readonly context: Readonly<Record<string, Json>>
}

const NO_AMENDMENTS: Amendments = new Map()

/** @throws DefinitionError where blueprints do not fit together */
export async function buildPlatform(
  definitions: Definitions,
  spec: Spec,
  amendments: Amendments = NO_AMENDMENTS,
): Promise<Platform> {
  const options = Object.fromEntries(Object.entries(spec.options).map(([name, choice]) => [name, choice.value]))
  const maturity = spec.maturity.value
  const components = await loadComponents(path.join(definitions.root, 'blueprints'), componentsOf(definitions, spec))
  const base = { spec: asJson(spec), options, maturity, project: { name: spec.name, title: spec.title } }
  const all = deliverablesInOrder(definitions.loaded.workflow).map(({ deliverable }) => deliverable)
  const [above, here] = [all.filter((d) => d.maturity > maturity), all.filter((d) => d.maturity <= maturity)]
  const asked: Settings = {
    project: spec.name,
    options,
    maturity,
    deliverables: new Set(here.map(({ id }) => id)),
    context: base,
  }
  const notApplicable = ruledOut(components, asked, above, renderTemplate)
  const kept = here.filter(({ id }) => !(id in notApplicable))
  const settings = { ...asked, deliverables: new Set(kept.map(({ id }) => id)) }
  const computed = computeContract(components, settings, renderTemplate, notApplicable)
  const { contract, refused } = amend(computed, amendments)
  const context = { ...base, contract: asJson(contract) }
  const composition = compose(components, { ...settings, context }, renderTemplate)
  const advice = adviceOf(components, { ...settings, context }, renderTemplate)
  const texts = { spec: specToYaml(spec), contract: contractToYaml(contract) }
  return { spec, contract, amendments, refused, composition, texts, advice, options, maturity, context }
}

/** What has to be made so that the workspace holds this platform. */
export function planPlatform(
  definitions: Definitions,
  platform: Platform,
  previous: ReadonlyMap<string, PreviousAttempt>,
  modelFor?: PlanSubject['modelFor'],
  made?: ReadonlyMap<string, string>,
): PlanItem[] {
  return plan({
    placed: deliverablesInOrder(definitions.loaded.workflow),
    maturity: platform.maturity,
    baselines: platform.composition.baselines,
    context: platform.context,
    agents: definitions.agentTexts,
    prompts: definitions.promptTexts,
    ruledOut: platform.contract.not_applicable,
    previous,
    ...(modelFor === undefined ? {} : { modelFor }),
    ...(made === undefined ? {} : { made }),
  })
}

/** zod output has optional keys that are undefined; JSON has none. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

/** What prompts are rendered from. */
export function contextSubject(definitions: Definitions, platform: Platform): ContextSubject {
  return {
    definitions,
    baselines: platform.composition.baselines,
    spec: platform.context.spec ?? null,
    contract: platform.context.contract ?? null,
    requirements: platform.spec.text,
    options: platform.options,
    maturity: platform.maturity,
    ruledOut: platform.contract.not_applicable,
  }
}
