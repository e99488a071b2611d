// What a command loads: nothing of a vendor where no model is asked.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from './product.js'
import { DESIGN, MODEL, place } from './talking.js'

/** Writes down where every module of a process lies. */
const HOOKS = `import { appendFileSync } from 'node:fs'
export async function resolve(name, context, next) {
  const found = await next(name, context)
  appendFileSync(process.env.LOADED, found.url + '\\n')
  return found
}`

it('packages of vendors are loaded where a model is asked, and else not', { timeout: 60_000 }, async () => {
  const folder = scratch()
  writeFileSync(join(folder, 'hooks.mjs'), HOOKS)
  writeFileSync(
    join(folder, 'register.mjs'),
    "import { register } from 'node:module'\nregister('./hooks.mjs', import.meta.url)\n",
  )
  const vendorsIn = async (log: string, ...more: string[]) => {
    const LOADED = join(folder, log)
    const { run } = await place(undefined, { LOADED, NODE_OPTIONS: `--import=${join(folder, 'register.mjs')}` })
    const ended = await run(...DESIGN, ...more)
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    const loaded = readFileSync(LOADED, 'utf8')
    expect(loaded).toContain('/dist/cli.js')
    return [...new Set(loaded.match(/(?<=node_modules\/)(@anthropic-ai|openai)(?=\/)/g))]
  }
  expect(await vendorsIn('without')).toEqual([])
  expect(await vendorsIn('with', ...MODEL, '--budget', 'none')).toEqual(['openai'])
})
