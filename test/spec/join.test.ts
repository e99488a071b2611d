import { expect, it } from 'vitest'
import { joinSpecs } from '../../src/spec/join.js'
import type { FullSpec } from '../../src/spec/schema.js'
import { sampleSpec } from './sample.js'

const chosen = (value: string) => ({ value, origin: 'edited' as const, reason: 'chosen by the user' })
const edited = (change: (spec: FullSpec) => void): FullSpec => {
  const spec = sampleSpec()
  change(spec)
  return spec
}

it('takes each field from whoever changed it, also one that was decided before', () => {
  const base = edited((spec) => {
    spec.options.feature_store = chosen('feast')
  })
  const newer = structuredClone(base)
  newer.serving.latency_ms = { value: 80, origin: 'edited' }
  const older = structuredClone(base)
  older.options.feature_store = chosen('custom')
  const joined = joinSpecs(newer, base, older)
  expect(joined.serving.latency_ms.value).toBe(80)
  expect(joined.options.feature_store?.value).toBe('custom')
  expect(joinSpecs(older, base, newer)).toEqual(joined)
})

it('takes the newer decision where both changed the same', () => {
  const newer = edited((spec) => {
    spec.serving.latency_ms = { value: 80, origin: 'edited' }
  })
  const older = edited((spec) => {
    spec.serving.latency_ms = { value: 60, origin: 'edited' }
    spec.title = 'Another title'
  })
  const joined = joinSpecs(newer, sampleSpec(), older)
  expect(joined.serving.latency_ms.value).toBe(80)
  expect(joined.title).toBe('Another title')
})
