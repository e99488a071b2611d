import { describe, expect, it } from 'vitest'
import { describeDifference, diffContract, diffSpec } from '../../src/spec/diff.js'
import { sampleContract, sampleSpec } from './sample.js'

describe('diffSpec', () => {
  it('is empty for equal specs', () => expect(diffSpec(sampleSpec(), sampleSpec())).toEqual([]))

  it('says a changed fact in words, by its value', () => {
    const after = sampleSpec()
    after.serving.latency_ms = { value: 80, origin: 'edited' }
    expect(diffSpec(sampleSpec(), after).map(describeDifference)).toEqual(['serving.latency_ms: 150 -> 80'])
  })

  it('does not report where a value came from', () => {
    const after = sampleSpec()
    after.data.rows = { value: 20000, origin: 'edited' }
    expect(diffSpec(sampleSpec(), after)).toEqual([])
  })

  it('knows columns by name, wherever they stand', () => {
    const after = sampleSpec()
    const [first, ...rest] = after.data.columns
    after.data.columns = [...rest.filter(({ name }) => name !== 'active_days'), ...(first ? [first] : [])]
    const words = diffSpec(sampleSpec(), after).map(describeDifference)
    expect(words).toHaveLength(1)
    expect(words[0]).toMatch(/^data\.columns\.active_days: removed \(was \{"name":"active_days"/)
  })

  it('says what was added and what a list became', () => {
    const after = sampleSpec()
    after.compliance.regulation = { value: ['GDPR'], origin: 'edited' }
    after.options.orchestration = { value: 'airflow', origin: 'assumed' }
    expect(
      diffSpec(sampleSpec(), after)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['compliance.regulation', 'options.orchestration'])
  })
})

describe('diffContract', () => {
  it('names the entry and the field', () => {
    const after = sampleContract()
    const metric = after.metrics.average_precision
    if (metric) metric.threshold = 0.4
    expect(diffContract(sampleContract(), after).map(describeDifference)).toEqual([
      'metrics.average_precision.threshold: 0.3 -> 0.4',
    ])
  })
})
