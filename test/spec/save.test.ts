import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { contractToYaml, specToYaml } from '../../src/spec/save.js'
import { specSchema } from '../../src/spec/schema.js'
import { sampleContract, sampleSpec } from './sample.js'

const changed = (before: string, after: string): [string, string][] => {
  const [a, b] = [before.split('\n'), after.split('\n')]
  return a.flatMap((line, index): [string, string][] => (line === b[index] ? [] : [[line, b[index] ?? '']]))
}

describe('specToYaml', () => {
  it('does not depend on the order in which fields were set', () => {
    const spec = sampleSpec()
    const shuffled = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec
    shuffled.serving = {
      throughput_rps: spec.serving.throughput_rps,
      latency_percentile: spec.serving.latency_percentile,
      latency_ms: spec.serving.latency_ms,
    }
    expect(specToYaml(shuffled)).toBe(specToYaml(spec))
  })

  it('has the keys in the order of the schema', () =>
    expect(Object.keys(parse(specToYaml({ ...sampleSpec(), workflow: '../team/workflows/x.yaml' })) as object)).toEqual(
      Object.keys(specSchema.shape),
    ))

  it('changes one line for one changed value', () => {
    const spec = sampleSpec()
    const after = { ...spec, serving: { ...spec.serving, latency_ms: { ...spec.serving.latency_ms, value: 80 } } }
    expect(changed(specToYaml(spec), specToYaml(after))).toEqual([['    value: 150', '    value: 80']])
  })

  it('keeps a column on one line', () => expect(specToYaml(sampleSpec())).toMatch(/^ {4}- \{name: active_days, .*\}$/m))

  it('means the same to a YAML 1.1 reader such as PyYAML', () => {
    const read = parse(specToYaml(sampleSpec()), { version: '1.1' }) as ReturnType<typeof sampleSpec>
    expect(read.schedule.deadline.value).toBe('06:00')
    expect(read.data.columns[4]?.values).toEqual(['monthly', 'no', 'yes'])
  })

  it('quotes a question within braces, where PyYAML would end the text at its mark', () => {
    const [column, ...columns] = sampleSpec().data.columns
    if (column === undefined) throw new Error('the sample has no columns')
    const asked = { ...column, values: ['Which? 3 %', 'no mark'] }
    const data = { ...sampleSpec().data, columns: [asked, ...columns] }
    expect(specToYaml({ ...sampleSpec(), data })).toContain('values: ["Which? 3 %", no mark]')
  })

  it('ends no line with spaces, and holds no character that a YAML 1.1 reader takes for a line end or refuses', () => {
    const text = 'spaces   \nnext\u0085line\u2028separator \ufeff \u007f'
    expect(specToYaml({ ...sampleSpec(), text })).not.toMatch(/[ \t]$|[\u007f-\u009f\u2028\u2029\ufeff]/mu)
  })

  it('keeps long and odd texts', () => {
    for (const text of [
      'a: b # c',
      '"quoted" and \'single\'',
      `${'long '.repeat(200)}end`,
      'línea\n\n- bullet\n\ttab',
      '😀 日本語',
      '- yes',
      '2026-11-20',
      'next\u0085line, line\u2028separator, mark \ufeff, control \u009b',
      'spaces   \nbefore a line end\t\n',
    ])
      for (const version of ['1.1', '1.2'] as const)
        expect((parse(specToYaml({ ...sampleSpec(), text }), { version }) as { text: string }).text).toBe(text)
  })
})

describe('contractToYaml', () => {
  it('keeps an entry on one line, so that merges stay local', () => {
    const yaml = contractToYaml(sampleContract())
    expect(yaml).toMatch(/^ {2}prediction_seconds: \{owner: serving, type: histogram, labels: \[model\], .*\}$/m)
    const more = sampleContract()
    more.features.tenure = {
      owner: 'features',
      dtype: 'float',
      transformation: 'identity',
      inputs: ['tenure'],
      parameters: {},
      description: 'months',
      monotonic: 'none',
    }
    expect(contractToYaml(more).split('\n').length).toBe(yaml.split('\n').length + 1)
  })
})
