// An edit changes exactly what it names, or nothing and says why.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyChanges } from '../../src/agent/edits.js'

const FILE = 'import os\n\ndef a():\n    return 1\n\ndef b():\n    return 1\n'
const apply = (search: string, replace: string, text = FILE) => applyChanges(text, [{ search, replace }])

describe('an edit', () => {
  it.each([
    ['replaces lines', 'def a():\n    return 1\n', 'def a():\n    return 2\n', FILE.replace('return 1', 'return 2')],
    ['deletes lines', 'import os\n\n', '', FILE.slice('import os\n\n'.length)],
    ['adds lines', 'import os\n', 'import os\nimport re\n', FILE.replace('import os\n', 'import os\nimport re\n')],
    [
      'puts in dollars and backslashes as they are',
      'import os\n',
      "x = '$1 $& \\n'\n",
      FILE.replace('import os', () => "x = '$1 $& \\n'"),
    ],
  ])('%s', (_, search, replace, text) => {
    expect(apply(search, replace)).toEqual({ applied: true, text })
  })
  it('leaves the end of the file as it was', () => {
    expect(apply('b\n', 'c\n', 'a\nb')).toEqual({ applied: true, text: 'a\nc' })
    expect(apply('b\n', '', 'a\nb')).toEqual({ applied: true, text: 'a' })
    expect(apply('a\n', '', 'a\n')).toEqual({ applied: true, text: '' })
    expect(apply('a\n\n', 'b\n', 'a\n')).toMatchObject({ applied: false })
  })
  it('sees what the one before it did', () => {
    const changes = [
      { search: 'a\n', replace: 'b\n' },
      { search: 'b\n', replace: 'c\n' },
    ]
    expect(applyChanges('a\n', changes)).toEqual({ applied: true, text: 'c\n' })
  })
  it('is applied as a whole or not at all', () => {
    const result = applyChanges(FILE, [
      { search: 'import os\n', replace: '' },
      { search: 'nowhere at all\n', replace: '' },
    ])
    expect(result).toEqual({ applied: false, reasons: [expect.stringMatching(/^search 2 does not occur/)] })
  })
  it.each([
    ['several times', '    return 1\n', /occurs 2 times, at lines 4, 7: add lines around it/],
    [
      'with other spaces',
      'def a():\n  return 1\n',
      /its line 2 is " {2}return 1" where the file has " {4}return 1" \(line 4\)/,
    ],
    ['indented differently', '  import os\n', /line 1 differs from it only in white space: "import os"/],
    ['almost', 'def  a(x):\n', /line \d comes nearest: "def/],
    ['as a part of a line', 'import\n', /line 1 comes nearest: "import os"/],
    ['past the end', 'def b():\n    return 1\nx\n', /its line 3 is "x" where the file ends/],
    ['nowhere', 'zzz qqq\n', /no line is like its first/],
    ['as nothing', '', /is empty/],
    ['at too great length', 'x\n'.repeat(201), /has 201 lines; 200 at most/],
  ])('says so where the lines stand there %s', (_, search, reason) => {
    expect(apply(search, 'y\n')).toEqual({ applied: false, reasons: [expect.stringMatching(reason)] })
  })
  it('turns any text into any other, line by line', () => {
    const line = fc.string().filter((text) => !text.includes('\n'))
    const text = fc.uniqueArray(line, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(text, fc.array(line, { maxLength: 4 }), fc.nat(), fc.nat(), (all, put, a, b) => {
        const from = a % all.length
        const to = from + 1 + (b % (all.length - from))
        const joined = (some: readonly string[]) => some.map((one) => `${one}\n`).join('')
        expect(apply(joined(all.slice(from, to)), joined(put), joined(all))).toEqual({
          applied: true,
          text: joined([...all.slice(0, from), ...put, ...all.slice(to)]),
        })
      }),
    )
  })
})
