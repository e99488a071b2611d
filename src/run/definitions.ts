// Everything that a run is defined by and that does not depend on the user: workflow, agents, prompts, and what components exist.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { listComponents, loadComponentInfo } from '../blueprint/load.js'
import type { ComponentInfo } from '../blueprint/manifest.js'
import { checkPrompts } from '../prompt/check.js'
import { loadPrompts, type PromptSet } from '../prompt/compile.js'
import { type Shape, shapeHas } from '../prompt/shape.js'
import { contractSchema } from '../spec/contract.js'
import { specSchema } from '../spec/schema.js'
import { type LoadedWorkflow, loadWorkflow } from '../workflow/load.js'
import { givenTo } from '../workflow/order.js'

/** Folder that holds agents, prompts, workflows and blueprints. */
export interface Definitions {
  readonly root: string
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
  const ids = await listComponents(folder)
  return new Map(await Promise.all(ids.map(async (id) => [id, await loadComponentInfo(folder, id)] as const)))
}

export async function loadDefinitions(root: string, workflow = 'ml-pipeline'): Promise<Definitions> {
  const documents = {
    spec: z.toJSONSchema(specSchema, { unrepresentable: 'any' }) as Shape,
    contract: z.toJSONSchema(contractSchema) as Shape,
  }
  const loaded = await loadWorkflow(path.join(root, 'workflows', `${workflow}.yaml`), {
    spec: (name) => shapeHas(documents.spec, name.split('.')),
    contract: (name) => shapeHas(documents.contract, name.split('.')),
  })
  const prompts = await loadPrompts(loaded.promptsDirectory)
  const given = new Map([...loaded.agents.keys()].map((id) => [id, givenTo(loaded.workflow, id)]))
  checkPrompts(prompts, given, { ...documents, options: Object.keys(loaded.workflow.options) })
  const partials = [...prompts.partials].map(([name, partial]) => `${name}\n${partial.source}`).join('\0')
  const agentTexts = await Promise.all(
    [...loaded.agents].map(async ([id, agent]) => [id, await readFile(agent.file, 'utf8')] as const),
  )
  const promptTexts = [...loaded.prompts.keys()].map(
    (id) => [id, `${prompts.prompts.get(id)?.template.source ?? ''}\0${partials}`] as const,
  )
  return { root, loaded, prompts, agentTexts: new Map(agentTexts), promptTexts: new Map(promptTexts) }
}
