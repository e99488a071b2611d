import { expect, it } from 'vitest'
import { nearest } from '../../src/workflow/distance.js'

it.each([
  ['feast', ['tecton', 'feast'], 'feast'],
  ['mlfow', ['wandb', 'mlflow'], 'mlflow'],
  ['wandbb', ['mlflow', 'wandb'], 'wandb'],
  ['custon', ['custom', 'feast'], 'custom'],
  ['mxxxow', ['mlflow'], undefined],
  ['', ['feast'], undefined],
  ['ac', ['ab', 'ad'], 'ab'],
])('%s among %j means %s', (given, names, expected) => {
  expect(nearest(given, names)).toBe(expected)
})
