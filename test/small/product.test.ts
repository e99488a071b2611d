import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { specify } from '../../src/cli/specify.js'
import { loadCatalogue, loadDefinitions } from '../../src/run/definitions.js'
import { buildPlatform, planPlatform } from '../../src/run/platform.js'
import { ASKED, DELIVERABLES, smallProduct } from './product.mjs'

const folder = mkdtempSync(join(tmpdir(), 'mlops-small-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('has six deliverables with a fragment, a patch, a template and a program among their files', async () => {
  const root = smallProduct(folder)
  const [definitions, catalogue] = await Promise.all([loadDefinitions(root), loadCatalogue(root)])
  const given = { text: ASKED, choices: new Map(), maturity: 3, existing: undefined, generated: undefined }
  const { spec } = await specify({ ...given, undecided: 'take defaults' }, definitions, catalogue)
  const platform = await buildPlatform(definitions, spec)
  const items = planPlatform(definitions, platform, new Map())
  expect(items.map(({ kind, placed }) => [kind, placed.deliverable.id])).toEqual(DELIVERABLES.map((id) => ['make', id]))
  const files = new Map(platform.composition.files.map((file) => [file.path, file]))
  expect(files.get('conf/settings.yaml')?.content).toMatch(/folder: data\n {2}kind: feast/)
  expect(files.get('src/guard.py')?.content).toContain('BOUND_MS = 200')
  expect(files.get('bin/load')?.mode).toBe('100755')
  const patched = [...platform.composition.baselines.values()].flatMap((baseline) => baseline.patched)
  expect(patched.map(({ path }) => path)).toEqual(['src/settings.py'])
})
