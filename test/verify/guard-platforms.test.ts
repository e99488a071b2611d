// The guard between two platforms that the product itself composes: what other requirements change is no loss, and less is.
import { describe, expect, it } from 'vitest'
import { buildPlatform, type Platform } from '../../src/run/platform.js'
import { type FullSpec, fullSpecSchema } from '../../src/spec/schema.js'
import { guard } from '../../src/verify/guard.js'
import { statedNumbers } from '../../src/verify/guard-stated.js'
import { definitions, platformOf } from '../emitted/platforms.js'
import { CHURN } from './guard-cases.js'

/** What the guard says of the second platform's files over the first's, deliverable by deliverable. */
async function refused(was: Platform, is: Platform, stated: 'said' | 'unsaid' = 'said'): Promise<string[]> {
  const project = was.composition.files
  const about = { contract: was.contract, project, stated: stated === 'said' ? statedNumbers(is.spec) : [] }
  const results = []
  for (const deliverable of new Set(project.map((file) => file.deliverable))) {
    const baseline = project.filter((file) => file.deliverable === deliverable)
    const tailored = is.composition.files.filter((file) => file.deliverable === deliverable)
    const gone = baseline.map(({ path }) => path).filter((path) => !tailored.some((file) => file.path === path))
    results.push(...(await guard(baseline, tailored, gone, about)))
  }
  return results.map(({ check, file, reason }) => `${check} ${file} ${reason}`)
}

/** The churn platform of a spec that a person has edited. */
async function edited(change: (spec: FullSpec) => void): Promise<Platform> {
  const spec = structuredClone((await platformOf(CHURN)).spec)
  change(spec)
  return buildPlatform(definitions, fullSpecSchema.parse(spec))
}

const stated = <T>(value: T) => ({ value, origin: 'stated' as const, quote: 'as we said', req: 'REQ-001' })
const slow = { ...CHURN, instead: ['150 ms', '400 ms'] } as const

describe('another platform', { timeout: 60_000 }, () => {
  it.each<[string, (spec: FullSpec) => void]>([
    [
      'a column more',
      ({ data }) => {
        const said = { name: 'roaming_days', type: 'integer', role: 'measure', description: 'days abroad' } as const
        data.columns.push({ ...said, nullable: false, minimum: 0, maximum: 30 })
      },
    ],
    [
      'a protected attribute',
      ({ data, compliance }) => {
        const said = { name: 'age_group', type: 'category', role: 'protected', description: 'age' } as const
        data.columns.push({ ...said, nullable: false, values: ['young', 'old'] })
        compliance.protected_attributes = stated(['age_group'])
      },
    ],
    ['a longer retention', ({ compliance }) => Object.assign(compliance, { retention_days: stated(1500) })],
    [
      'another horizon',
      ({ target, leakage }) => {
        target.horizon_days = stated(14)
        leakage.gap_days = stated(14)
      },
    ],
    [
      'fewer rows',
      ({ data, entity }) =>
        Object.assign(data, { rows: stated(4000) }) && Object.assign(entity, { count: stated(4000) }),
    ],
    ['more requests', ({ serving }) => Object.assign(serving, { throughput_rps: stated(300) })],
  ])('of %s is accepted', async (_, change) => {
    const [was, is] = [await platformOf(CHURN), await edited(change)]
    expect(is.composition.files.some(({ content }, at) => content !== was.composition.files[at]?.content)).toBe(true)
    expect(await refused(was, is)).toEqual([])
  })

  it('of a stated latency is accepted, shorter or longer', async () => {
    expect(await refused(await platformOf(slow), await platformOf(CHURN))).toEqual([])
    expect(await refused(await platformOf(CHURN), await platformOf(slow))).toEqual([])
  })

  it('of a longer latency that nobody has stated is refused', async () => {
    const results = await refused(await platformOf(CHURN), await platformOf(slow), 'unsaid')
    expect(results.filter((one) => /ServingLatencyHigh: it fires at >= 0.4/.test(one))).toHaveLength(1)
    expect(results.filter((one) => /bounds.latencySeconds went from 0.15 to 0.4/.test(one))).toHaveLength(1)
  })

  it('that has grown up is accepted', async () => {
    expect(await refused(await platformOf({ ...CHURN, maturity: 2 }), await platformOf(CHURN))).toEqual([])
  })

  it('that has become less is refused', async () => {
    const results = await refused(await platformOf(CHURN), await platformOf({ ...CHURN, maturity: 2 }))
    expect(results.length).toBeGreaterThan(50)
  })
})
