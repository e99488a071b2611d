import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { UsageError } from '../../src/errors.js'
import { readRequirements, unbuilt } from '../../src/intake/requirements.js'
import { loadSpec } from '../../src/spec/load.js'
import { specToYaml } from '../../src/spec/save.js'
import { projectName, type Spec } from '../../src/spec/schema.js'
import { KNOWLEDGE, knowledgeWith, textsIn } from './given.js'

const TEXTS = textsIn('test/intake/texts')
const EXAMPLES = textsIn('examples')
const ALL = [...TEXTS, ...EXAMPLES]

const at = (spec: Spec, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], spec)

/** Every entry that claims words of the text. */
function* claims(node: unknown): Generator<{ quote: string; req: string }> {
  if (node === null || typeof node !== 'object') return
  if ('quote' in node && typeof node.quote === 'string' && 'req' in node) yield node as { quote: string; req: string }
  for (const inner of Object.values(node)) yield* claims(inner)
}

describe.each(TEXTS)('%s', (name, text) => {
  const spec = readRequirements(text, KNOWLEDGE)
  const expected = parse(readFileSync(`test/intake/texts/${name}.yaml`, 'utf8')) as Record<string, unknown>
  it.each(Object.entries(expected))('%s is %j', (path, value) => {
    if (path === 'needs') expect(spec.questions.filter((q) => q.needs_answer).map((q) => q.field)).toEqual(value)
    else if (path === 'contradictions') expect(spec.contradictions).toHaveLength(Number(value))
    else if (path === 'listed')
      expect(spec.data.columns.filter((c) => c.quote !== undefined).map((c) => c.name)).toEqual(value)
    else if (path === 'tools') expect(spec.tools.map((tool) => tool.name)).toEqual(value)
    else if (path === 'data.sources') {
      expect(spec.data.sources).toMatchObject(value as object)
    } else expect(at(spec, path)).toEqual(value)
  })
})

describe.each(ALL)('what holds for any text: %s', (_name, text) => {
  const spec = readRequirements(text, KNOWLEDGE)

  it('quotes only words of the text, from the requirement that it names', () => {
    const all = [...claims(spec)]
    for (const { quote, req } of all) {
      expect(spec.text).toContain(quote)
      const sentence = spec.requirements.find(({ id }) => id === req)?.text ?? ''
      expect(sentence).toContain(quote.replace(/\s+/g, ' ').split('. ')[0])
    }
  })

  it('gives every assumed fact a reason and lists it', () => {
    for (const line of spec.assumptions) expect(line).toMatch(/^[a-z_.]+: .+/)
    expect(spec.assumptions.length).toBeGreaterThan(3)
  })

  it('is a spec that can be saved, loaded and saved again without a change', () => {
    const yaml = specToYaml(spec)
    expect(specToYaml(loadSpec(yaml, 'spec.yaml'))).toBe(yaml)
  })

  it('is the same every time', () => expect(readRequirements(text, KNOWLEDGE)).toEqual(spec))

  it('has a legal name and one key, time and target column', () => {
    expect(projectName.safeParse(spec.name).success).toBe(true)
    for (const role of ['key', 'time', 'target'])
      expect(spec.data.columns.filter((c) => c.role === role)).toHaveLength(1)
    expect(spec.data.columns.filter((c) => c.role === 'measure').length).toBeGreaterThanOrEqual(4)
  })
})

describe('examples', () => {
  it.each(EXAMPLES)(
    '%s.spec.yaml is what the text gives (update: UPDATE=1 npx vitest run test/intake)',
    (name, text) => {
      const file = `examples/${name}.spec.yaml`
      const yaml = specToYaml(readRequirements(text, KNOWLEDGE))
      if (process.env.UPDATE === '1') writeFileSync(file, yaml)
      expect(yaml).toBe(readFileSync(file, 'utf8'))
    },
  )

  it('need no answer, contradict nothing and ask for nothing that is not built', () => {
    for (const [, text] of EXAMPLES) {
      const spec = readRequirements(text, KNOWLEDGE)
      expect(spec.questions.filter((q) => q.needs_answer)).toEqual([])
      expect(spec.contradictions).toEqual([])
      expect(unbuilt(spec, KNOWLEDGE)).toEqual([])
    }
  })
})

describe('readRequirements', () => {
  it.each([
    ['Forecast the hourly load of 120 substations for the next 48 hours.', 'forecasting'],
    ['Estimate the sale price of flats with an error band when the seller types the address.', 'regression'],
    ['Recommend 20 films to each of our users on the start page.', 'recommendation'],
    ['Tag incoming news articles with one of 40 topics.', 'text-classification'],
    ['Classify photos of welds as good, porous or cracked.', 'image-classification'],
    ['Spot unusual sign-ins; there are hardly any labels.', 'anomaly-detection'],
    ['Estimate the remaining useful life of our pumps.', 'survival'],
  ])('recognises a task that is not built: %s', (text, kind) => {
    const missing = unbuilt(readRequirements(text, KNOWLEDGE), KNOWLEDGE)
    expect(missing[0]).toMatchObject({ name: 'task', value: kind, built: ['tabular-classification'] })
    expect(text).toContain(missing[0]?.quote)
  })

  it('names a stated value that is not built, with the built ones, and never swaps it', () => {
    const spec = readRequirements(
      'Predict which customers will cancel within 30 days. Dagster runs our jobs on Azure. Data is in Postgres.',
      KNOWLEDGE,
    )
    expect(unbuilt(spec, KNOWLEDGE)).toEqual([
      { name: 'orchestration', value: 'dagster', quote: 'Dagster', built: ['airflow'] },
      { name: 'cloud_provider', value: 'azure', quote: 'Azure', built: ['aws'] },
    ])
  })

  it('carries the advisories of what was chosen, and of nothing else', () => {
    const known = knowledgeWith({
      'experiment_tracking/wandb': [{ date: '2026-03-05', text: 'read this' }],
      'feature_store/custom': [{ date: '2026-03-05', text: 'not this' }],
    })
    const spec = readRequirements('Predict which customers will churn. We use wandb.', known)
    expect(spec.advisories).toEqual([{ component: 'experiment_tracking/wandb', date: '2026-03-05', text: 'read this' }])
  })

  it('keeps words of any script', () => {
    const spec = readRequirements(
      '預測哪些客戶會流失。 Predict which customers will churn — naïve Café users 😀 too.',
      KNOWLEDGE,
    )
    expect(spec.text).toContain('預測哪些客戶會流失')
    expect(loadSpec(specToYaml(spec), 'spec.yaml').text).toBe(spec.text)
  })

  it('asks where the cloud has no region in the place that data are bound to', () => {
    const spec = readRequirements(
      'Predict which customers will churn. All personal data must stay in Poland. Tables land in S3.',
      KNOWLEDGE,
    )
    expect(spec.questions.find((q) => q.field === 'compliance.region')?.needs_answer).toBe(true)
  })

  it('refuses what is no text', () => {
    for (const bad of ['', ' \n\t ', '12345', 'a\u0000b', 'x'.repeat(100_001)])
      expect(() => readRequirements(bad, KNOWLEDGE)).toThrow(UsageError)
  })

  it('reads a text of the largest size in seconds', () => {
    const text =
      'Predict which customers will cancel within 30 days. Tables land in S3 every night at 02:30 and we keep them. '
        .repeat(900)
        .slice(0, 99_000)
    const start = performance.now()
    const spec = readRequirements(text, KNOWLEDGE)
    expect(spec.requirements.length).toBeLessThanOrEqual(999)
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})
