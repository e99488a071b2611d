// The small product with prompts that a model can answer, for tests of what models cost and what of them is seen.
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SUBMISSION } from '../agent/scripted.js'
import { ASKED, smallProduct } from '../small/product.mjs'
import { lastingFolder } from '../temporary.js'
import { type Asked, type ModelServer, modelServer, type Reply } from './model-server.js'
import { type Ended, home, mlops, PRODUCT, scratch, start } from './product.js'

const PROMPT = `Rules.
{{part "platform"}}
{{requirements}}
{{part "assignment"}}
{{> assignment}}
{{> baseline}}
`

export const MODEL = ['--model', 'compatible:scripted']
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

/** Finds every baseline right as it is. */
export const same = (): Reply => ({ submit: SUBMISSION })
export const DESIGN = ['design', ASKED, '--workspace', 'w', '--verify', 'none', '--yes']

export interface Place {
  readonly cwd: string
  readonly server: ModelServer
  readonly run: (...args: string[]) => Promise<Ended>
  /** To be interrupted. */
  readonly begin: (...args: string[]) => ReturnType<typeof start>
}

/** A folder, a server that follows the script, and the product that asks it. */
export async function place(
  script: (asked: Asked) => Reply = same,
  env: Record<string, string> = {},
  root = talkingRoot(),
): Promise<Place> {
  const [cwd, server] = [scratch(), await modelServer(script)]
  const variables = home('', { OPENAI_BASE_URL: server.url, ...env })
  const around = { cwd, root, env: variables }
  return {
    cwd,
    server,
    run: (...args) => mlops(args, around),
    begin: (...args) => start(args, { ...around, group: true }),
  }
}
