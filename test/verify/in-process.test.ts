// All in-process checks together on the small platform, and the promise that nothing heavy is loaded before it is needed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkFiles, IN_PROCESS_CHECKS } from '../../src/verify/in-process.js'
import { KINDS } from '../../src/verify/kinds.js'
import { levels } from '../../src/verify/levels.js'
import { lines } from './emitted.js'
import { mutated, platform } from './platform.js'

describe('checkFiles', () => {
  it('accepts the platform, says what was not run, and gives the level that follows', async () => {
    const results = await checkFiles(platform())
    expect(lines(results)).toEqual([])
    expect(lines(results, 'not run')).toEqual([])
    // A Makefile is accepted by make, which is an external tool.
    const [[id, reached] = []] = [...levels(results, platform())]
    expect([id, reached?.level]).toEqual(['training', 'L0'])
    const rest = platform().filter((file) => file.path !== 'Makefile')
    expect(levels(results, rest).get('training')?.level).toBe('L1')
  })

  it('gives every file a result of a check that knows its kind', async () => {
    const results = await checkFiles(platform())
    const known = new Set(results.filter((r) => !/^(text|secrets)\//.test(r.check)).map((r) => r.file))
    expect(platform().filter((file) => !known.has(file.path) && !/\.(html|csv|txt)$/.test(file.path))).toEqual([])
  })

  it('looks up settings in the whole project when only some files are checked', async () => {
    const python = platform().filter((file) => file.path === 'src/shop/cli.py')
    expect(lines(await checkFiles(python))).toEqual([expect.stringContaining('no pyproject.toml')])
    expect(lines(await checkFiles(python, IN_PROCESS_CHECKS, platform()))).toEqual([])
  })

  it('keeps going after a file that breaks everything', async () => {
    const results = await checkFiles(mutated('pyproject.toml', 'line-length = 100', 'line-length = "wide"'))
    expect(lines(results).join('\n')).toContain('python/ruff')
    expect(results.some((result) => result.check === 'yaml/parse' && result.status === 'pass')).toBe(true)
  })
})

it('has a check for every kind that can be accepted', () => {
  const checked = new Set(
    IN_PROCESS_CHECKS.filter((check) => check.kinds.length < KINDS.length).flatMap((check) => check.kinds),
  )
  // Templates, tables and plain text have no grammar that anyone publishes.
  expect(KINDS.filter((kind) => !checked.has(kind))).toEqual(['template', 'csv', 'text', 'unknown'])
})

it('imports nothing heavy when a module is loaded', () => {
  const folder = join(import.meta.dirname, '../../src/verify')
  const heavy =
    /^import (?!type\b).*from '(@astral-sh\/|@secretlint\/|markdownlint|protobufjs|smol-toml|yaml'|@lezer\/)/m
  const eager = readdirSync(folder).filter((name) => heavy.test(readFileSync(join(folder, name), 'utf8')))
  expect(eager).toEqual([])
})
