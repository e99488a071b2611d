import { describe, expect, it } from 'vitest'
import { compose, type Settings } from '../../src/blueprint/compose.js'
import { loadComponents } from '../../src/blueprint/load.js'
import { renderTemplate } from '../../src/prompt/render.js'
import { ABOUT, blueprintsFolder, settings } from './scratch.js'

async function composed(files: Record<string, string>, ids: string[], overrides: Partial<Settings> = {}) {
  const components = await loadComponents(await blueprintsFolder(files), ids)
  return compose(components, settings(overrides), renderTemplate)
}

const text = (result: Awaited<ReturnType<typeof composed>>, path: string) =>
  result.files.find((file) => file.path === path)?.content

describe('composing a platform', () => {
  it('emits plain files as they are and templates with what they declare', async () => {
    const result = await composed(
      {
        'core/blueprint.yaml': ABOUT,
        'core/deliverables/ingestion.yaml':
          'summary: Reads.\nfiles:\n  - {path: ci.yml}\n  - {path: limit.txt, reads: [spec.serving]}\n  - {path: run.sh, executable: true}\n',
        'core/files/ci.yml': 'run: ${{ github.ref }}\n',
        'core/files/limit.txt.hbs': 'limit {{spec.serving.latency}} ms\n',
        'core/files/run.sh': '#!/bin/sh\n',
      },
      ['core'],
    )
    expect(text(result, 'ci.yml')).toBe('run: ${{ github.ref }}\n')
    expect(text(result, 'limit.txt')).toBe('limit 80 ms\n')
    expect(result.files.find((file) => file.path === 'run.sh')?.mode).toBe('100755')
  })

  it.each(['{{spec.name}}', '{{#if spec.name}}x{{/if}}', '{{#each contract}}x{{/each}}'])(
    'refuses the undeclared read in %s',
    async (template) => {
      const files = {
        'core/blueprint.yaml': ABOUT,
        'core/deliverables/ingestion.yaml': 'summary: Reads.\nfiles:\n  - {path: limit.txt, reads: [spec.serving]}\n',
        'core/files/limit.txt.hbs': template,
      }
      await expect(composed(files, ['core'])).rejects.toThrow(
        /reads (spec\.name|contract), which its manifest does not declare/,
      )
    },
  )

  it('leaves out what belongs to a higher maturity or another option', async () => {
    const files = {
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/ingestion.yaml':
        'summary: Reads.\nfiles:\n  - {path: a.txt}\n  - {path: b.txt, maturity: 3}\n  - {path: c.txt, when: {store: [custom]}}\n',
      'core/deliverables/training.yaml': 'summary: Trains.\nfiles:\n  - {path: d.txt}\n',
      'core/files/a.txt': '',
      'core/files/b.txt': '',
      'core/files/c.txt': '',
      'core/files/d.txt': '',
    }
    const low = await composed(files, ['core'], { maturity: 2, deliverables: new Set(['ingestion']) })
    expect(low.files.map((file) => file.path)).toEqual(['a.txt'])
    expect([...low.baselines.keys()]).toEqual(['ingestion'])
    const high = await composed(files, ['core'], { options: { store: 'custom' } })
    expect(high.files.map((file) => file.path)).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt'])
  })

  it('refuses two components that write one path, naming both', async () => {
    const manifest = 'summary: Reads.\nfiles:\n  - {path: a.txt}\n'
    const files = {
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/ingestion.yaml': manifest,
      'core/files/a.txt': '1',
      'store/blueprint.yaml': ABOUT,
      'store/deliverables/training.yaml': manifest,
      'store/files/a.txt': '2',
    }
    await expect(composed(files, ['core', 'store'])).rejects.toThrow(
      'blueprints/store/deliverables/training.yaml: writes a.txt, which blueprints/core/deliverables/ingestion.yaml writes too',
    )
  })

  it('applies a patch of one deliverable on top of the file that another one owns', async () => {
    const files = {
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/training.yaml': 'summary: Trains.\nfiles:\n  - {path: train.py}\n',
      'core/files/train.py': 'def train():\n    return fit()\n',
      'core/deliverables/performance.yaml':
        'summary: Measures.\nfiles:\n  - {path: profile.py}\npatches:\n  - {path: train.py, patch: train.diff, maturity: 3}\n',
      'core/files/profile.py': '',
      'core/patches/train.diff':
        '--- train.py\n+++ train.py\n@@ -1,2 +1,3 @@\n+@profiled\n def train():\n     return fit()\n',
    }
    const result = await composed(files, ['core'])
    expect(text(result, 'train.py')).toBe('@profiled\ndef train():\n    return fit()\n')
    const patched = result.baselines.get('performance')?.patched ?? []
    expect(patched.map((file) => [file.path, file.deliverable])).toEqual([['train.py', 'training']])
    expect(result.baselines.get('training')?.files[0]?.content).toBe('def train():\n    return fit()\n')
    const below = await composed(files, ['core'], { maturity: 2 })
    expect(text(below, 'train.py')).toBe('def train():\n    return fit()\n')
  })

  it('refuses a patch that no longer fits, naming patch and file', async () => {
    const files = {
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/training.yaml':
        'summary: Trains.\nfiles:\n  - {path: train.py}\npatches:\n  - {path: train.py, patch: train.diff}\n',
      'core/files/train.py': 'def something_else():\n    pass\n',
      'core/patches/train.diff':
        '--- train.py\n+++ train.py\n@@ -1,2 +1,3 @@\n+@profiled\n def train():\n     return fit()\n',
    }
    await expect(composed(files, ['core'])).rejects.toThrow('patches/train.diff does not apply to train.py')
  })

  it('gives the same bytes each time', async () => {
    const files = {
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/ingestion.yaml':
        'summary: Reads.\nemitters:\n  - {path: conf.yaml, format: yaml}\nfragments:\n  - {into: conf.yaml, template: conf.yaml.hbs, reads: [spec.serving]}\n',
      'core/fragments/conf.yaml.hbs': 'limit: {{spec.serving.latency}}\n',
    }
    const [first, second] = [await composed(files, ['core']), await composed(files, ['core'])]
    expect(second.files).toEqual(first.files)
    expect(text(first, 'conf.yaml')).toBe('limit: 80\n')
  })
})
