import { describe, expect, it } from 'vitest'
import { factsOf, judge, MOST_FACTS } from '../../src/intake/proposals.js'
import { readText } from '../../src/intake/reading.js'
import { readRequirements } from '../../src/intake/requirements.js'
import { take } from '../../src/intake/taking.js'
import { loadSpec } from '../../src/spec/load.js'
import { specToYaml } from '../../src/spec/save.js'
import { KNOWLEDGE } from './given.js'

const TEXT =
  'We rent out flats. Tell us early which of the tenants may\nterminate their lease.  Papers are kept for ten years. Answers within 150 ms.'
const reading = readText(TEXT)
const spec = readRequirements(TEXT, KNOWLEDGE)
const given = (field: string, value: string, quote = '', reason = '') => ({
  field,
  value,
  origin: quote === '' ? ('assumed' as const) : ('stated' as const),
  quote,
  reason,
})
const judged = (...facts: ReturnType<typeof given>[]) => judge(facts, reading, spec, KNOWLEDGE)
const taken = (settled: (field: string) => unknown, ...facts: ReturnType<typeof given>[]) =>
  take(spec, judged(...facts).taken, settled)
const nothing = () => undefined

describe('a proposed fact', () => {
  it('is one of those that the spec has, each shown with its value, origin and words', () => {
    expect(factsOf(spec)).toContainEqual({
      field: 'serving.latency_ms',
      value: '150',
      origin: 'stated',
      quote: expect.stringContaining('150 ms'),
    })
    expect(factsOf(spec).map(({ field }) => field)).toEqual(
      expect.arrayContaining(['task.kind', 'options.feature_store']),
    )
  })

  it.each<[string, ReturnType<typeof given>, RegExp]>([
    ['a field that there is not', given('tools', 'rm', 'rent out'), /no such field; expected one of task\.kind, /],
    ['a prototype', given('__proto__', '1', 'rent out'), /no such field/],
    [
      'words that do not stand in the text',
      given('compliance.retention_days', '90', 'kept for 90 days'),
      /does not stand in the text/,
    ],
    [
      'words that say something else',
      given('compliance.retention_days', '90', 'kept for ten years'),
      /does not say 90/,
    ],
    ['no words', given('compliance.retention_days', '90'), /needs a reason/],
    ['a quote without a letter', given('entity.count', '150', '150'), /needs the words/],
    ['a value of the wrong form', given('schedule.deadline', 'soon', 'Tell us early'), /is no such value/],
    ['a number that is none', given('data.rows', '-3', 'rent out'), /is no such value/],
    [
      'an option value that there is not',
      given('options.feature_store', '../x', 'rent out'),
      /expected one of feast, /,
    ],
    ['a long text', given('entity.singular', 'x'.repeat(200), 'tenants'), /is no such value/],
  ])('is refused with the reason: %s', (_, fact, reason) => {
    const { taken: none, refused } = judged(fact)
    expect(none).toEqual([])
    expect(refused).toEqual([{ field: fact.field, reason: expect.stringMatching(reason) }])
  })

  it('is taken once, and not more of them than there can be', () => {
    const one = given('compliance.retention_days', '3650', 'kept for ten years')
    expect(judged(one, one).refused).toMatchObject([{ reason: expect.stringMatching(/twice/) }])
    expect(judged(...Array.from({ length: MOST_FACTS + 1 }, () => given('x', '1'))).refused.at(-1)?.field).toBe('facts')
  })
})

describe('what is taken', () => {
  it('has the words and the requirement of the text, however its lines are broken, and answers its question', () => {
    const { spec: next } = taken(
      nothing,
      given('target.label_delay_days', '3650', 'may terminate their lease. Papers are kept for ten years'),
    )
    expect(next.target?.label_delay_days).toEqual({
      value: 3650,
      origin: 'stated',
      quote: 'may\nterminate their lease.  Papers are kept for ten years',
      req: 'REQ-002',
    })
    expect(next.requirements).toEqual(spec.requirements)
    expect(next.leakage?.gap_days.value).toBe(3650)
    expect(next.assumptions.join('\n')).not.toContain('label_delay_days')
    expect(next.questions.map(({ field }) => field)).not.toContain('target.label_delay_days')
  })

  it('leads to what follows from it, and to a spec that holds together', () => {
    const generic = readRequirements(
      'Something will happen soon, and we care. Tenants may terminate their lease.',
      KNOWLEDGE,
    )
    const about = readText(generic.text)
    const facts = [
      given('entity.singular', 'tenant', 'Tenants'),
      given('target.description', 'will terminate the lease', 'may terminate their lease'),
      given('target.horizon_days', '60', '', 'notice takes two months'),
      given('schedule.deadline', '05:00', '', 'offices open at six'),
    ]
    const assumedOnly = {
      ...generic,
      entity: { ...generic.entity, singular: { value: 'record', origin: 'assumed' as const } },
    }
    const open = {
      ...assumedOnly,
      target: { ...generic.target, description: { value: 'is positive', origin: 'assumed' as const } },
    }
    const { spec: next } = take(open, judge(facts, about, open, KNOWLEDGE).taken, nothing)
    expect(next).toMatchObject({
      title: 'Predict whether a tenant will terminate the lease',
      entity: { key: 'tenant_id', plural: 'tenants' },
      target: {
        column: 'will_terminate_lease',
        horizon_days: { value: 60, reason: 'a model: notice takes two months' },
      },
      schedule: { deadline: { value: '05:00' }, cron: expect.stringMatching(/^0 3 /) },
    })
    expect(next.leakage?.gap_days.value).toBeGreaterThanOrEqual(60)
    expect(next.questions.filter(({ needs_answer }) => needs_answer).map(({ field }) => field)).not.toContain('entity')
    expect(loadSpec(specToYaml(next), 'spec.yaml')).toEqual(next)
  })

  it('is never put over what a person decided', () => {
    const settled = (field: string) => (field === 'compliance.retention_days' ? 100 : undefined)
    expect(taken(settled, given('compliance.retention_days', '3650', 'kept for ten years')).spec).toEqual(spec)
  })

  it('is never put over what the text plainly states: the same words stay, other words are a contradiction', () => {
    const same = taken(nothing, given('serving.latency_ms', '150000', 'within 150 ms'))
    expect(same.left).toEqual([
      expect.stringMatching(/150000 is not taken, as the text says ".*150 ms.*", read as 150/),
    ])
    expect(same.spec).toEqual(spec)
    const other = taken(nothing, given('serving.latency_ms', '10', '', 'faster is better'))
    expect([other.spec, other.left.length]).toEqual([spec, 1])
    const two = `${TEXT} The API gives back a price in 80 milliseconds.`
    const first = readRequirements(TEXT, KNOWLEDGE)
    const moved = { ...first, text: two, requirements: first.requirements }
    const late = judge([given('serving.latency_ms', '80', 'in 80 milliseconds')], readText(two), moved, KNOWLEDGE)
    expect(take(moved, late.taken, nothing).spec.contradictions).toEqual([
      {
        field: 'serving.latency_ms',
        statements: [
          { value: 150, quote: expect.stringContaining('150 ms'), req: 'REQ-004' },
          { value: 80, quote: 'in 80 milliseconds', req: 'REQ-005' },
        ],
        taken: 150,
        reason: expect.any(String),
      },
    ])
  })

  it('may be another kind of prediction only where the text was not read as one', () => {
    const kind = given('task.kind', 'survival', '', 'leases end')
    expect(spec.task.origin).toBe('stated')
    expect(taken(nothing, kind).left).toEqual([expect.stringMatching(/task\.kind: survival is not taken/)])
    const open = { ...spec, task: { ...spec.task, origin: 'assumed' as const } }
    expect(take(open, judged(kind).taken, nothing).spec.task).toMatchObject({
      value: { kind: 'survival' },
      reason: 'a model: leases end',
    })
  })
})
