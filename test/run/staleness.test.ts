// One change at a time on a small platform: what declares it is stale and is made again; every other file keeps its bytes.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { DELIVERABLES, smallProduct } from '../small/product.mjs'
import { copyOf, scratch, user } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Player, player } from './playing.js'

let original: Player
beforeAll(async () => {
  original = await designed()
})

interface Copy {
  readonly root: string
  readonly product: string
}

const append = (path: string, text: string) => (copy: Copy) => appendFileSync(join(copy.product, path), text)
const replace = (folder: (copy: Copy) => string, path: string, from: string | RegExp, to: string) => (copy: Copy) => {
  const file = join(folder(copy), path)
  const before = readFileSync(file, 'utf8')
  expect(before).toMatch(from)
  writeFileSync(file, before.replace(from, to))
}
const inProduct = (path: string, from: string | RegExp, to: string) => replace(({ product }) => product, path, from, to)
const inSpec = (field: string, to: string) =>
  replace(
    ({ root }) => root,
    'spec.yaml',
    new RegExp(`(${field}:\\n {4}value: |${field}: \\{value: )[\\w:]+`),
    `$1${to}`,
  )
const optionIn = (name: string, to: string) =>
  replace(({ root }) => root, 'spec.yaml', new RegExp(`(  ${name}:\\n    value: )\\w+`), `$1${to}`)

const statusOf = async (one: Player): Promise<string[]> =>
  [...(await one.status()).out.matchAll(/^ {4}(\w+) +stale/gm)].map(([, id = '']) => id)
const attemptsSince = (one: Player, commit: string): string[] =>
  user(
    one.root,
    'log',
    '--reverse',
    '--format=%(trailers:key=Deliverable,valueonly,separator=)',
    `${commit}..mlops-agents/generated`,
  )
    .split('\n')
    .filter((id) => id !== '' && id !== 'spec')

/** What changes, by which edit; what is stale then; and which files are other ones once that is made again. */
const CHANGES: readonly [string, (copy: Copy) => void, readonly string[], readonly string[]][] = [
  ['spec.schedule.cadence', inSpec('cadence', 'monthly'), ['report'], ['src/report.py']],
  [
    'spec.serving.latency_ms',
    inSpec('latency_ms', '80'),
    ['build', 'report', 'guard'],
    ['src/build.py', 'src/guard.py'],
  ],
  ['spec.compliance, which nothing reads', inSpec('retention_days', '365'), [], []],
  [
    'the option feature_store',
    optionIn('feature_store', 'custom'),
    ['sources', 'store', 'shape', 'build'],
    ['conf/settings.yaml', 'docs/shape.md', 'docs/store.md', 'src/store_custom.py', 'src/store_feast.py'],
  ],
  [
    'the option deployment_mode',
    optionIn('deployment_mode', 'batch'),
    ['build', 'report', 'guard'],
    ['src/batch.py', 'src/build.py', 'src/realtime.py'],
  ],
  ['agents/builder.md', append('agents/builder.md', '\nBe brief.\n'), ['shape'], []],
  ['prompts/checker.hbs', append('prompts/checker.hbs', '\nBe brief.\n'), ['build', 'report', 'guard'], []],
  [
    'a file of a blueprint',
    append('blueprints/core/files/src/guard.py.hbs', '\nMORE = 1\n'),
    ['guard'],
    ['src/guard.py'],
  ],
  [
    'a file of a blueprint that others read',
    append('blueprints/core/files/bin/load', '\necho more\n'),
    ['sources', 'store', 'shape'],
    ['bin/load'],
  ],
  [
    'what build gives to a file of sources',
    inProduct('blueprints/core/deliverables/build.yaml', 'mode: fast', 'mode: slow'),
    ['sources', 'store', 'shape', 'build'],
    ['conf/settings.yaml'],
  ],
  [
    'an entry of the contract',
    inProduct('blueprints/core/deliverables/guard.contract.yaml.hbs', 'value: 200', 'value: 300'),
    ['guard'],
    ['contract.yaml'],
  ],
  [
    'what the workflow lets report read',
    inProduct('workflows/ml-pipeline.yaml', 'reads: {spec: [schedule]', 'reads: {spec: [schedule, title]'),
    ['report'],
    [],
  ],
  [
    'a blueprint that this platform does not use',
    append('blueprints/feature_store/custom/files/docs/store.md', '\nMore.\n'),
    [],
    [],
  ],
]

describe('stale after a change of', () => {
  it.each(CHANGES)('%s', async (_, change, stale, paths) => {
    const copy: Copy = { root: copyOf(original.root), product: smallProduct(scratch()) }
    const one = player(copy.root, undefined, copy.product)
    change(copy)
    if (user(copy.root, 'status', '--porcelain') !== '') commitAll(copy.root)
    expect(await statusOf(one)).toEqual(stale)

    const [before, commit] = [contents(copy.root), user(copy.root, 'rev-parse', 'mlops-agents/generated').trim()]
    expect(await one.design()).toMatchObject({ code: 0, error: '' })
    expect(attemptsSince(one, commit)).toEqual(stale)
    const after = contents(copy.root)
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => before.get(path) !== after.get(path),
    )
    expect(
      changed.filter((path) => path !== 'spec.yaml' && (path !== 'contract.yaml' || paths.includes(path))).sort(),
    ).toEqual([...paths])
    expect(await statusOf(one)).toEqual([])
  })

  it('the maturity, downwards: what it has no more is taken away, and is absent and not stale', async () => {
    const one = await designed()
    const before = contents(one.root)
    const { code, out } = await one.design({ maturity: '2' })
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}guard +not at this maturity$/m)
    expect((await one.status()).out).toMatch(/ 0 stale/)
    const gone = [...before.keys()].filter((path) => !contents(one.root).has(path))
    expect(gone).toEqual(['src/guard.py'])
    await one.design({ maturity: '3' })
    const again = contents(one.root)
    for (const name of ['spec.yaml', 'contract.yaml']) for (const files of [before, again]) files.delete(name)
    expect(again).toEqual(before)
  })

  it('nothing: no deliverable', async () => {
    expect(DELIVERABLES).toHaveLength(6)
    expect(await statusOf(original)).toEqual([])
  })
})
