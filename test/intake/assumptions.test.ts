import { expect, it } from 'vitest'
import { listAssumptions } from '../../src/intake/assumptions.js'
import { readRequirements } from '../../src/intake/requirements.js'
import { KNOWLEDGE } from './given.js'

it('lists every assumed fact with its reason and no stated one', () => {
  const spec = readRequirements(
    'Predict which customers will cancel within 30 days. Billing tables are in S3. We use MLflow.',
    KNOWLEDGE,
  )
  const lines = listAssumptions(spec)
  expect(lines).toContain('serving.latency_ms: 200 (bound of the success criteria; the text names none)')
  expect(lines).toContain('options.feature_store: feast (default; the text names none)')
  expect(lines.some((line) => /^(?:target\.horizon_days|options\.experiment_tracking)/.test(line))).toBe(false)
})
