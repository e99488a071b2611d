// Every template of the blueprints reads paths that spec and contract can have, and that its own manifest declares.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listComponents, loadComponent } from '../../src/blueprint/load.js'
import { checkReads, checkTemplate } from '../../src/prompt/check.js'
import { record, type Shape } from '../../src/prompt/shape.js'
import { parseTemplate } from '../../src/prompt/walk.js'
import { contractSchema } from '../../src/spec/contract.js'
import { specSchema } from '../../src/spec/schema.js'
import { loadWorkflow } from '../../src/workflow/load.js'

const { workflow } = await loadWorkflow('workflows/ml-pipeline.yaml')
const text: Shape = { type: 'string' }
const shape = record({
  spec: z.toJSONSchema(specSchema),
  contract: z.toJSONSchema(contractSchema),
  options: record(Object.fromEntries(Object.keys(workflow.options).map((name) => [name, text]))),
  maturity: { type: 'number' },
  project: record({ name: text, title: text }),
})

/** What each template of a component declares to read, by its path below the component. */
async function declared(id: string): Promise<Map<string, readonly string[]>> {
  const { contributions } = await loadComponent('blueprints', id)
  const reads = new Map<string, readonly string[]>()
  for (const { deliverable, manifest } of contributions) {
    reads.set(`deliverables/${deliverable}.contract.yaml.hbs`, manifest.contract_reads)
    for (const file of manifest.files) reads.set(`files/${file.path}.hbs`, file.reads)
    for (const { template, reads: paths } of manifest.fragments) {
      if (template !== undefined) reads.set(`fragments/${template}`, paths)
    }
  }
  return reads
}

describe('the templates of', async () => {
  const components = await listComponents('blueprints')
  it.each(components)('%s', async (id) => {
    const reads = await declared(id)
    const templates = readdirSync(`blueprints/${id}`, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.hbs'),
    )
    const problems: string[] = []
    for (const name of templates) {
      const file = `blueprints/${id}/${name}`
      const template = parseTemplate(readFileSync(file, 'utf8'), file)
      for (const check of [() => checkTemplate(template, shape), () => checkReads(template, reads.get(name) ?? [])]) {
        try {
          check()
        } catch (error) {
          problems.push(String(error))
        }
      }
    }
    expect(problems).toEqual([])
  })
})
