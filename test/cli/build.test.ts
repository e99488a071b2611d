import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildOf, verifierOf } from '../../src/cli/build.js'
import { temporaryFolder } from '../temporary.js'

it('tells one bundled build from another, and knows none where nothing was bundled', () => {
  const root = temporaryFolder('build')
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

it('tells apart what gives verdicts: the product, its validators, the packages that it loads', () => {
  const root = temporaryFolder('verifier')
  const put = (name: string, text: string) => {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  for (const name of ['dist/cli.js', 'dist/chunks/a.js', 'validators/catalogue.json', 'validators/schemas/a.json'])
    put(name, 'one')
  for (const name of ['validators/terraform/aws.br', 'validators/go/validators.wasm.br', 'validators/ruff/worker.mjs'])
    put(name, 'one')
  put('package.json', '{"dependencies":{"ruff":"^1.0.0"}}')
  put('node_modules/ruff/package.json', '{"version":"1.0.0"}')
  const seen = new Set([verifierOf(root)])
  expect(verifierOf(root)).toBe([...seen][0])
  for (const [name, text] of [
    ['dist/cli.js', 'two'],
    ['validators/catalogue.json', 'two'],
    ['validators/schemas/a.json', 'two'],
    ['validators/terraform/aws.br', 'two'],
    ['validators/go/validators.wasm.br', 'two'],
    ['validators/ruff/worker.mjs', 'two'],
    ['node_modules/ruff/package.json', '{"version":"1.0.1"}'],
  ] as const) {
    put(name, text)
    seen.add(verifierOf(root))
  }
  expect(seen.size).toBe(8)
  expect(verifierOf(temporaryFolder('verifier'))).toBeUndefined()
})
