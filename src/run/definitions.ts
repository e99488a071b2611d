// Everything that a run is defined by and that does not depend on the user: workflow, agents, prompts, and what components exist.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { listComponents, loadComponentInfo } from '../blueprint/load.js'
import type { ComponentInfo } from '../blueprint/manifest.js'
import { checkPrompts } from '../prompt/check.js'
import { loadPrompts, type PromptSet } from '../prompt/compile.js'
import { type Shape, shapeHas } from '../prompt/shape.js'
import { contractSchema } from '../spec/contract.js'
import { plainSpecSchema, type Spec, specSchema } from '../spec/schema.js'
import { type LoadedWorkflow, loadWorkflow } from '../workflow/load.js'
import { givenTo } from '../workflow/order.js'

export interface Definitions {
  /** Folder that holds workflows, agents and prompts, and blueprints where there are any. */
  readonly root: string
  /** The product's own such folder: what every workflow shares lies there. */
  readonly product: string
  /** No blueprint says what a text can be about, so that requirements give options and maturity and nothing else. */
  readonly plain: boolean
  readonly loaded: LoadedWorkflow
  readonly prompts: PromptSet
  /** Texts that enter a deliverable's key, by agent id. */
  readonly agentTexts: ReadonlyMap<string, string>
  readonly promptTexts: ReadonlyMap<string, string>
}

/** By component id; `<option>/<value>` exists where that value is built. */
export type Catalogue = ReadonlyMap<string, ComponentInfo>

export async function loadCatalogue(root: string): Promise<Catalogue> {
  const folder = path.join(root, 'blueprints')
  const ids = existsSync(folder) ? await listComponents(folder) : []
  return new Map(await Promise.all(ids.map(async (id) => [id, await loadComponentInfo(folder, id)] as const)))
}

/** Those of the product, or of another workflow file with the folders beside its own. @throws DefinitionError with file, line and column */
export async function loadDefinitions(
  product: string,
  file = path.join(product, 'workflows', 'ml-pipeline.yaml'),
): Promise<Definitions> {
  const root = path.dirname(path.dirname(file))
  const plain = root !== product && !existsSync(path.join(root, 'blueprints', 'task'))
  const documents = {
    spec: z.toJSONSchema(plain ? plainSpecSchema : specSchema, { unrepresentable: 'any' }) as Shape,
    contract: z.toJSONSchema(contractSchema) as Shape,
  }
  const loaded = await loadWorkflow(file, {
    spec: (name) => shapeHas(documents.spec, name.split('.')),
    contract: (name) => shapeHas(documents.contract, name.split('.')),
  })
  const prompts = await loadPrompts(loaded.promptsDirectory, path.join(product, 'prompts'))
  const given = new Map([...loaded.agents.keys()].map((id) => [id, givenTo(loaded.workflow, id)]))
  checkPrompts(prompts, given, { ...documents, options: Object.keys(loaded.workflow.options) })
  const partials = [...prompts.partials].map(([name, partial]) => `${name}\n${partial.source}`).join('\0')
  const agentTexts = await Promise.all(
    [...loaded.agents].map(async ([id, agent]) => [id, await readFile(agent.file, 'utf8')] as const),
  )
  const promptTexts = [...loaded.prompts.keys()].map(
    (id) => [id, `${prompts.prompts.get(id)?.template.source ?? ''}\0${partials}`] as const,
  )
  return { root, product, plain, loaded, prompts, agentTexts: new Map(agentTexts), promptTexts: new Map(promptTexts) }
}

/** The components that a spec asks for. A value that no blueprint of a plain workflow serves only enters prompts. */
export function componentsOf({ root, plain }: Definitions, { task, options }: Spec): string[] {
  const ids = [
    'core',
    ...(task === undefined ? [] : [`task/${task.value.kind}`]),
    ...Object.entries(options).map(([name, { value }]) => `${name}/${value}`),
  ]
  return plain ? ids.filter((id) => existsSync(path.join(root, 'blueprints', id, 'blueprint.yaml'))) : ids
}
