// A blueprints folder in a temporary place, written from a map of paths to texts.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Settings } from '../../src/blueprint/compose.js'
import { temporaryFolder } from '../temporary.js'

export const ABOUT = 'name: A component\nbest_for: tests\nstrengths: small\n'

export async function blueprintsFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = temporaryFolder('blueprints')
  for (const [name, text] of Object.entries(files)) {
    const target = path.join(root, name)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, text)
  }
  return root
}

export function settings(overrides: Partial<Settings> = {}): Settings {
  return {
    project: 'sample',
    options: { store: 'feast' },
    maturity: 5,
    deliverables: new Set(['ingestion', 'training', 'performance']),
    context: {
      spec: { name: 'sample', serving: { latency: 80 } },
      options: { store: 'feast' },
      maturity: 5,
      project: { name: 'sample' },
    },
    ...overrides,
  }
}
