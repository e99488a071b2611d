// The thread that runs Ruff: what it answers, in which order, and what becomes of a question that it cannot take.
import { describe, expect, it } from 'vitest'
import { askRuff } from '../../src/verify/ruff.js'

const text = (content: string, settings = 0, format = true) => ({ content, settings, format })

describe('askRuff', () => {
  it('answers about each text by its own settings', async () => {
    const { version, answers } = await askRuff({
      settings: [{ lint: { select: ['F'] } }, { lint: { select: ['E'] }, format: { 'quote-style': 'single' } }],
      texts: [text('import os\nx = "a"\n'), text('import os\nx = "a"\n', 1), text('x = 1\n', 0, false)],
    })
    expect(version).toMatch(/^\d+\.\d+/)
    expect(answers.map(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual([['F401'], [], []])
    expect(answers.map(({ formatted }) => formatted)).toEqual([
      'import os\n\nx = "a"\n',
      "import os\n\nx = 'a'\n",
      undefined,
    ])
  })

  it('has no layout for what does not parse', async () => {
    const { answers } = await askRuff({ settings: [{}], texts: [text('def (:\n')] })
    expect(answers[0]?.diagnostics.length).toBeGreaterThan(0)
    expect(answers[0]).not.toHaveProperty('formatted')
  })

  it('says why settings are refused, and answers the next question', async () => {
    const [refused, answered] = await Promise.allSettled([
      askRuff({ settings: [{ lint: { select: ['NO-SUCH-RULE'] } }], texts: [text('x = 1\n')] }),
      askRuff({ settings: [{}], texts: [text('x = 1\n')] }),
    ])
    expect(refused).toMatchObject({ reason: { message: expect.stringContaining('ruff refuses [tool.ruff]') } })
    expect(answered).toMatchObject({ status: 'fulfilled', value: { answers: [{ diagnostics: [] }] } })
  })
})
