// Renders the shipped prompts with small stand-in documents, for every test that reads them as an agent would.
import { loadPrompts } from '../../src/prompt/compile.js'
import { type PromptContext, promptContextSchema } from '../../src/prompt/context.js'
import { agentOutput } from '../../src/prompt/output.js'
import { type PromptPart, textOf } from '../../src/prompt/parts.js'
import { renderParts } from '../../src/prompt/render.js'
import { loadWorkflow } from '../../src/workflow/load.js'
import { agentsInOrder, givenTo, type Placed } from '../../src/workflow/order.js'

const { workflow, agents } = await loadWorkflow('workflows/ml-pipeline.yaml')
const prompts = loadPrompts('prompts')

function contextFor({ agent, deliverable }: Placed, requirements: string): PromptContext {
  const given = givenTo(workflow, agent.agent)
  const workOf = (name: string): { output: string } => {
    const all = agentsInOrder(workflow).find((entry) => entry.agent.agent === name)?.agent.deliverables ?? []
    const before =
      name === agent.agent
        ? all.slice(
            0,
            all.findIndex(({ id }) => id === deliverable.id),
          )
        : all
    const outputs = before.map(({ id, title }) => ({ id, title, status: 'done', summary: `work on ${id}`, files: [] }))
    return { output: agentOutput(outputs, 100) }
  }
  const earlier = Object.entries(given.phases).map(([phase, names]) => [
    phase,
    Object.fromEntries(names.map((name) => [name, workOf(name)])),
  ])
  const specialist = agents.get(agent.agent)
  if (specialist === undefined) throw new Error(`no agent ${agent.agent}`)
  const { name, description, instructions } = specialist
  const { id, title, maturity } = deliverable
  return promptContextSchema.parse({
    ...Object.fromEntries(earlier),
    ...(given.requirements ? { requirements } : {}),
    spec: { name: 'churn' },
    contract: { features: {} },
    options: Object.fromEntries(
      Object.entries(workflow.options).map(([option, { default: value }]) => [option, value]),
    ),
    maturity: 5,
    agent: { name, description, instructions },
    deliverable: { id, title, maturity, files: [{ path: 'a.yaml', content: ['a: $', '{{ secrets.A }}\n'].join('') }] },
    nonce: 'k3y0',
  })
}

/** The prompt of one deliverable at maturity 5 with the default options, in its parts. */
export async function partsFor(placed: Placed, requirements = 'Predict who leaves.'): Promise<PromptPart[]> {
  const prompt = (await prompts).prompts.get(placed.agent.agent)
  if (prompt === undefined) throw new Error(`no prompt for ${placed.agent.agent}`)
  return renderParts(prompt, contextFor(placed, requirements))
}

/** The same as one text. */
export const promptFor = async (placed: Placed, requirements?: string): Promise<string> =>
  textOf(await partsFor(placed, requirements))
