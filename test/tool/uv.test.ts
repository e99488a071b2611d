import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureUv, UV_VERSION } from '../../src/tool/uv.js'

const top = mkdtempSync(join(tmpdir(), 'mlops-uv-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

let bin: string
let cacheDir: string
let n = 0
beforeEach(() => {
  bin = join(top, String(n), 'bin')
  cacheDir = join(top, String(n++), 'cache')
  mkdirSync(bin, { recursive: true })
  // Only what the fake programs need, so that neither uv nor python3 of this machine is found.
  for (const name of ['sh', 'mkdir', 'cat', 'chmod', 'env']) symlinkSync(`/bin/${name}`, join(bin, name))
})
const program = (name: string, script: string) =>
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
const ensure = (install?: boolean) =>
  ensureUv({ cacheDir, env: { PATH: bin }, ...(install === undefined ? {} : { install }) })

/** Does to the target folder what `pip install --target` does. */
const PIP = `while [ "$1" != --target ]; do shift; done
mkdir -p "$2/bin"; echo '#!/bin/sh
echo uv ${UV_VERSION}' > "$2/bin/uv"; chmod 755 "$2/bin/uv"`

describe('ensureUv', () => {
  it('takes the one on PATH', async () => {
    program('uv', 'echo uv 9.8.7')
    expect(await ensure()).toEqual({ kind: 'ready', path: join(bin, 'uv'), version: '9.8.7', from: 'PATH' })
    expect(existsSync(cacheDir)).toBe(false)
  })

  it('installs it with pip, once', async () => {
    program('python3', PIP)
    const path = join(cacheDir, `uv-${UV_VERSION}`, 'bin', 'uv')
    expect(await ensure()).toEqual({ kind: 'ready', path, version: UV_VERSION, from: 'installed' })
    program('python3', 'exit 1')
    expect(await ensure()).toEqual({ kind: 'ready', path, version: UV_VERSION, from: 'cache' })
    expect(readdirSync(cacheDir)).toEqual([`uv-${UV_VERSION}`])
  })

  it('only looks when it may not install', async () => {
    program('python3', PIP)
    expect(await ensure(false)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('neither on PATH nor in the cache'),
    })
    expect(existsSync(cacheDir)).toBe(false)
  })

  it.each([
    ['there is no python3', undefined, /there is no python3 to install it with; install uv yourself/],
    [
      'python3 has no pip',
      'echo "/usr/bin/python3: No module named pip" >&2; exit 1',
      /this python3 has no pip .*apt install python3-pip/,
    ],
    [
      'pip cannot reach its index',
      'echo "ERROR: No matching distribution found for uv" >&2; exit 1',
      /ERROR: No matching distribution found for uv/,
    ],
    ['what pip installed does not run', PIP.replace(/echo uv .*'/, "exit 1'"), /bin\/uv does not run/],
  ])('says why it cannot be had: %s', async (_, python, reason) => {
    if (python !== undefined) program('python3', python)
    expect(await ensure()).toMatchObject({ kind: 'unavailable', reason: expect.stringMatching(reason) })
  })

  it('repairs a cache from which the program was removed', async () => {
    program('python3', PIP)
    mkdirSync(join(cacheDir, `uv-${UV_VERSION}`, 'bin'), { recursive: true })
    writeFileSync(join(cacheDir, `uv-${UV_VERSION}`, 'left'), 'over')
    expect(await ensure()).toMatchObject({ kind: 'ready', from: 'installed' })
  })

  it('leaves no half installation behind', async () => {
    program('python3', `${PIP}\nexit 1`)
    await ensure()
    expect(readdirSync(cacheDir)).toEqual([])
  })

  it('says that the cache cannot be written', async () => {
    program('python3', PIP)
    writeFileSync(cacheDir, 'a file')
    expect(await ensure()).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining(`${cacheDir} cannot be written`),
    })
  })
})
