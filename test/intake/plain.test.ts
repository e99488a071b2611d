import { describe, expect, it } from 'vitest'
import { composeKnowledge, ownNames } from '../../src/intake/knowledge.js'
import { readPlain } from '../../src/intake/plain.js'
import { loadSpec } from '../../src/spec/load.js'
import { specToYaml } from '../../src/spec/save.js'

const options = {
  generator: { default: 'plain', values: ['plain', 'hugo', 'static_site'] },
  host: { default: 'own', values: ['own', 'pages'] },
}
const vocabulary = ownNames(options)
const knowledge = composeKnowledge({ options, maturity: 2, components: new Map(), vocabulary, domains: [] })
const read = (text: string, settled?: (field: string) => unknown) => readPlain(text, knowledge, settled)

describe('requirements of a workflow that predicts nothing', () => {
  it('are sentences, options by their names and a maturity, and nothing that nobody said', () => {
    const spec = read('We need a handbook for our payments service. Use Hugo, not a static site. Maturity 1 is enough.')
    expect(spec.requirements.map(({ id }) => id)).toEqual(['REQ-001', 'REQ-002', 'REQ-003'])
    expect(spec.name).toBe('handbook-payments')
    expect(spec.options.generator).toEqual({ value: 'hugo', origin: 'stated', quote: 'Hugo', req: 'REQ-002' })
    expect(spec.options.host).toMatchObject({ value: 'own', origin: 'assumed' })
    expect(spec.maturity).toMatchObject({ value: 1, origin: 'stated', quote: 'Maturity 1' })
    expect(Object.keys(spec)).not.toContain('task')
  })

  it('are read back as they were written', () => {
    const spec = { ...read('A handbook. It is a static site.'), workflow: '../team/workflows/handbook.yaml' }
    expect(spec.options.generator?.value).toBe('static_site')
    expect(loadSpec(specToYaml(spec), 'spec.yaml')).toEqual(spec)
  })

  it('may contradict themselves, which a person settles', () => {
    const text = 'A handbook. We use Hugo. We use static site.'
    expect(read(text).contradictions.map(({ field }) => field)).toEqual(['options.generator'])
    expect(read(text, (field) => (field === 'options.generator' ? 'hugo' : undefined)).contradictions).toEqual([])
  })

  it('are refused where a section of the other kind of spec stands in the file', () => {
    expect(() => loadSpec(`${specToYaml(read('A handbook.'))}\nserving: {}\n`, 'spec.yaml')).toThrow(
      /^spec\.yaml:\d+:1: /,
    )
  })
})
