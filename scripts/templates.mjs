// Makes the templates of the blueprints into code, so that no command has to parse them. Usage: node scripts/templates.mjs, after tsc.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODE, PLACES, precompile } from '../dist/prompt/precompiled.js'

const root = join(import.meta.dirname, '..')
const files = readdirSync(join(root, 'blueprints'), { recursive: true })
  .map((path) => `blueprints/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.hbs'))
  .sort()
const { code, places } = precompile(files.map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') })))
writeFileSync(join(root, 'dist', CODE), code)
writeFileSync(join(root, 'dist', PLACES), places)
