import { describe, expect, it } from 'vitest'
import { readChoices, suggestion } from '../../src/cli/choices.js'

const options = {
  experiment_tracking: { title: 'Experiment tracker', default: 'mlflow', values: ['mlflow', 'wandb', 'neptune'] },
  feature_store: { title: 'Feature store', default: 'feast', values: ['feast', 'custom'] },
}
const built = new Map([
  ['experiment_tracking/mlflow', {}],
  ['experiment_tracking/wandb', {}],
  ['feature_store/feast', {}],
])
const read = (flags: Record<string, unknown>) => Object.fromEntries(readChoices(flags, options, built))

describe('options given as flags', () => {
  it('come by their own flag or by --option, with hyphens or underscores', () => {
    expect(read({ experimentTracking: 'wandb', option: ['feature-store=feast'] })).toEqual({
      experiment_tracking: 'wandb',
      feature_store: 'feast',
    })
  })

  it.each([
    [
      { experimentTracking: 'mlfow' },
      '--experiment-tracking "mlfow" is not one of mlflow, wandb, neptune. Did you mean mlflow?',
    ],
    [
      { option: ['feature_stor=feast'] },
      'unknown option "feature_stor"; known are experiment_tracking, feature_store Did you mean feature_store?',
    ],
    [{ option: ['feast'] }, '--option "feast" is not of the form name=value'],
    [{ experimentTracking: 'neptune' }, 'experiment_tracking "neptune" has no blueprint yet; built are mlflow, wandb'],
    [{ experimentTracking: 'wandb', option: ['experiment_tracking=mlflow'] }, 'another flag says wandb'],
  ])('are refused when wrong: %o', (flags, message) => {
    expect(() => read(flags)).toThrow(message)
  })
})

describe('suggestions', () => {
  it('are given for near words only', () => {
    expect(suggestion('wandbb', ['mlflow', 'wandb'])).toBe(' Did you mean wandb?')
    expect(suggestion('sagemaker', ['mlflow', 'wandb'])).toBe('')
  })
})
