import { expect, it } from 'vitest'
import { contradictionsNeedDecision } from '../../src/cli/contradictions.js'

const entry = (field: string, ...values: readonly (string | number)[]) => ({
  field,
  statements: values.map((value, index) => ({ value, quote: `words for ${value}`, req: `REQ-00${index + 1}` })),
  taken: values[0] ?? '',
  reason: 'it came first',
})

it('names field, words, requirements, what --yes takes, and every way out', () => {
  const error = contradictionsNeedDecision([entry('target.horizon_days', 30, 90)])
  expect(error.exitCode).toBe(4)
  expect(error.message).toMatch(/contradict themselves once.*nothing was written/)
  expect(error.message).toMatch(
    /target\.horizon_days\n {4}REQ-001 {2}"words for 30" means 30\n {4}REQ-002 .* means 90\n/,
  )
  expect(error.message).toMatch(/--yes takes 30: it came first/)
  expect(error.message).not.toMatch(/as a flag/)
})

it('gives the flag where an option is contradicted', () => {
  const { message } = contradictionsNeedDecision([
    entry('target.horizon_days', 30, 90),
    entry('options.experiment_tracking', 'mlflow', 'wandb'),
  ])
  expect(message).toMatch(/contradict themselves 2 times/)
  expect(message).toMatch(/give the option as a flag, e\.g\. --experiment-tracking mlflow\n/)
})
