// A tool that was left out for a measured reason is looked at again once the reason has gone.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { platformOf } from './platforms.js'

const DECISION = 'docs/decisions/2026-11-21-data-validation-without-tfx.md'

/** Major and minor version that the platform pins. */
async function pinned(name: string): Promise<number> {
  const { composition } = await platformOf({ example: 'churn-telecom', maturity: 5 })
  const project = composition.files.find(({ path }) => path === 'pyproject.toml')?.content ?? ''
  return Number(new RegExp(`"${name}==(\\d+\\.\\d+)`).exec(project)?.[1])
}

describe('data validation without TFX', () => {
  const decision = readFileSync(DECISION, 'utf8')

  it.each([
    ['pandas', 2],
    ['pyarrow', 11],
  ])('has its reason in the pins: %s is not below %i, as TFDV wants it', async (name, bound) => {
    expect(decision).toContain(`${name} below ${bound}`)
    expect(await pinned(name)).toBeGreaterThanOrEqual(bound)
  })

  it('leaves the chosen tool in place, and TFX out', async () => {
    expect(decision).toMatch(/left out on 2026-11-21/)
    expect(await pinned('great-expectations')).toBeGreaterThanOrEqual(1)
    expect(await pinned('tfx')).toBeNaN()
    expect(await pinned('tensorflow-data-validation')).toBeNaN()
  })
})
