// A platform has nothing of a deliverable that its options rule out, whatever other components would give to it.
import { describe, expect, it } from 'vitest'
import { planPlatform } from '../../src/run/platform.js'
import { definitions, platformOf } from '../emitted/platforms.js'

describe('a deliverable that the options rule out', () => {
  it.each([
    ['batch', false, 'not applicable'],
    ['hybrid', true, 'make'],
  ])('in the mode %s has files: %j', async (deployment_mode, expected, kind) => {
    const platform = await platformOf({ example: 'churn-telecom', maturity: 5, options: { deployment_mode } })
    const files = platform.composition.files.filter(({ deliverable }) => deliverable === 'kubernetes-serving')
    expect(files.some(({ path }) => path === 'deploy/charts/serving/Chart.yaml')).toBe(expected)
    expect(files.length > 0).toBe(expected)
    const item = planPlatform(definitions, platform, new Map()).find(
      ({ placed }) => placed.deliverable.id === 'kubernetes-serving',
    )
    expect(item?.kind).toBe(kind)
    if (kind === 'not applicable')
      expect(item).toMatchObject({ reasons: [expect.stringMatching(/^No process waits for requests/)] })
  })
})
