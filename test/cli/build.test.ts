import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildOf } from '../../src/cli/build.js'

it('tells one bundled build from another, and knows none where nothing was bundled', () => {
  const root = mkdtempSync(join(tmpdir(), 'build-'))
  expect(buildOf(root)).toBeUndefined()
  const chunks = join(root, 'dist', 'chunks')
  mkdirSync(chunks, { recursive: true })
  expect(buildOf(root)).toBeUndefined()
  writeFileSync(join(root, 'dist', 'cli.js'), 'run()\n')
  writeFileSync(join(chunks, 'design-1a2b.js'), '')
  const first = buildOf(root)
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  expect(buildOf(root)).toBe(first)
  renameSync(join(chunks, 'design-1a2b.js'), join(chunks, 'design-3c4d.js'))
  const second = buildOf(root)
  expect(second).not.toBe(first)
  writeFileSync(join(root, 'dist', 'cli.js'), 'run(2)\n')
  expect(buildOf(root)).not.toBe(second)
})
