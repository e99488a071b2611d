// docs/coverage.yaml is the product's own list of promises. A row cannot be lost, name what does not exist, or rest on a check
// that cannot fail; and each prompt asks for every phrase of its deliverables.
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { cases } from '../scripts/acceptance-cases.mjs'
import { loadWorkflow } from '../src/workflow/load.js'
import { deliverablesInOrder } from '../src/workflow/order.js'
import { promptFor } from './prompt/sample.js'

const rowSchema = z
  .strictObject({
    id: z.string().regex(/^[A-Z][A-Za-z0-9_-]*$/),
    section: z.string(),
    phrase: z.string().min(4),
    deliverables: z.array(z.string()),
    files: z.array(z.string()),
    check: z
      .string()
      .regex(/^(vitest:[^#]+#.+|pytest:[^:]+::\w+|(verify|demo|acceptance):.+)$/)
      .optional(),
    status: z.enum(['built', 'open']),
    why: z.string().min(20).optional(),
  })
  .refine((row) => row.status !== 'open' || row.why !== undefined, 'an open row says why')
  .refine(
    (row) => row.status !== 'built' || (row.check !== undefined && row.files.length > 0),
    'a built row names files and a check',
  )
  .refine((row) => row.status !== 'built' || row.why === undefined, 'a built row has nothing to explain')

const { rows } = z.strictObject({ rows: z.array(rowSchema) }).parse(parse(readFileSync('docs/coverage.yaml', 'utf8')))
const { workflow } = await loadWorkflow('workflows/ml-pipeline.yaml')
const built = rows.filter((row) => row.status === 'built')

/** How many phrases the mission has in each section; a smaller number is a lost promise. */
const COUNTS: Record<string, number> = {
  ...Object.fromEntries(
    [4, 4, 4, 6, 4, 4, 4, 4, 5, 4, 4, 5, 3, 2, 5, 4, 6, 4, 4, 4, 4, 5, 4, 4].map((count, i) => [`D${i + 1}`, count]),
  ),
  use: 5,
  intake: 1,
  agents: 7,
  options: 8,
  alternatives: 2,
  maturity: 6,
  stages: 7,
  speed: 1,
  patterns: 8,
  qualities: 6,
  preventions: 7,
  managed: 4,
  guides: 14,
  criteria: 22,
  holds: 7,
}
const CRITERIA = ['DATA', 'MODEL', 'OPS', 'VELOCITY', 'COST'].flatMap((area) =>
  [1, 2, 3, 4].map((n) => `SC-${area}-${n}`),
)

/** Text as a reader takes it in: no markup, no line breaks, no case. */
const plain = (text: string): string => text.replace(/[*_`]/g, '').replace(/\s+/g, ' ').toLowerCase()

const present = ['agents', 'blueprints', 'docs', 'examples', 'prompts', 'scripts', 'src', 'test', 'workflows'].flatMap(
  (folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
)
/** `*` stands for part of a name, `**` for any folders. */
function filesBelow(pattern: string): string[] {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\//g, '\0')
    .replace(/\*/g, '[^/]*')
    .replaceAll('\0', '(.*/)?')
  return present.filter((file) => new RegExp(`^${source}$`).test(file))
}

describe('the rows', () => {
  it('are complete: one per phrase, each id once', () => {
    const counts: Record<string, number> = {}
    for (const { section } of rows) counts[section] = (counts[section] ?? 0) + 1
    expect(counts).toEqual(COUNTS)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    expect(rows.map(({ id }) => id).filter((id) => id.startsWith('SC-'))).toEqual(CRITERIA)
  })

  it('cover every deliverable of the workflow, and name no other', () => {
    const ids = deliverablesInOrder(workflow).map(({ deliverable }) => deliverable.id)
    expect(new Set(rows.flatMap(({ deliverables }) => deliverables))).toEqual(new Set(ids))
    for (const [i, id] of ids.entries()) {
      for (const row of rows.filter(({ section }) => section === `D${i + 1}`))
        expect(row.deliverables, row.id).toContain(id)
    }
  })

  it('name paths that exist', () => {
    for (const { id, files } of rows) {
      for (const file of files) expect(filesBelow(file).length, `${id}: ${file}`).toBeGreaterThan(0)
    }
  })
})

describe('each prompt', () => {
  it.each(deliverablesInOrder(workflow).map((placed) => [placed.deliverable.id, placed] as const))(
    'asks %s for every phrase of its rows',
    async (id, placed) => {
      const text = plain((await promptFor(placed)).split('# The assignment')[1] ?? '')
      for (const row of rows.filter(({ deliverables }) => deliverables.includes(id))) {
        expect(text, `${row.id} is not asked for in prompts/${placed.agent.agent}.hbs`).toContain(plain(row.phrase))
      }
    },
  )
})

describe('each check of a built row', () => {
  it.each(built.map((row) => [row.id, row.check ?? ''] as const))('%s: %s exists and can fail', async (_, check) => {
    const [kind = '', name = ''] = [check.slice(0, check.indexOf(':')), check.slice(check.indexOf(':') + 1)]
    if (kind === 'vitest') {
      const [file = '', test = ''] = [name.slice(0, name.indexOf('#')), name.slice(name.indexOf('#') + 1)]
      const body = bodyAfter(await readFile(file, 'utf8'), test)
      expect(body, `${file} has no test named ${test}`).toBeDefined()
      expect(body).toMatch(/expect|assert/)
    } else if (kind === 'pytest') {
      const [file = '', test = ''] = name.split('::')
      expect(pythonFunction(await readFile(file, 'utf8'), test), `${file} has no ${test} with an assertion`).toMatch(
        /\bassert\b|pytest\.raises|assert_/,
      )
    } else if (kind === 'acceptance') {
      const one = cases.find((candidate) => candidate.name === name)
      expect(one, `acceptance has no case named ${name}`).toBeDefined()
    } else {
      const where = kind === 'verify' ? 'src/verify/**/*.ts' : 'blueprints/**/*.py'
      const text = filesBelow(where).map((file) => readFileSync(file, 'utf8'))
      const exists = text.some((source) => source.includes(`'${name}'`) || source.includes(`"${name}"`))
      expect(exists, `no ${kind} check is called ${name}`).toBe(true)
    }
  })
})

describe('the guides', () => {
  const troubleshooting = 'blueprints/core/files/docs/troubleshooting.md.hbs'
  it.each([
    ['data preparation', 'blueprints/core/files/docs/data-preparation.md.hbs', /^# .*data/im],
    ['pipeline failures', troubleshooting, /^## Pipeline failures$/m],
    ['unstable training', troubleshooting, /^## Unstable training$/m],
    ['deployment problems', troubleshooting, /^## Deployment problems$/m],
    ['degraded performance', troubleshooting, /^## Degraded performance$/m],
    [
      'the debugging order',
      troubleshooting,
      /logs, by stage.*data at the boundaries.*components alone.*tracked metrics.*model artefacts/is,
    ],
  ])('of %s say what to look at, by name', (_, file, heading) => {
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(heading)
    expect(text).toMatch(/`[^`\n]{4,}`/)
  })
})

describe('the bound of measured coverage', () => {
  it('is nine tenths of the generated source, and fails the run below', () => {
    const manifest = readFileSync('blueprints/core/deliverables/testing.yaml', 'utf8')
    expect(Number(/fail-under: (\d+)/.exec(manifest)?.[1])).toBeGreaterThanOrEqual(90)
    const held = readFileSync('blueprints/core/files/tests/covered_lines.py', 'utf8')
    expect(held).toMatch(/session\.testsfailed \+= self\.too_few\(\)/)
  })
})

/** The source from a test's name to the next test, where its assertions have to be. */
function bodyAfter(source: string, test: string): string | undefined {
  const start = [`'${test}'`, `"${test}"`, `\`${test}\``]
    .map((quoted) => source.indexOf(quoted))
    .find((index) => index >= 0)
  if (start === undefined) return undefined
  const rest = source.slice(start)
  const next = rest.slice(1).search(/\n {2}(it|test)(\.each)?\(/)
  return next < 0 ? rest : rest.slice(0, next + 1)
}

/** The text of one Python function, up to the next line of its own or lesser indentation. */
function pythonFunction(source: string, name: string): string {
  const match = new RegExp(`^([ \\t]*)(?:async )?def ${name}\\(`, 'm').exec(source)
  if (match === null) return ''
  const body = source.slice(match.index).split('\n')
  const indent = match[1]?.length ?? 0
  const end = body.findIndex(
    (line, i) => i > 0 && /\S/.test(line) && line.search(/\S/) <= indent && !/^\s*[)\]]/.test(line),
  )
  return body.slice(1, end < 0 ? undefined : end).join('\n')
}

describe('the way these checks judge', () => {
  it('finds the body of a Python test, and sees that one asserts nothing', () => {
    const source = 'def test_a(\n    x,\n) -> None:\n    assert x\n\n\ndef test_b():\n    pass\n\n\nassert True\n'
    expect(pythonFunction(source, 'test_a')).toContain('assert x')
    expect(pythonFunction(source, 'test_b')).not.toContain('assert')
    expect(pythonFunction(source, 'test_c')).toBe('')
  })
  it('finds the body of a test by name only', () => {
    const source =
      "describe('x', () => {\n  it('one', () => {\n    f()\n  })\n  it('two', () => {\n    expect(1).toBe(1)\n  })\n})\n"
    expect(bodyAfter(source, 'one')).not.toContain('expect')
    expect(bodyAfter(source, 'two')).toContain('expect')
    expect(bodyAfter(source, 'three')).toBeUndefined()
  })
})
