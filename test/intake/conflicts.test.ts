import { describe, expect, it } from 'vitest'
import { conflictsAbout, contradictionOf, strikeOverruled } from '../../src/intake/conflicts.js'
import { readRequirements } from '../../src/intake/requirements.js'
import { KNOWLEDGE, read } from './given.js'

const text = 'They leave within 30 days. They leave within 90 days. They leave within 30 days.'
const thirty = { start: 11, end: 25, value: 30 }
const ninety = { start: 38, end: 52, value: 90 }
const again = { start: 65, end: 79, value: 30 }

describe('conflictsAbout', () => {
  it('needs two values; each is quoted once, and the first is taken', () => {
    expect(conflictsAbout('target.horizon_days', [thirty, again], 'why')).toEqual([])
    expect(conflictsAbout('target.horizon_days', [], 'why')).toEqual([])
    expect(conflictsAbout('target.horizon_days', [thirty, ninety, again], 'why')).toEqual([
      { field: 'target.horizon_days', statements: [thirty, ninety], taken: 30, reason: 'why' },
    ])
  })

  it('becomes an entry of the spec with words and requirements', () => {
    const [conflict] = conflictsAbout('target.horizon_days', [thirty, ninety], 'why')
    expect(conflict && contradictionOf(read(text), conflict)).toEqual({
      field: 'target.horizon_days',
      statements: [
        { value: 30, quote: 'within 30 days', req: 'REQ-001' },
        { value: 90, quote: 'within 90 days', req: 'REQ-002' },
      ],
      taken: 30,
      reason: 'why',
    })
  })
})

describe('strikeOverruled', () => {
  const conflicts = conflictsAbout('target.horizon_days', [thirty, ninety], 'why')

  it('takes away the words that a person decided against, and keeps every position', () => {
    const struck = strikeOverruled(read(text), conflicts, () => 90)
    expect(struck?.norm.slice(0, 53)).toBe('they leave               . they leave within 90 days.')
    expect(struck?.text).toBe(text)
  })

  it.each([
    ['nothing', undefined],
    ['what is taken anyway', 30],
    ['a value that nobody gave', 45],
  ])('changes nothing where a person decided %s', (_, value) =>
    expect(strikeOverruled(read(text), conflicts, () => value)).toBeUndefined(),
  )
})

it('leaves the words about options, which are decided over the text and not in it', () => {
  const words = 'We use MLflow. We use ClearML.'
  const trackers = conflictsAbout(
    'options.experiment_tracking',
    [
      { start: 7, end: 13, value: 'mlflow' },
      { start: 22, end: 29, value: 'clearml' },
    ],
    'why',
  )
  expect(trackers).toHaveLength(1)
  expect(strikeOverruled(read(words), trackers, () => 'clearml')).toBeUndefined()
})

describe('a decision', () => {
  const asked =
    'Predict which customers will cancel within 30 days. We must predict whether they cancel in the next 90 days. Data in S3.'
  const decided = (value: unknown) =>
    readRequirements(asked, KNOWLEDGE, (field) => (field === 'target.horizon_days' ? value : undefined))

  it('is followed by everything that derives from the field, and the contradiction is gone', () => {
    const spec = decided(90)
    expect(spec.target.horizon_days).toMatchObject({ value: 90, origin: 'stated' })
    expect([spec.target.label_delay_days.value, spec.leakage.gap_days.value]).toEqual([90, 90])
    expect(spec.contradictions).toEqual([])
    expect(spec.text).toBe(asked)
  })

  it('is missing: the documented value is taken and the contradiction listed', () => {
    const spec = decided(undefined)
    expect(spec.target.horizon_days.value).toBe(30)
    expect(spec.contradictions).toMatchObject([{ field: 'target.horizon_days', taken: 30 }])
  })
})
