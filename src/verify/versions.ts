// Versions of the packages that check in-process, read from what is installed: a result never carries a version from memory.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Tool } from './check.js'

const packageSchema = z.object({ name: z.string(), version: z.string() })
const require = createRequire(import.meta.url)
const known = new Map<string, Tool>()

/** Name and installed version of an npm package; some hide package.json behind `exports`, so it is looked up from the entry file. */
export function packageTool(name: string): Tool {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const tool = { tool: name, version: nearest(dirname(require.resolve(name)), name) }
  known.set(name, tool)
  return tool
}

/** The product itself, for checks that are our own rules. */
export function ownTool(): Tool {
  return { tool: 'mlops-agents', version: nearest(dirname(fileURLToPath(import.meta.url)), 'mlops-agents') }
}

function nearest(folder: string, name: string): string {
  for (let current = folder; ; current = dirname(current)) {
    const found = readPackage(join(current, 'package.json'))
    if (found?.name === name) return found.version
    if (dirname(current) === current)
      throw new Error(`no package.json of ${name} above ${folder}: reinstall with npm ci`)
  }
}

function readPackage(file: string): z.infer<typeof packageSchema> | undefined {
  try {
    return packageSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}
