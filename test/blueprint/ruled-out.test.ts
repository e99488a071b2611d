// What is left out is said with the words that rule it out, and nothing of it is emitted.
import { describe, expect, it } from 'vitest'
import { computeContract } from '../../src/blueprint/contract.js'
import { loadComponents } from '../../src/blueprint/load.js'
import { ruledOut } from '../../src/blueprint/ruled-out.js'
import { renderTemplate } from '../../src/prompt/render.js'
import { ABOUT, blueprintsFolder, settings } from './scratch.js'

const fact = (value: unknown, quote?: string) =>
  quote === undefined
    ? { value, origin: 'assumed', reason: 'default' }
    : { value, origin: 'stated', quote, req: 'REQ-002' }

const given = (rows: number, maturity = 5) =>
  settings({
    maturity,
    context: {
      spec: {
        options: { store: fact('feast', 'our Feast') },
        maturity: fact(maturity),
        data: { rows: fact(rows, `${rows} rows`) },
      } as never,
      options: { store: 'feast' },
      maturity,
      project: { name: 'sample' },
    },
  })

async function entries(declared: string, at = given(1000), above: Parameters<typeof ruledOut>[2] = []) {
  const files = {
    'core/blueprint.yaml': ABOUT,
    'core/deliverables/training.yaml': `summary: Trains.\nnot_applicable:\n  - ${declared}\n`,
  }
  return ruledOut(await loadComponents(await blueprintsFolder(files), ['core']), at, above, renderTemplate)
}

describe('a row that an option rules out', () => {
  const declared = (store: string) =>
    `{row: X-1, phrase: two stores, when: {store: [${store}]}, because: options.store, reason: One is enough.}`

  it('carries reason, owner and the words of the text', async () => {
    expect(await entries(declared('feast'))).toEqual({
      'X-1': {
        owner: 'training',
        phrase: 'two stores',
        reason: 'One is enough.',
        because: 'options.store',
        origin: 'stated',
        quote: 'our Feast',
        req: 'REQ-002',
      },
    })
  })

  it('applies where another value is chosen', async () => {
    expect(await entries(declared('custom'))).toEqual({})
  })

  it('is not said for a deliverable that is not there', async () => {
    const at = { ...given(1000), deliverables: new Set(['ingestion']) }
    expect(await entries(declared('feast'), at)).toEqual({})
  })
})

describe('a row that numbers of the spec rule out', () => {
  const declared =
    '{row: X-1, phrase: many machines, because: spec.data.rows, reads: [spec.data.rows], reason: "{{#if (less spec.data.rows.value 5000)}}{{spec.data.rows.value}} rows fit one machine.{{/if}}"}'

  it('is said up to the bound, with the number, and applies from it on', async () => {
    expect((await entries(declared, given(4999)))['X-1']).toMatchObject({
      reason: '4999 rows fit one machine.',
      quote: '4999 rows',
    })
    expect(await entries(declared, given(5000))).toEqual({})
  })

  it('may read only what it declares', async () => {
    await expect(entries(declared.replace('reads: [spec.data.rows]', 'reads: [maturity]'))).rejects.toThrow(
      /reads spec, which its manifest does not declare/,
    )
  })
})

describe('what a maturity leaves out', () => {
  const declared = '{row: X-1, phrase: tuning, below: 3, because: maturity, reason: Comes later.}'

  it.each([
    [2, ['X-1']],
    [3, []],
  ])('a row at %i: %j', async (maturity, rows) => {
    expect(Object.keys(await entries(declared, given(1000, maturity)))).toEqual(rows)
  })

  it('is a whole deliverable with the maturity that it comes with', async () => {
    const above = [{ id: 'report', title: 'Report', maturity: 4 }]
    expect((await entries(declared, given(1000, 3), above)).report).toEqual({
      owner: 'report',
      phrase: 'Report',
      reason: 'comes with maturity 4; this platform has 3',
      because: 'maturity',
      origin: 'assumed',
      basis: 'default',
    })
  })
})

describe('a declaration that cannot be right', () => {
  const twice =
    '{row: X-1, phrase: a, because: maturity, reason: A.}\n  - {row: X-1, phrase: b, because: maturity, reason: B.}'

  it('is refused where the field has no origin', async () => {
    await expect(entries('{row: X-1, phrase: a, because: spec.name, reason: A.}')).rejects.toThrow(
      /expected a field of the spec that has an origin, got spec.name/,
    )
  })

  it('is refused where two rule out one row', async () => {
    await expect(entries(twice)).rejects.toThrow(/rules out X-1, which .*training.yaml rules out too/)
  })

  it('is refused in a contract template, so that there is one way to say it', async () => {
    const files = {
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/training.yaml': 'summary: Trains.\n',
      'core/deliverables/training.contract.yaml.hbs': 'not_applicable: {X-1: {phrase: a, reason: b}}\n',
    }
    const components = await loadComponents(await blueprintsFolder(files), ['core'])
    expect(() => computeContract(components, settings(), renderTemplate)).toThrow(/unknown contract section not_applic/)
  })
})
