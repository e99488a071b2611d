import { describe, expect, it } from 'vitest'
import { dropSettled, editedValue, markDecided, openContradictions } from '../../src/spec/contradictions.js'
import { fullSpecSchema } from '../../src/spec/schema.js'
import { sampleSpec } from './sample.js'

const contradiction = (field: string, quotes: readonly [string, string]) => ({
  field,
  statements: quotes.map((quote, index) => ({ value: index, quote, req: 'REQ-001' })),
  taken: 0,
  reason: 'the first',
})
const spec = () => ({
  ...sampleSpec(),
  contradictions: [
    contradiction('target.horizon_days', ['30 days', '90 days']),
    contradiction('serving.latency_ms', ['150 ms', '80 ms']),
  ],
})

describe('a decision about a contradiction', () => {
  it("is the value of the field as the person's own, without the words of the text, in a spec that still holds together", () => {
    const before = spec()
    const decided = markDecided(before, 'target.horizon_days', 90)
    expect(decided.target.horizon_days).toEqual({ value: 90, origin: 'edited', reason: 'chosen by the user' })
    expect(before.target.horizon_days.value).toBe(30)
    expect(fullSpecSchema.parse(decided).target.horizon_days.value).toBe(90)
    expect([editedValue(decided, 'target.horizon_days'), editedValue(before, 'target.horizon_days')]).toEqual([
      90,
      undefined,
    ])
  })

  it('ends the contradiction, and only that one', () => {
    const decided = dropSettled(markDecided(spec(), 'target.horizon_days', 90))
    expect(decided.contradictions.map(({ field }) => field)).toEqual(['serving.latency_ms'])
  })
})

describe('open contradictions', () => {
  const fields = (...args: Parameters<typeof openContradictions>) =>
    openContradictions(...args).map(({ field }) => field)

  it('are all of a first text, without the decided ones', () => {
    expect(fields(spec(), undefined)).toEqual(['target.horizon_days', 'serving.latency_ms'])
    expect(fields(markDecided(spec(), 'serving.latency_ms', 80), undefined)).toEqual(['target.horizon_days'])
  })

  it('are not those that were accepted with the same words before', () => {
    expect(fields(spec(), spec())).toEqual([])
    const other = { ...spec(), contradictions: [contradiction('target.horizon_days', ['30 days', '60 days'])] }
    expect(fields(spec(), other)).toEqual(['target.horizon_days', 'serving.latency_ms'])
  })
})
