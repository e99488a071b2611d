import { describe, expect, it } from 'vitest'
import { describeDifference } from '../../src/spec/diff.js'
import { markEdited, mergeSpec } from '../../src/spec/merge.js'
import { sampleSpec } from './sample.js'

describe('mergeSpec', () => {
  it('takes what the text now says where nobody edited', () => {
    const fresh = sampleSpec()
    fresh.serving.latency_ms = { value: 80, origin: 'stated', quote: '80 ms', req: 'REQ-001' }
    const { spec, differences, kept } = mergeSpec(sampleSpec(), sampleSpec(), fresh)
    expect(spec).toEqual(fresh)
    expect(differences.map(describeDifference)).toEqual(['serving.latency_ms: 150 -> 80'])
    expect(kept).toEqual([])
  })

  it('keeps what a person edited, marks it, and says what the text would give', () => {
    const existing = sampleSpec()
    existing.serving.latency_ms = { value: 60, origin: 'stated', quote: '150 ms', req: 'REQ-001' }
    const fresh = sampleSpec()
    fresh.serving.latency_ms = { value: 80, origin: 'stated', quote: '80 ms', req: 'REQ-001' }
    const { spec, differences, kept } = mergeSpec(existing, sampleSpec(), fresh)
    expect(spec.serving.latency_ms).toEqual({ value: 60, origin: 'edited' })
    expect(differences).toEqual([])
    expect(kept.map(describeDifference)).toEqual(['serving.latency_ms: 60 -> 80'])
  })

  it('leaves a decision that was written down before as it is, with its reason', () => {
    const decided = sampleSpec()
    decided.options.feature_store = { value: 'custom', origin: 'edited', reason: 'chosen by the user' }
    expect(markEdited(decided, decided).options).toEqual(decided.options)
    expect(mergeSpec(decided, decided, sampleSpec()).spec.options).toEqual(decided.options)
  })

  it('without the earlier generated spec, keeps only what is marked as edited', () => {
    const existing = sampleSpec()
    existing.serving.latency_ms = { value: 60, origin: 'edited' }
    existing.serving.throughput_rps = { value: 7, origin: 'assumed', reason: 'usual' }
    const { spec } = mergeSpec(existing, undefined, sampleSpec())
    expect(spec.serving.latency_ms.value).toBe(60)
    expect(spec.serving.throughput_rps.value).toBe(10)
  })

  it('merges columns one by one: an added one stays, an edited one stays, a deleted one stays away, others follow', () => {
    const existing = sampleSpec()
    existing.data.columns = existing.data.columns
      .filter(({ name }) => name !== 'contract_type')
      .map((column) => (column.name === 'active_days' ? { ...column, maximum: 31 } : column))
    existing.data.columns.push({
      name: 'own_score',
      type: 'number',
      role: 'measure',
      description: 'ours',
      nullable: true,
    })
    existing.data.signal.interaction = ['monthly_charge', 'active_days']
    const fresh = sampleSpec()
    fresh.data.columns.splice(4, 0, {
      name: 'late_payments',
      type: 'integer',
      role: 'measure',
      description: 'late',
      nullable: false,
    })
    const { spec } = mergeSpec(existing, sampleSpec(), fresh)
    const names = spec.data.columns.map(({ name }) => name)
    expect(names).toEqual([
      'customer_id',
      'snapshot_date',
      'monthly_charge',
      'active_days',
      'late_payments',
      'will_cancel',
      'own_score',
    ])
    expect(spec.data.columns.find(({ name }) => name === 'active_days')?.maximum).toBe(31)
    expect(spec.data.signal.interaction).toEqual(['monthly_charge', 'active_days'])
  })

  it('keeps an option that a person chose', () => {
    const existing = sampleSpec()
    existing.options.experiment_tracking = { value: 'wandb', origin: 'assumed', reason: 'default' }
    const { spec } = mergeSpec(existing, sampleSpec(), sampleSpec())
    expect(spec.options.experiment_tracking).toEqual({ value: 'wandb', origin: 'edited' })
  })

  it('moves the start with an edited deadline, unless the start was edited too', () => {
    const existing = sampleSpec()
    existing.schedule.deadline = { value: '09:00', origin: 'assumed', reason: 'usual' }
    expect(mergeSpec(existing, sampleSpec(), sampleSpec()).spec.schedule.cron).toBe('0 7 * * 1')
    existing.schedule.cron = '5 3 * * 1'
    expect(mergeSpec(existing, sampleSpec(), sampleSpec()).spec.schedule.cron).toBe('5 3 * * 1')
  })

  it('gives the text and its requirements of the new text', () => {
    const fresh = { ...sampleSpec(), text: 'another text', requirements: [{ id: 'REQ-001', text: 'another text' }] }
    const { spec } = mergeSpec(sampleSpec(), sampleSpec(), fresh)
    expect([spec.text, spec.requirements]).toEqual(['another text', fresh.requirements])
  })
})

describe('markEdited', () => {
  it('changes nothing where nothing was edited', () =>
    expect(markEdited(sampleSpec(), sampleSpec())).toEqual(sampleSpec()))
  it('marks edited facts and moves the start with an edited deadline', () => {
    const existing = sampleSpec()
    existing.maturity = { value: 2, origin: 'assumed', reason: 'default' }
    existing.schedule.deadline = { value: '08:30', origin: 'stated', quote: '06:00', req: 'REQ-001' }
    const marked = markEdited(existing, sampleSpec())
    expect(marked.maturity).toEqual({ value: 2, origin: 'edited' })
    expect(marked.schedule.cron).toBe('30 6 * * 1')
    expect(marked.serving).toEqual(sampleSpec().serving)
  })
})
