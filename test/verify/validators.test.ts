// The worker that runs the validators: what it answers when all is well, when time runs out, and after it was ended.
import { afterAll, describe, expect, it } from 'vitest'
import { askValidator, stopValidators } from '../../src/verify/validators.js'

afterAll(stopValidators)

const parse = (text: string) => askValidator({ validator: 'prometheus/expressions', files: { e: text } })

describe('askValidator', () => {
  it('names every tool with its version', async () => {
    const { data } = await askValidator({ validator: 'versions', files: {} })
    expect(data).toMatchObject({
      actionlint: expect.stringMatching(/^actionlint \d/),
      go: expect.stringMatching(/^go\d/),
    })
  })

  it('answers many questions that are asked at once', async () => {
    const answers = await Promise.all(['up', 'rate(x[5m])', 'sum by (job) (up{job="a"})'].map(parse))
    expect(answers.map((answer) => answer.data)).toEqual([
      { e: { type: 'vector', selectors: [{ metric: 'up', labels: [] }] } },
      { e: { type: 'vector', selectors: [{ metric: 'x', labels: [] }] } },
      { e: { type: 'vector', selectors: [{ metric: 'up', labels: ['job'] }] } },
    ])
  })

  it('gives no verdict, and says why, when the time is over; the next question is answered', async () => {
    const slow = Array.from({ length: 20_000 }, (_, index) => `up{a="${index}"}`).join(' or ')
    const answer = await askValidator(
      { validator: 'prometheus/expressions', files: { e: slow } },
      { wallSeconds: 0.001 },
    )
    expect(answer).toMatchObject({ error: expect.stringContaining('timed out'), problems: [], version: '' })
    expect((await parse('up')).problems).toEqual([])
  })

  it('starts again after it was stopped', async () => {
    await stopValidators()
    expect((await parse('up ==')).problems).toEqual([expect.objectContaining({ line: 1, severity: 'error' })])
  })

  it('gives no verdict on a question that makes no sense', async () => {
    const answer = await askValidator({ validator: 'helm/lint', files: {}, options: { chart: 'charts/none' } })
    expect(answer).toMatchObject({ error: expect.stringContaining('charts/none/Chart.yaml'), problems: [] })
  })
})
