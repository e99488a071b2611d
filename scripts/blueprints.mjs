// Works out once what every command would work out of the blueprints again: their templates become code, and of their Python files is
// noted what other files have to agree with. Usage: node scripts/blueprints.mjs, after tsc.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODE, PLACES, precompile } from '../dist/prompt/precompiled.js'
import { FACTS, prepareFacts } from '../dist/verify/prepared-facts.js'

const root = join(import.meta.dirname, '..')
const paths = readdirSync(join(root, 'blueprints'), { recursive: true }).sort()
const ending = (end) =>
  paths
    .filter((path) => path.endsWith(end))
    .map((path) => `blueprints/${path.replaceAll('\\', '/')}`)
    .map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') }))
const write = (name, text) => writeFileSync(join(root, 'dist', name), text)

const { code, places } = precompile(ending('.hbs'))
write(CODE, code)
write(PLACES, places)
write(FACTS, await prepareFacts(ending('.py').map(({ source }) => source)))
