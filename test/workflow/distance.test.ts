import { expect, it } from 'vitest'
import { distance } from '../../src/workflow/distance.js'

it.each([
  ['feast', 'feast', 0],
  ['mlfow', 'mlflow', 1],
  ['wandbb', 'wandb', 1],
  ['custon', 'custom', 1],
  ['', 'feast', 5],
])('%s to %s takes %i letters', (one, other, letters) => {
  expect(distance(one, other)).toBe(letters)
})
