// Same input, same bytes: whoever designs, wherever, whenever.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHOICES, compose, EXAMPLES, filesOf, nameOf, platformOf, ROOT } from './platforms.js'

const digest = (files: readonly { readonly path: string; readonly mode: string; readonly content: string }[]) =>
  createHash('sha256')
    .update(JSON.stringify(files.map(({ path, mode, content }) => [path, mode, content])))
    .digest('hex')

it.each(CHOICES.map((choice) => [nameOf(choice), choice] as const))(
  '%s is the same when composed again',
  async (_, choice) => {
    expect(digest(filesOf(await compose(choice)))).toBe(digest(filesOf(await platformOf(choice))))
  },
)

describe('another person on another day', () => {
  let elsewhere = ''
  // The product under another path: compiled sources, and links to its data.
  beforeAll(() => {
    elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'zaphod-')))
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), [
      '-p',
      join(ROOT, 'tsconfig.build.json'),
      '--outDir',
      join(elsewhere, 'dist'),
    ])
    for (const name of ['agents', 'prompts', 'workflows', 'blueprints', 'examples', 'node_modules'])
      symlinkSync(join(ROOT, name), join(elsewhere, name))
    writeFileSync(join(elsewhere, 'package.json'), '{"type":"module"}')
    writeFileSync(join(elsewhere, 'compose.mjs'), COMPOSE)
  })
  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }))

  it.each(EXAMPLES)('gets the same bytes for %s', async (example) => {
    const env = {
      PATH: process.env.PATH,
      HOME: '/home/zaphod',
      USER: 'zaphod',
      LOGNAME: 'zaphod',
      HOSTNAME: 'heart-of-gold',
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
    }
    const said = execFileSync(process.execPath, ['compose.mjs', example], {
      cwd: elsewhere,
      env,
      encoding: 'utf8',
      maxBuffer: 64_000_000,
    })
    const theirs = JSON.parse(said) as { path: string; mode: string; content: string }[]
    const ours = filesOf(await compose({ example, maturity: 5 }))
    expect(theirs.filter(({ content }) => /zaphod|heart-of-gold|2031-03-0[78]|07\.03\.2031/i.test(content))).toEqual([])
    expect(theirs.map(({ path }) => path)).toEqual(ours.map(({ path }) => path))
    expect(theirs.filter(({ content }, at) => content !== ours[at]?.content).map(({ path }) => path)).toEqual([])
    expect(digest(theirs)).toBe(digest(ours))
  })
})

/** Runs in the other place, with another clock. */
const COMPOSE = `
const Real = Date
globalThis.Date = class extends Real { constructor(...given) { super(...(given.length ? given : ['2031-03-07T23:30:00Z'])) } static now() { return Real.parse('2031-03-07T23:30:00Z') } }
const { readFileSync } = await import('node:fs')
const { loadCatalogue, loadDefinitions } = await import('./dist/run/definitions.js')
const { specify } = await import('./dist/cli/specify.js')
const { buildPlatform } = await import('./dist/run/platform.js')
const { specFiles } = await import('./dist/run/workspace-engine.js')
const root = process.cwd()
const definitions = await loadDefinitions(root)
const text = readFileSync('examples/' + process.argv[2] + '.txt', 'utf8')
const given = { text, choices: new Map(), maturity: 5, interactive: false }
const platform = await buildPlatform(definitions, (await specify(given, definitions, await loadCatalogue(root))).spec)
process.stdout.write(JSON.stringify([...platform.composition.files, ...specFiles(platform)]))
`
