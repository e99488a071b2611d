// A sentence about numbers is said where they call for it, and only there.
import { describe, expect, it } from 'vitest'
import { adviceOf } from '../../src/blueprint/advice.js'
import { loadComponents } from '../../src/blueprint/load.js'
import { renderTemplate } from '../../src/prompt/render.js'
import { ABOUT, blueprintsFolder, settings } from './scratch.js'

async function said(rows: number, reads = 'spec.data.rows'): Promise<string[]> {
  const text = '"{{#unless (less spec.data.rows 100)}}{{spec.data.rows}} rows\\n  are many.{{/unless}}"'
  const files = {
    'core/blueprint.yaml': ABOUT,
    'core/deliverables/training.yaml': `summary: Trains.\nadvice:\n  - {reads: [${reads}], text: ${text}}\n`,
  }
  const components = await loadComponents(await blueprintsFolder(files), ['core'])
  return adviceOf(components, settings({ context: { spec: { data: { rows } }, maturity: 5 } }), renderTemplate)
}

describe('advice', () => {
  it('is said from the bound on, as one line', async () => {
    expect(await said(100)).toEqual(['100 rows are many.'])
  })

  it('is not said below', async () => {
    expect(await said(99)).toEqual([])
  })

  it('reads only what it declares', async () => {
    await expect(said(100, 'maturity')).rejects.toThrow(/does not declare/)
  })
})
