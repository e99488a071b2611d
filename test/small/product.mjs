// The product around a workflow of six deliverables with tiny blueprints, so that a whole run takes a fraction of a second.
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const PRODUCT = resolve(import.meta.dirname, '..', '..')
const TASK = 'blueprints/task/tabular-classification'

export const ASKED =
  'Predict which of our subscribers will cancel their contract within 30 days. Billing tables land in S3 every night.'

export const DELIVERABLES = ['sources', 'store', 'shape', 'build', 'report', 'guard']

/** What an agent is told, with all parts that a conversation needs. */
const PROMPT = `Rules.
{{part "platform"}}
{{requirements}}
{{part "assignment"}}
{{> assignment}}
{{> baseline}}
`

export function smallProduct(folder, { built = false, talks = false } = {}) {
  cpSync(join(import.meta.dirname, 'data'), folder, { recursive: true })
  // The words of requirements are those of the real product, as no test here is about them.
  mkdirSync(join(folder, TASK), { recursive: true })
  for (const path of ['blueprints/recognise.yaml', `${TASK}/blueprint.yaml`, `${TASK}/domains`, 'package.json'])
    cpSync(join(PRODUCT, path), join(folder, path), { recursive: true })
  if (built) {
    cpSync(join(PRODUCT, 'dist'), join(folder, 'dist'), { recursive: true })
    for (const name of ['node_modules', 'validators']) symlinkSync(join(PRODUCT, name), join(folder, name))
  }
  if (talks) talking(folder)
  return folder
}

function talking(folder) {
  const prompts = join(folder, 'prompts')
  for (const name of readdirSync(prompts)) if (name.endsWith('.hbs')) writeFileSync(join(prompts, name), PROMPT)
  for (const path of [
    'prompts/partials/assignment.hbs',
    'prompts/partials/baseline.hbs',
    'prompts/tools',
    'prompts/intake',
    'workflows/prices.yaml',
  ])
    cpSync(join(PRODUCT, path), join(folder, path), { recursive: true })
}
