// A platform has nothing of a deliverable that its options rule out, whatever other components would give to it.
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildPlatform, planPlatform } from '../../src/run/platform.js'
import { definitions, platformOf, ROOT } from '../emitted/platforms.js'

describe('a deliverable that the options rule out', () => {
  const root = mkdtempSync(join(tmpdir(), 'platform-'))
  cpSync(join(ROOT, 'blueprints'), join(root, 'blueprints'), { recursive: true })
  const kserve = join(root, 'blueprints', 'serving_platform', 'kserve')
  mkdirSync(join(kserve, 'files', 'scaling'), { recursive: true })
  writeFileSync(join(kserve, 'files', 'scaling', 'replicas.yaml'), 'replicas: 2\n')
  writeFileSync(
    join(kserve, 'deliverables', 'kubernetes-serving.yaml'),
    'summary: Scales.\nfiles:\n  - {path: scaling/replicas.yaml}\n',
  )

  it.each([
    ['batch', [], 'not applicable'],
    ['hybrid', ['scaling/replicas.yaml'], 'make'],
  ])('in the mode %s has the files %j', async (deployment_mode, expected, kind) => {
    const { spec } = await platformOf({ example: 'churn-telecom', maturity: 5, options: { deployment_mode } })
    const platform = await buildPlatform({ ...definitions, root }, spec)
    const files = platform.composition.files.filter(({ deliverable }) => deliverable === 'kubernetes-serving')
    expect(files.map(({ path }) => path)).toEqual(expected)
    const item = planPlatform(definitions, platform, new Map()).find(
      ({ placed }) => placed.deliverable.id === 'kubernetes-serving',
    )
    expect(item?.kind).toBe(kind)
    if (kind === 'not applicable')
      expect(item).toMatchObject({ reasons: [expect.stringMatching(/^No process waits for requests/)] })
  })
})
