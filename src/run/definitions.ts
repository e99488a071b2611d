// Everything that a run is defined by and that does not depend on the user: workflow, agents, prompts, and what components exist.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { listComponents, loadComponentInfo } from '../blueprint/load.js'
import type { ComponentInfo } from '../blueprint/manifest.js'
import { loadPrompts, type PromptSet } from '../prompt/compile.js'
import { type LoadedWorkflow, loadWorkflow } from '../workflow/load.js'

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
  const loaded = await loadWorkflow(path.join(root, 'workflows', `${workflow}.yaml`))
  const prompts = await loadPrompts(loaded.promptsDirectory)
  const partials = [...prompts.partials].map(([name, partial]) => `${name}\n${partial.source}`).join('\0')
  const agentTexts = await Promise.all(
    [...loaded.agents].map(async ([id, agent]) => [id, await readFile(agent.file, 'utf8')] as const),
  )
  const promptTexts = [...loaded.prompts.keys()].map(
    (id) => [id, `${prompts.prompts.get(id)?.template.source ?? ''}\0${partials}`] as const,
  )
  return { root, loaded, prompts, agentTexts: new Map(agentTexts), promptTexts: new Map(promptTexts) }
}
