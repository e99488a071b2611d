// A promise that the requirements rule out is named in the contract with its reason; which promises that may ever be is listed here.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { listComponents, loadComponent } from '../../src/blueprint/load.js'
import { declarations } from '../../src/blueprint/ruled-out.js'
import { deliverablesInOrder } from '../../src/workflow/order.js'
import { CHOICES, type Choice, definitions, MATURITIES, nameOf, platformOf, ROOT } from './platforms.js'

/** Rows of docs/coverage.yaml, and whole deliverables, that something else than maturity may rule out, or a maturity in part. */
const MAY_BE_RULED_OUT = [
  'ALTERNATIVE-2',
  'D13-1',
  'D13-2',
  'D13-3',
  'D18-2',
  'D18-3',
  'D19-2',
  'D19-4',
  'D7-2',
  'D7-3',
  'D7-4',
  'SC-COST-2',
  'SC-COST-3',
  'SC-COST-4',
  'SC-OPS-3',
  'kubernetes-serving',
  'rollout',
]

interface Row {
  readonly id: string
  readonly phrase: string
  readonly deliverables: readonly string[]
  readonly files: readonly string[]
  readonly status: 'built' | 'open'
}
const { rows } = parse(readFileSync('docs/coverage.yaml', 'utf8')) as { rows: Row[] }
const placed = deliverablesInOrder(definitions.loaded.workflow).map(({ deliverable }) => deliverable)
const folder = `${ROOT}/blueprints`
const components = await Promise.all((await listComponents(folder)).map((id) => loadComponent(folder, id)))
const declared = declarations(components).map((declaration) => declaration.declared)

/** More rows than one machine holds. */
const HUGE: Choice = { example: 'churn-telecom', maturity: 5, instead: ['2.4 million', '2 billion'] }

describe('what may be ruled out', () => {
  it('is a closed list of promises and deliverables', () => {
    expect([...new Set(declared.map(({ row }) => row))].sort()).toEqual([...MAY_BE_RULED_OUT].sort())
    const known = new Set([...rows.map(({ id }) => id), ...placed.map(({ id }) => id)])
    expect(MAY_BE_RULED_OUT.filter((id) => !known.has(id))).toEqual([])
  })

  it('is said in the words of the promise', () => {
    for (const { row, phrase } of declared) {
      const promise = rows.find(({ id }) => id === row)?.phrase ?? placed.find(({ id }) => id === row)?.title
      expect(promise, row).toContain(phrase)
    }
  })

  it.each(declared.map(({ row, phrase }) => [row, phrase]))(
    '%s: %s is left out of some platforms, not of all',
    async (id, phrase) => {
      const platforms = await Promise.all([...CHOICES, HUGE].map(platformOf))
      const without = platforms.filter(({ contract }) => contract.not_applicable[id]?.phrase === phrase)
      expect(without.length).toBeGreaterThan(0)
      expect(without.length).toBeLessThan(platforms.length)
    },
  )
})

describe('the words that rule it out', () => {
  it('are those of the text where the text decides', async () => {
    const { contract } = await platformOf({ example: 'clinic-no-show', maturity: 5 })
    const entry = contract.not_applicable['D13-1']
    const text = readFileSync('examples/clinic-no-show.txt', 'utf8').replace(/\s+/g, ' ')
    expect(entry).toMatchObject({ owner: 'serving', because: 'options.deployment_mode', origin: 'stated' })
    expect(text).toContain(entry?.quote)
  })

  it.each(MATURITIES)(
    'name at maturity %i every deliverable of a higher one, and nothing of it is there',
    async (at) => {
      const { contract, composition } = await platformOf({ example: 'churn-telecom', maturity: at })
      const above = placed.filter(({ maturity }) => maturity > at).map(({ id }) => id)
      expect(Object.keys(contract.not_applicable).filter((id) => placed.some((one) => one.id === id))).toEqual(above)
      expect(composition.files.filter(({ deliverable }) => deliverable in contract.not_applicable)).toEqual([])
      for (const id of above) expect(contract.not_applicable[id]?.reason).toMatch(/^comes with maturity [2-5];/)
    },
  )
})

describe('training on several machines', () => {
  it('is ruled out by the arithmetic of the stated volume', async () => {
    const { contract, advice } = await platformOf({ example: 'churn-telecom', maturity: 1 })
    const entry = contract.not_applicable['D7-3']
    expect(entry?.reason).toMatch(
      /2400000 a month x 24 months x at most \d+ values x 8 bytes x 8 copies are \d+\.\d GiB/,
    )
    expect(entry).toMatchObject({ because: 'spec.data.rows', quote: '2.4 million mobile subscribers' })
    expect(advice).toEqual([])
  })

  it('is not silently absent where one machine does not hold the rows', async () => {
    const { contract, advice } = await platformOf(HUGE)
    expect(contract.not_applicable).not.toHaveProperty('D7-3')
    expect(advice).toEqual([
      expect.stringMatching(/^training on all rows does not fit one machine: 2000000000 a month/),
    ])
    expect(advice[0]).toMatch(/PyTorch DDP, Horovod.* is not built for tables; shorten data\.history_months/)
  })
})

describe('no promise is silently absent', () => {
  const emits = (row: Row): string[] =>
    row.files.flatMap((file) => /^blueprints\/.*?\/files\/([^*]+?)(\.hbs)?$/.exec(file)?.[1] ?? [])
  const promised = rows.filter((row) => row.status === 'built' && emits(row).length > 0)

  it.each(CHOICES.map((choice): [string, Choice] => [nameOf(choice), choice]))('of %s', async (_, choice) => {
    const { contract, composition } = await platformOf(choice)
    const here = new Set(composition.files.map(({ path }) => path))
    const said = (row: Row) =>
      row.id in contract.not_applicable ||
      contract.criteria[row.id]?.status === 'not applicable' ||
      row.deliverables.every((id) => id in contract.not_applicable)
    const silent = promised.filter((row) => !emits(row).some((path) => here.has(path)) && !said(row))
    expect(silent.map(({ id, phrase }) => `${id} ${phrase}`)).toEqual([])
  })
})
