import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultFolder, type Given, specify } from '../../src/cli/specify.js'
import { DecisionNeeded, UsageError } from '../../src/errors.js'
import { loadCatalogue } from '../../src/run/definitions.js'
import { type FullSpec, fullSpecSchema } from '../../src/spec/schema.js'
import { definitions, ROOT } from '../emitted/platforms.js'

const catalogue = await loadCatalogue(ROOT)
const CHURN = readFileSync(join(ROOT, 'examples', 'churn-telecom.txt'), 'utf8')
const TWO = 'Predict which customers cancel within 30 days. They should be predicted 90 days ahead. Tables in S3.'

const given = (changes: Partial<Given>): Given => ({
  text: CHURN,
  choices: new Map(),
  maturity: undefined,
  existing: undefined,
  generated: undefined,
  undecided: 'stop at contradictions',
  ...changes,
})
const specified = (changes: Partial<Given>) => specify(given(changes), definitions, catalogue)
const specOf = async (changes: Partial<Given>): Promise<FullSpec> =>
  fullSpecSchema.parse((await specified(changes)).spec)
const chosen = (name: string, value: string) => new Map([[name, value]])

describe('what is designed from', () => {
  it('is the text, with flags over it; what they overrule is noted, and nothing decided is called an assumption', async () => {
    const spec = await specOf({ choices: chosen('experiment_tracking', 'wandb'), maturity: 3 })
    expect(spec.options.experiment_tracking).toEqual({
      value: 'wandb',
      origin: 'edited',
      reason: expect.stringMatching(/^chosen by the user; the text says "MLflow" \(REQ-\d{3}\)$/),
    })
    expect(spec.maturity).toEqual({ value: 3, origin: 'edited' })
    expect(spec.assumptions.filter((line) => /experiment_tracking|maturity/.test(line))).toEqual([])
  })

  it('is unchanged by a flag that says what the text says', async () => {
    expect(await specOf({ choices: chosen('experiment_tracking', 'mlflow') })).toEqual(await specOf({}))
  })

  it('is the existing spec where no text is given, and the same again each time', async () => {
    const spec = await specOf({ choices: chosen('feature_store', 'custom') })
    const again = await specOf({ text: undefined, existing: spec, generated: spec })
    expect(again).toEqual(spec)
  })

  it('is the text over the existing spec, but what a person edited stays and is named', async () => {
    const generated = await specOf({})
    const existing = structuredClone(generated)
    existing.serving.latency_ms.value = 90
    const { spec, kept } = await specified({ existing, generated })
    expect(spec.serving?.latency_ms).toEqual({ value: 90, origin: 'edited' })
    expect(kept.map(({ path }) => path)).toEqual(['serving.latency_ms'])
  })

  it.each([
    [{ text: undefined }, /nothing to design from/],
    [
      { text: 'Forecast the load of 120 substations for the next 48 hours.' },
      /ask for forecasting \(from "Forecast", REQ-001\)/,
    ],
    [
      { text: `${CHURN} Dagster runs our jobs.` },
      /orchestration "dagster" has no blueprint yet; built are .*"Dagster"/,
    ],
  ])('is refused with the reason: %j', async (changes, message) => {
    await expect(specified(changes)).rejects.toThrow(UsageError)
    await expect(specified(changes)).rejects.toThrow(message)
  })

  it('names the folder by what it predicts', async () => {
    expect(await defaultFolder(CHURN, definitions, catalogue)).toBe('subscriber-cancel')
  })
})

describe('a text that contradicts itself', () => {
  it('stops unless somebody agreed to defaults', async () => {
    await expect(specified({ text: TWO })).rejects.toThrow(DecisionNeeded)
    const spec = await specOf({ text: TWO, undecided: 'take defaults' })
    expect(spec.target.horizon_days.value).toBe(30)
    expect(spec.contradictions.map(({ field }) => field)).toEqual(['target.horizon_days'])
  })

  it('does not stop again where its words were accepted, nor where the person edited the field', async () => {
    const accepted = await specOf({ text: TWO, undecided: 'take defaults' })
    const same = { text: TWO, existing: accepted, generated: accepted }
    expect((await specOf(same)).contradictions).toEqual(accepted.contradictions)
    const edited = structuredClone(accepted)
    edited.target.horizon_days.value = 90
    const spec = await specOf({ ...same, existing: edited })
    expect(spec.target.horizon_days).toMatchObject({ value: 90, origin: 'edited' })
    // What derives from the field follows the person's decision, not the words that it overruled.
    expect(spec.leakage.gap_days.value).toBe(90)
    expect(spec.contradictions).toEqual([])
  })

  it('stops again where it contradicts itself in other words', async () => {
    const accepted = await specOf({ text: TWO, undecided: 'take defaults' })
    const other = TWO.replace('90 days ahead', '60 days ahead')
    await expect(specified({ text: other, existing: accepted, generated: accepted })).rejects.toThrow(/60 days ahead/)
  })

  it.each(['mlflow', 'wandb'])('about an option is settled by a flag for %s', async (value) => {
    const text = `${CHURN} We use Weights & Biases.`
    await expect(specified({ text })).rejects.toThrow(/options\.experiment_tracking/)
    const spec = await specOf({ text, choices: chosen('experiment_tracking', value) })
    expect(spec.options.experiment_tracking).toMatchObject({ value, origin: 'edited' })
    expect(spec.contradictions).toEqual([])
    expect(await specOf({ text, existing: spec, generated: spec })).toEqual(spec)
  })
})
