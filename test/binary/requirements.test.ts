// Requirements that cannot be read are refused before anything exists on disk.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mlops, SENTENCE, scratch, snapshot, write } from './product.js'

async function refused(args: readonly string[], input?: string | Buffer, file?: string | Buffer): Promise<string> {
  const cwd = scratch()
  if (file !== undefined) write(cwd, 'brief.txt', file)
  const before = snapshot(cwd)
  const ended = await mlops(['design', ...args, '--workspace', 'here', '--verify', 'none'], { cwd, input: input ?? '' })
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(/^error: /)
  expect(snapshot(cwd)).toBe(before)
  return ended.stderr
}

const WORDS_WANTED = /expected (a description in )?words, got .*Write what is to be predicted/s

describe.concurrent('requirements', () => {
  it.each([
    ['empty text', ['']],
    ['white space', [' \n\t ']],
    ['punctuation', ['?!?']],
  ])('%s is refused with an example of what to write', async (_, args) => {
    expect(await refused(args)).toMatch(WORDS_WANTED)
  })

  it('an empty file, and empty standard input, are refused the same way and named', async () => {
    expect(await refused(['--requirements-file', 'brief.txt'], '', '')).toMatch(/brief\.txt: expected a description/)
    expect(await refused(['--requirements-file', '-'])).toMatch(/standard input: expected a description/)
  })

  it('a megabyte is refused with both sizes, from a file and from standard input', async () => {
    const text = 'Predict churn. '.repeat(70_000)
    const said = /expected at most 100,000 bytes, got 1,050,000\. Keep the parts that say what is needed/
    expect(await refused(['--requirements-file', 'brief.txt'], '', text)).toMatch(said)
    expect(await refused(['--requirements-file', '-'], text)).toMatch(said)
  })

  it('binary content is refused with the way out', async () => {
    const image = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00])
    expect(await refused(['--requirements-file', 'brief.txt'], '', image)).toMatch(/NUL byte.*Save it as UTF-8/)
    expect(await refused(['--requirements-file', '-'], Buffer.from([0xc3, 0x28, 0x20]))).toMatch(/expected UTF-8/)
    expect(await refused(['Predict \u0007 churn'])).toMatch(/control character at position 9/)
  })

  it('a file that is not there, or is a folder, is named', async () => {
    expect(await refused(['--requirements-file', 'nowhere.txt'])).toMatch(
      /nowhere\.txt cannot be read: there is no such file/,
    )
    expect(await refused(['--requirements-file', '.'])).toMatch(/cannot be read: it is a folder/)
  })

  it('text beside a file is one too many', async () => {
    expect(await refused([SENTENCE, '--requirements-file', 'brief.txt'])).toMatch(
      /given as text and with --requirements-file; give one/,
    )
  })

  it('none at all, without a workspace to take them from, says the ways to give them', async () => {
    expect(await refused([])).toMatch(
      /nothing to design from: give the requirements as text or with --requirements-file/,
    )
    const cwd = scratch()
    write(cwd, 'notes.txt', 'mine')
    const ended = await mlops(['design'], { cwd })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/nothing to design from/)
    expect(readdirSync(cwd)).toEqual(['notes.txt'])
  })

  it('a kind of task that is not built is refused with the words that asked for it', async () => {
    const cwd = scratch()
    const text = 'Forecast how many parcels each depot will receive per day over the next 14 days. Tables in S3.'
    const ended = await mlops(['design', text, '--workspace', 'here'], { cwd })
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/ask for forecasting.*has no blueprint yet; built are .*tabular-classification/)
    expect(existsSync(join(cwd, 'here'))).toBe(false)
  })
})
