import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findTool, toolVersion } from '../../src/tool/find.js'

const folder = mkdtempSync(join(tmpdir(), 'mlops-find-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const program = (path: string, script = 'exit 0', mode = 0o755) => {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), `#!/bin/sh\n${script}\n`, { mode })
  return join(folder, path)
}
const env = { PATH: process.env.PATH }

describe('findTool', () => {
  it('takes the first executable file on PATH, then the toolchain', async () => {
    const first = program('first/lint')
    program('second/lint')
    const other = program('chain/bin/other')
    const PATH = `${folder}/first:${folder}/second`
    expect(await findTool('lint', { env: { PATH }, toolchain: join(folder, 'chain') })).toBe(first)
    expect(await findTool('other', { env: { PATH }, toolchain: join(folder, 'chain') })).toBe(other)
    expect(await findTool('other', { env: { PATH } })).toBeUndefined()
  })

  it('passes over what cannot be run: no right to, a folder, a relative PATH, no PATH', async () => {
    program('plain/lint', '', 0o644)
    mkdirSync(join(folder, 'dir/lint'), { recursive: true })
    const right = program('right/lint')
    expect(await findTool('lint', { env: { PATH: `.:first:${folder}/plain:${folder}/dir:${folder}/right` } })).toBe(
      right,
    )
    expect(await findTool('lint', { env: {} })).toBeUndefined()
  })
})

describe('toolVersion', () => {
  it.each([
    ['echo uv 0.13.8 "(x86_64-unknown-linux-gnu)"', '0.13.8'],
    ['echo v1.2.3-rc.1', '1.2.3-rc.1'],
    ['echo "tool, version 4.5" >&2', '4.5'],
    ['echo none', ''],
    ['echo 1.2.3; exit 1', ''],
  ])('reads what the program says: %s', async (script, version) => {
    expect(await toolVersion(program('v/tool', script), { env })).toBe(version)
  })

  it('is empty for a program that is gone', async () => {
    expect(await toolVersion(join(folder, 'gone'), { env })).toBe('')
  })
})
