// The small product with prompts that a model can answer, for tests of what models cost and what of them is seen.
import { SUBMISSION } from '../agent/scripted.js'
import { ASKED, smallProduct } from '../small/product.mjs'
import { lastingFolder } from '../temporary.js'
import { type Asked, type ModelServer, modelServer, type Reply } from './model-server.js'
import { type Ended, home, mlops, scratch, start } from './product.js'

export const MODEL = ['--model', 'compatible:scripted']
let product: string | undefined

export function talkingRoot(): string {
  product ??= smallProduct(lastingFolder('talking'), { built: true, talks: true })
  return product
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
  reads?: (asked: Asked) => Reply,
): Promise<Place> {
  const [cwd, server] = [scratch(), await modelServer(script, reads)]
  const variables = home('', { OPENAI_BASE_URL: server.url, ...env })
  const around = { cwd, root, env: variables }
  return {
    cwd,
    server,
    run: (...args) => mlops(args, around),
    begin: (...args) => start(args, { ...around, group: true }),
  }
}
