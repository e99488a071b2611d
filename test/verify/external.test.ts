// The runner with real processes: programs of a few lines in a folder that stands for PATH. The real tools' answers are in external-tools.test.ts.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkExternal } from '../../src/verify/external.js'
import type { ExternalTool } from '../../src/verify/external-tools.js'
import { emitted } from './emitted.js'

let bin: string
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'bin-'))
})
afterEach(() => rm(bin, { recursive: true, force: true }))

const TOOL: ExternalTool = {
  check: 'external/linter',
  program: 'linter',
  level: 'L1',
  kinds: ['python'],
  install: 'pip install linter',
  args: (files) => [files.map((file) => file.path)],
  read: ({ code, stdout }) => {
    if (code > 1) throw new Error(`code ${code}`)
    return stdout.split('\n').flatMap((line) => {
      const [file, number, message] = line.split(':')
      return file === undefined || message === undefined ? [] : [{ file, message, line: Number(number) }]
    })
  },
}
const files = [emitted('src/a.py', 'x = 1\n'), emitted('src/b.py', 'y = 2\n'), emitted('c.yaml', 'a: 1\n')]

async function linter(body: string) {
  const path = join(bin, 'linter')
  await writeFile(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo "linter 1.2.3"; exit; fi\n${body}\n`)
  await chmod(path, 0o755)
  return checkExternal({ files, env: { PATH: `${bin}:/usr/bin:/bin` } }, [TOOL])
}

describe('checkExternal', () => {
  it('says how to get a tool that is missing, for each file that it would have read', async () => {
    const results = await checkExternal({ files, env: { PATH: bin } }, [TOOL])
    expect(results.map((r) => [r.file, r.status, r.version, r.reason])).toEqual([
      ['src/a.py', 'not run', '', 'linter is not installed; pip install linter'],
      ['src/b.py', 'not run', '', 'linter is not installed; pip install linter'],
    ])
  })

  it('reads the files as they are emitted, from a folder of their own, and reports the version that ran', async () => {
    const results = await linter('grep -n "y = 2" "$@" | sed "s/:y.*/:no y/"; exit 1')
    expect(results).toMatchObject([
      { file: 'src/a.py', status: 'pass', tool: 'linter', version: '1.2.3' },
      { file: 'src/b.py', status: 'fail', line: 1, reason: 'no y' },
    ])
  })

  it('does not take a broken tool for a pass', async () => {
    expect(await linter('echo oops; exit 9')).toMatchObject([{ status: 'not run' }, { status: 'not run' }])
  })

  it('runs nothing for kinds that are not there', async () => {
    expect(await checkExternal({ files: [emitted('a.md', '# A\n')], env: { PATH: bin } }, [TOOL])).toEqual([])
  })
})
