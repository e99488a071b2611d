import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import type { Config } from '../../src/cli/config.js'
import { page } from '../../src/cli/pager.js'

const folder = mkdtempSync(join(tmpdir(), 'mlops-pager-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const seen = join(folder, 'seen')
const config = (interactive: boolean, PAGER: string): Config => ({
  root: '',
  version: '0',
  env: { PATH: process.env.PATH, PAGER },
  cwd: folder,
  interactive,
  color: false,
  columns: 80,
})

async function written(interactive: boolean, pager: string): Promise<string> {
  const said: string[] = []
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  try {
    await page('text\n', config(interactive, pager), 0)
  } finally {
    out.mockRestore()
  }
  return said.join('')
}

it('goes through the pager of a person at a terminal, with its flags', async () => {
  expect(await written(true, `tee -a ${seen} > /dev/null`)).toBe('')
  expect(readFileSync(seen, 'utf8')).toBe('text\n')
})

it.each([
  ['there is no terminal', false, `tee ${seen}.no`],
  ['the pager is cat', true, 'cat'],
  ['the pager is empty', true, ''],
  ['the pager does not exist', true, 'no-such-pager --flag'],
])('is simply written where %s', async (_, interactive, pager) => {
  expect(await written(interactive, pager)).toBe('text\n')
})

it('does not mind a pager that is closed at once', async () => {
  expect(await written(true, 'true')).toBe('')
})
