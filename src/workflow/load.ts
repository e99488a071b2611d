// Reads a workflow with the agents and prompts that it names, and refuses it as a whole where one name does not hold.
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DefinitionError } from '../errors.js'
import { type Agent, loadAgent } from './agents.js'
import { agentsInOrder } from './order.js'
import { checkReferences, type Known } from './references.js'
import { type Workflow, workflowSchema } from './schema.js'
import { type Path, type Position, parseYaml } from './source.js'

export interface LoadedWorkflow {
  readonly file: string
  readonly workflow: Workflow
  /** By agent id. */
  readonly agents: ReadonlyMap<string, Agent>
  /** Path of each agent's prompt, by agent id. */
  readonly prompts: ReadonlyMap<string, string>
  /** Folder that holds the prompts and, below `partials`, their shared blocks. */
  readonly promptsDirectory: string
  /** Where a value of the workflow file stands, for messages. */
  at(path: Path): Position
}

/** Names that only other parts of the product can judge; see Known. */
export type ReadsKnown = Pick<Known, 'spec' | 'contract'>

/** Loads `<root>/workflows/<name>.yaml`; agents and prompts are its siblings `<root>/agents` and `<root>/prompts`. */
export async function loadWorkflow(file: string, reads: ReadsKnown = {}): Promise<LoadedWorkflow> {
  const root = dirname(dirname(file))
  const agentsDirectory = join(root, 'agents')
  const promptsDirectory = join(root, 'prompts')
  const text = await readFile(file, 'utf8').catch(() => {
    throw new DefinitionError('expected a workflow file; it cannot be read', { file })
  })
  const source = parseYaml(text, file, workflowSchema)
  const known = { agents: await namesIn(agentsDirectory, '.md'), prompts: await namesIn(promptsDirectory, '.hbs') }
  checkReferences(source, { ...known, ...reads })
  const ids = agentsInOrder(source.value).map(({ agent }) => agent.agent)
  const agents = await Promise.all(
    ids.map(async (id) => [id, await loadAgent(join(agentsDirectory, `${id}.md`), id)] as const),
  )
  return {
    file,
    workflow: source.value,
    agents: new Map(agents),
    prompts: new Map(ids.map((id) => [id, join(promptsDirectory, `${id}.hbs`)])),
    promptsDirectory,
    at: source.at,
  }
}

/** Names without extension; a folder that is absent has none, so that the message names the file that was expected in it. */
async function namesIn(directory: string, extension: string): Promise<Set<string>> {
  const entries = await readdir(directory).catch(() => [])
  return new Set(entries.filter((name) => name.endsWith(extension)).map((name) => basename(name, extension)))
}
