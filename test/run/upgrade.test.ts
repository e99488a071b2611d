// upgrade, played with two copies of a product whose definitions differ: what is said, what is made, and what stays.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { upgradeDocumentSchema } from '../../src/cli/upgrade.js'
import { smallProduct } from '../small/product.mjs'
import { scratch, user, write } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Player, player } from './playing.js'

const tip = (one: Player): string => user(one.root, 'rev-parse', 'mlops-agents/generated', 'HEAD')
const generated = (one: Player): string => user(one.root, 'rev-parse', 'mlops-agents/generated').trim()
const made = (one: Player, since: string): string[] =>
  user(
    one.root,
    'log',
    '--reverse',
    '--format=%(trailers:key=Deliverable,valueonly,separator=)',
    `${since}..mlops-agents/generated`,
  )
    .split('\n')
    .filter(Boolean)
const core = (product: string, name: string): string => join(product, 'blueprints', 'core', name)
const replace = (file: string, from: string | RegExp, to: string): void => {
  const before = readFileSync(file, 'utf8')
  expect(before).toMatch(from)
  writeFileSync(file, before.replace(from, to))
}

/** A product whose platform has dependencies of its own. */
function product(version: string): string {
  const folder = smallProduct(scratch())
  write(
    core(folder, 'files'),
    'pyproject.toml',
    `[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["numpy==${version}", "pandas==2.3.3"]\n`,
  )
  replace(core(folder, 'deliverables/guard.yaml'), 'files:\n', 'files:\n  - {path: pyproject.toml}\n')
  return folder
}

let original: string | undefined
/** The product that workspaces were designed with; no test changes it. */
function old(): string {
  original ??= product('2.4.6')
  return original
}

const renewed = (one: Player, newer: string): Player => player(one.root, undefined, newer)

describe('upgrade', () => {
  it('of what this version makes in the same way says so and writes nothing, also where spec.yaml was edited', async () => {
    const one = await designed(old())
    const [before, all] = [tip(one), contents(one.root)]
    const same = await renewed(one, product('2.4.6')).upgrade()
    expect(same).toMatchObject({
      code: 0,
      out: 'This version of mlops-agents makes the platform as it is: nothing was written.\n',
    })
    expect(tip(one)).toBe(before)
    expect(contents(one.root)).toEqual(all)
    replace(join(one.root, 'spec.yaml'), /(latency_ms:\n {4}value: |latency_ms: \{value: )\d+/, '$180')
    commitAll(one.root)
    const edited = tip(one)
    const { out } = await one.upgrade()
    expect(out).toMatch(/nothing was written\.\nspec\.yaml was edited .* rerun --stale/)
    expect(tip(one)).toBe(edited)
  })

  it('shows files, dependencies with both versions and advisories, and writes nothing with --dry-run', async () => {
    const one = await designed(old())
    const newer = product('2.5.0')
    appendFileSync(
      join(newer, 'blueprints/feature_store/feast/blueprint.yaml'),
      'advisories:\n  - {date: 2026-03-05, text: It is given up., source: https://example.org/end}\n',
    )
    const before = tip(one)
    const { code, out } = await renewed(one, newer).upgrade({ dryRun: true })
    expect(code).toBe(0)
    expect(out).toMatch(
      /^This version of mlops-agents changes 1 deliverable:\n {2}guard: its blueprint changed\n {4}changed {2}pyproject\.toml$/m,
    )
    expect(out).toMatch(/^Dependencies:\n {2}package {2}numpy 2\.4\.6 -> 2\.5\.0 {3}pyproject\.toml\nAdvisories:$/m)
    expect(out).toMatch(/^ {2}new {2}feature_store\/feast \(2026-03-05\): It is given up\.$/m)
    expect(out).toMatch(/Nothing was written/)
    expect(tip(one)).toBe(before)
  })

  it('makes what changed and merges it with what a person wrote; a second upgrade has nothing to do', async () => {
    const one = await designed(old())
    replace(join(one.root, 'pyproject.toml'), 'name = "x"', 'name = "mine"')
    commitAll(one.root)
    const [before, from] = [contents(one.root), generated(one)]
    const newer = renewed(one, product('2.5.0'))
    expect(await newer.upgrade()).toMatchObject({ code: 0, error: '' })
    expect(made(one, from)).toEqual(['guard'])
    const expected = before.get('pyproject.toml')?.replace('numpy==2.4.6', 'numpy==2.5.0') ?? ''
    expect(expected).toMatch(/mine[\s\S]*2\.5\.0/)
    expect(contents(one.root)).toEqual(new Map(before).set('pyproject.toml', expected))
    const after = tip(one)
    expect((await newer.upgrade()).out).toMatch(/makes the platform as it is/)
    expect(tip(one)).toBe(after)
    expect((await newer.status()).out).toMatch(/ 0 stale/)
  })

  it('records an advisory in spec.yaml, also where no deliverable changes', async () => {
    const one = await designed(old())
    const newer = product('2.4.6')
    appendFileSync(
      join(newer, 'blueprints/feature_store/feast/blueprint.yaml'),
      'advisories:\n  - {date: 2026-03-05, text: It is given up., source: https://example.org/end}\n',
    )
    const from = generated(one)
    await renewed(one, newer).upgrade()
    expect(made(one, from)).toEqual(['spec'])
    expect(contents(one.root).get('spec.yaml')).toMatch(/It is given up/)
    expect((await renewed(one, newer).upgrade()).out).toMatch(/makes the platform as it is/)
    const back = await one.upgrade({ dryRun: true })
    expect(back.out).toMatch(/^ {2}gone feature_store\/feast \(2026-03-05\)/m)
  })

  it('leaves stale what only an edit of spec.yaml has made stale', async () => {
    const one = await designed(old())
    replace(join(one.root, 'spec.yaml'), /(cadence:\n {4}value: |cadence: \{value: )\w+/, '$1monthly')
    commitAll(one.root)
    const newer = renewed(one, product('2.5.0'))
    const { out } = await newer.upgrade()
    expect(out).toMatch(/changes 1 deliverable:\n {2}guard/)
    expect(out).toMatch(/^spec\.yaml was edited since the last run/m)
    const { out: after } = await newer.status()
    expect(after).toMatch(/ 1 stale/)
    expect(after).toMatch(/report +stale/)
  })

  it('names a prompt that changed, what reads what changed, and what is new in the workflow', async () => {
    const one = await designed(old())
    const newer = product('2.4.6')
    appendFileSync(join(newer, 'prompts/builder.hbs'), '\nBe brief.\n')
    appendFileSync(core(newer, 'files/src/build.py.hbs'), '\nMORE = 1\n')
    appendFileSync(
      join(newer, 'workflows/ml-pipeline.yaml'),
      '          - {id: extra, title: Extra, maturity: 1, reads: {}}\n',
    )
    write(
      core(newer, 'deliverables'),
      'extra.yaml',
      'summary: One more.\nfiles:\n  - {path: docs/extra.md, documentation: true}\n',
    )
    write(core(newer, 'files'), 'docs/extra.md', '# Extra\n')
    const before = contents(one.root)
    const { out } = await renewed(one, newer).upgrade({ json: true })
    const document = upgradeDocumentSchema.parse(JSON.parse(out.split('\n')[0] ?? ''))
    expect(document.deliverables).toEqual([
      { id: 'shape', reasons: ['prompts/builder.hbs changed'], files: [] },
      { id: 'build', reasons: ['its blueprint changed'], files: [{ path: 'src/build.py', how: 'changed' }] },
      { id: 'report', reasons: ['build gives other files'], files: [] },
      { id: 'guard', reasons: ['build gives other files'], files: [] },
      { id: 'extra', reasons: ['first attempt'], files: [{ path: 'docs/extra.md', how: 'added' }] },
    ])
    const now = contents(one.root)
    const changed = [...now.keys()].filter((path) => now.get(path) !== before.get(path))
    expect(changed.sort()).toEqual(['docs/extra.md', 'src/build.py'])
    expect((await one.upgrade({ dryRun: true })).out).toMatch(/makes no extra any more; the files stay/)
  })

  it('says where a person and the new version changed the same lines, and leaves the files as they were', async () => {
    const one = await designed(old())
    replace(join(one.root, 'pyproject.toml'), 'numpy==2.4.6', 'numpy==2.4.5')
    commitAll(one.root)
    const before = contents(one.root)
    const { code, error } = await renewed(one, product('2.5.0')).upgrade()
    expect(code).toBe(4)
    expect(error).toMatch(/pyproject\.toml/)
    expect(contents(one.root)).toEqual(before)
  })

  it('needs a design', async () => {
    const { code, error } = await player(scratch()).upgrade()
    expect(code).toBe(2)
    expect(error).toMatch(/holds no design/)
  })
})
