// The small product with prompts that a model can answer, for tests of what models cost and what of them is seen.
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { smallProduct } from '../small/product.mjs'
import { lastingFolder } from '../temporary.js'
import { PRODUCT } from './product.js'

const PROMPT = `Rules.
{{part "platform"}}
{{requirements}}
{{part "assignment"}}
{{> assignment}}
{{> baseline}}
`

let product: string | undefined

export function talkingRoot(): string {
  product ??= make()
  return product
}

function make(): string {
  const folder = smallProduct(lastingFolder('talking'), { built: true })
  const prompts = join(folder, 'prompts')
  for (const name of readdirSync(prompts)) if (name.endsWith('.hbs')) writeFileSync(join(prompts, name), PROMPT)
  mkdirSync(join(prompts, 'partials'), { recursive: true })
  for (const name of ['assignment.hbs', 'baseline.hbs'])
    cpSync(join(PRODUCT, 'prompts', 'partials', name), join(prompts, 'partials', name))
  cpSync(join(PRODUCT, 'prompts', 'tools'), join(prompts, 'tools'), { recursive: true })
  cpSync(join(PRODUCT, 'workflows', 'prices.yaml'), join(folder, 'workflows', 'prices.yaml'))
  return folder
}
