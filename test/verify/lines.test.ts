import { describe, expect, it } from 'vitest'
import { dotenvNames, linesCheck } from '../../src/verify/lines.js'
import { emitted } from './emitted.js'

type Format = Parameters<typeof linesCheck>[0]
const check = async (format: Format, text: string) =>
  (await linesCheck(format).run([emitted('file', text)], [])).map(({ status, line }) =>
    line ? [status, line] : status,
  )

describe('formats that are lists of lines', () => {
  it.each([
    ['dotenv', '# a comment\n\nA=1\nexport B_2="two words"\nC=\'x\' # why\nD=\n'],
    ['ini', '; a comment\n[section]\nname = value\n'],
    ['ignore', '# a comment\n/build/\n*.pyc\n!keep.pyc\n'],
    ['attributes', '* text=auto eol=lf\n*.png -text\n'],
  ] as const)('%s passes', async (format, text) => expect(await check(format, text)).toEqual(['pass']))

  it.each([
    ['dotenv', 'A=1\nB=two words\n', [['fail', 2]]],
    ['dotenv', 'a-b=1\n', [['fail', 1]]],
    ['ini', '[section]\nname\n', [['fail', 2]]],
    [
      'ignore',
      'build\nmy folder\nC:\\temp\n',
      [
        ['fail', 2],
        ['fail', 3],
      ],
    ],
    ['attributes', '*.png\n', [['fail', 1]]],
  ] as const)('%s fails with each line: %j', async (format, text, expected) =>
    expect(await check(format, text)).toEqual(expected),
  )

  it('says what was expected and got', async () => {
    const [found] = await linesCheck('dotenv').run([emitted('.env', 'B=two words')], [])
    expect(found?.reason).toBe('expected NAME=value, with quotes round a value that contains blanks, got "B=two words"')
  })
})

it('gives the names of a dotenv file with their lines, also those that are commented out', () => {
  expect([...dotenvNames('# words\nA=1\n#B=2\n# export C=3\nexport D=4\nno name\n')]).toEqual([
    ['A', 2],
    ['B', 3],
    ['C', 4],
    ['D', 5],
  ])
})
