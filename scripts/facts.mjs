// Finds out what other files have to agree with in the blueprints' Python files, so that no command has to parse them.
// Usage: node scripts/facts.mjs, after tsc.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FACTS, prepareFacts } from '../dist/verify/prepared-facts.js'

const root = join(import.meta.dirname, '..')
const blueprints = join(root, 'blueprints')
const files = readdirSync(blueprints, { recursive: true })
  .filter((path) => path.endsWith('.py'))
  .sort()
const texts = files.map((file) => readFileSync(join(blueprints, file), 'utf8'))
writeFileSync(join(root, 'dist', FACTS), await prepareFacts(texts))
