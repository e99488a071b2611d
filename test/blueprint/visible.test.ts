import { describe, expect, it } from 'vitest'
import { visible } from '../../src/blueprint/visible.js'
import type { Json } from '../../src/types.js'

const context = (): Record<string, Json> => ({
  spec: { entity: { key: 'id' }, serving: { latency_ms: 90 } },
  contract: { metrics: { auc: { owner: 'features' } } },
  maturity: 2,
})
const seen = (...reads: string[]) => visible(context(), reads, 'a.hbs') as Record<string, Record<string, unknown>>

describe('what a template may see', () => {
  it('is what its manifest declares, with everything below', () => {
    const { spec, contract, maturity } = seen('spec.entity', 'contract', 'maturity')
    expect([spec?.entity, contract, maturity]).toEqual([{ key: 'id' }, { metrics: { auc: { owner: 'features' } } }, 2])
  })

  it.each([
    [() => seen('spec.entity').contract, 'contract'],
    [() => seen('spec.entity').spec?.serving, 'spec.serving'],
    [() => seen('spec.serving.latency_ms').spec?.entity, 'spec.entity'],
  ])('is nothing else; reading it is an error even where a template would stay silent', (read, path) => {
    expect(read).toThrow(`a.hbs reads ${path}, which its manifest does not declare in \`reads\``)
  })

  it('has no value where the context has none', () => {
    expect(seen('spec.missing').spec?.missing).toBeUndefined()
  })

  it('hides what is not declared from enumeration too', () => {
    expect(Object.keys(seen('spec.entity').spec ?? {})).toEqual(['entity'])
  })
})
