import { describe, expect, it } from 'vitest'
import { readTask } from '../../src/intake/task.js'
import { KNOWLEDGE, read } from './given.js'

const task = (text: string) =>
  readTask(read(text), KNOWLEDGE, { value: 0.1, origin: 'assumed', reason: '-' }, 14, undefined)

describe('readTask', () => {
  it('counts words of the text once, however many cues of a kind they match', () => {
    const tabular = KNOWLEDGE.tasks['tabular-classification']
    const cues = [...tabular.cues, { word: 'classify', weight: 2 }, { word: 'classify photos', weight: 2 }]
    const knowledge = { ...KNOWLEDGE, tasks: { ...KNOWLEDGE.tasks, 'tabular-classification': { ...tabular, cues } } }
    const text = read('Classify photos of welds as good, porous or cracked.')
    const rate = { value: 0.1, origin: 'assumed', reason: '-' } as const
    expect(readTask(text, knowledge, rate, 14, undefined).task.value.kind).toBe('image-classification')
  })

  it.each([
    [
      'Forecast the hourly load for the next 48 hours, 10/50/90 % quantiles',
      { kind: 'forecasting', steps: 48, frequency: 'hourly', quantiles: [0.1, 0.5, 0.9] },
    ],
    ['Recommend 20 results out of 40,000 titles', { kind: 'recommendation', items: 40_000, list_length: 20 }],
    ['Estimate the price of a house with an error band', { kind: 'regression', unit: 'currency', error_band: true }],
    [
      'Tag news articles in English and Spanish with one of 40 topics',
      { kind: 'text-classification', labels: 40, languages: ['english', 'spanish'] },
    ],
    [
      'Classify photos as good, porous or cracked',
      { kind: 'image-classification', classes: ['good', 'porous', 'cracked'] },
    ],
    [
      'Find unusual logins, fewer than 20 false alarms a day, no labels',
      { kind: 'anomaly-detection', alerts_per_day: 20, labels: 'none' },
    ],
    ['The chance of a gearbox failure; 35 failures in five years', { kind: 'survival', horizon_days: 14, events: 35 }],
    ['Which customers will churn?', { kind: 'tabular-classification', classes: 2 }],
  ])('%j', (text, details) => expect(task(text).task.value).toMatchObject(details))

  it('is not misled by data that are ruled out', () =>
    expect(task('Which claims are fraudulent? There are photos we do not want to use.').task.value.kind).toBe(
      'tabular-classification',
    ))
  it('assumes a yes or no where nothing is said', () =>
    expect(task('Make us more efficient.').task).toMatchObject({
      origin: 'assumed',
      value: { kind: 'tabular-classification' },
    }))
})
