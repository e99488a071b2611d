// What the product has at its top level is what was asked for, and each part is in use.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ROOT } from './emitted/platforms.js'

const FILES = ['README.md', 'package.json', 'tsconfig.json']
/** Packages that were named, and the folder whose code works with each. */
const PACKAGES = [
  ...['@anthropic-ai/sdk', 'openai', 'zod', 'handlebars', 'p-queue', 'simple-git'].map((name) => [name, 'src']),
  ...['vitest', 'msw'].map((name) => [name, 'test']),
] as const
const FOLDERS = ['agents', 'prompts', 'src', 'test', 'workflows']

describe('the top level', () => {
  it.each(FILES)('has the file %s, with something in it', (name) => {
    expect(statSync(`${ROOT}/${name}`).isFile()).toBe(true)
    expect(readFileSync(`${ROOT}/${name}`, 'utf8').length).toBeGreaterThan(100)
  })

  it.each(FOLDERS)('has the folder %s, with something in it', (name) => {
    expect(readdirSync(`${ROOT}/${name}`).length).toBeGreaterThan(0)
  })

  it.each(PACKAGES)('works with %s', (name, folder = '') => {
    const sources = readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== 'top-level.test.ts')
      .map((path) => readFileSync(`${ROOT}/${folder}/${path}`, 'utf8'))
    // A type alone would be gone when the program runs.
    const imported = new RegExp(`^import (?!type )[^']*? from '${name}(/[^']*)?'|import\\('${name}(/[^']*)?'\\)`, 'm')
    expect(sources.filter((text) => imported.test(text)).length).toBeGreaterThan(0)
  })

  it('reaches the people who install it: what the program reads is in the package', () => {
    const { files = [] } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { files?: string[] }
    expect(files).toEqual(expect.arrayContaining(['agents', 'blueprints', 'prompts', 'workflows']))
  })
})
