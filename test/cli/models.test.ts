// Which models a user wants; what a file of their own can say is in test/binary/costs.test.ts.
import { describe, expect, it } from 'vitest'
import { readModels } from '../../src/cli/models.js'

describe('the file that MLOPS_AGENTS_CONFIG names', () => {
  const config = (value: string) => ({
    root: '.',
    version: '',
    cwd: '.',
    env: { MLOPS_AGENTS_CONFIG: value },
    interactive: false,
    color: false,
    columns: 100,
  })
  const flags = { model: ['openai:gpt-6-sol'], budget: '1' }

  it('is none where the variable is empty', async () => {
    expect(await readModels(flags, undefined, config(''))).toMatchObject({
      tiers: { strong: ['openai:gpt-6-sol'] },
      budget: { usd: 1 },
    })
  })

  it('has to be there where it is named', async () => {
    await expect(readModels(flags, undefined, config('nowhere.yaml'))).rejects.toThrow(
      'nowhere.yaml: cannot be read (ENOENT)',
    )
  })
})
