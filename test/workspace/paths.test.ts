import { join, normalize, posix, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertFiles, assertPaths, LARGEST_FILE, safePath, unsafePath } from '../../src/workspace/paths.js'

describe('safePath', () => {
  it.each([
    'README.md',
    'src/churn/train.py',
    '.gitignore',
    '.github/workflows/ci.yaml',
    'deep/.dvc/config',
    'with space/ü — 漢字.md',
    'gitignore',
    'console.py',
    'com10',
    'a..b/c...d',
  ])('allows %s', (path) => {
    expect(unsafePath(path)).toBeUndefined()
  })

  it.each([
    ['', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['//server/share', 'absolute'],
    ['\\\\server\\share', 'absolute'],
    ['C:/windows', 'drive letter'],
    ['c:relative', 'drive letter'],
    ['..', 'climbs'],
    ['a/../../b', 'climbs'],
    ['a/./b', 'climbs'],
    ['a//b', 'empty name'],
    ['a/', 'empty name'],
    ['a\\b', 'character'],
    ['a\0b', 'character'],
    ['a\nb', 'character'],
    ['a\u200bb', 'character'],
    ['a\u202eb', 'character'],
    ['\ud800', 'character'],
    ['ab:c', 'character'],
    ['what?', 'character'],
    ['.git/config', 'git’s own folder'],
    ['sub/.GIT/hooks/pre-commit', 'git’s own folder'],
    ['GIT~1/config', 'git’s own folder'],
    ['.gi\u200dt/config', 'character'],
    ['CON', 'reserved'],
    ['logs/nul.txt', 'reserved'],
    ['Com1.py', 'reserved'],
    ['LPT¹', 'reserved'],
    ['name.', 'dot or a space'],
    ['dir /file', 'dot or a space'],
    [' dir/file', 'dot or a space'],
    [`${'x'.repeat(256)}`, '255 bytes'],
    [`${'ü'.repeat(128)}`, '255 bytes'],
    [`${'a/'.repeat(500)}b`, '1000 bytes'],
    ['.mlops-agents/lock', 'recorded'],
    ['.MLOPS-agents/lock', 'recorded'],
  ])('refuses %j: %s', (path, reason) => {
    expect(() => safePath(path)).toThrow(reason)
  })

  it('whatever it allows stays inside the folder and means the same on every system', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', '.git', 'CON', 'a', 'b ', 'C:', '~', '\\', '/'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom('/', '\\', ''), (parts, mark) => {
        const path = parts.join(mark)
        if (unsafePath(path) !== undefined) return
        expect(join('/top', path).startsWith('/top/')).toBe(true)
        expect(normalize(path)).toBe(path)
        expect(win32.isAbsolute(path) || posix.isAbsolute(path)).toBe(false)
        expect(win32.join('C:\\top', path)).toBe(`C:\\top\\${path.replaceAll('/', '\\')}`)
        expect(path.toLowerCase().split('/')).not.toContain('.git')
      }),
      { numRuns: 3000 },
    )
  })
})

describe('assertPaths', () => {
  it.each([
    [['a/README.md', 'a/readme.md'], 'a/README.md and a/readme.md differ only in case'],
    [['Src/a.py', 'src/b.py'], 'Src and src differ only in case'],
    [['caf\u00e9', 'cafe\u0301'], 'differ only in case or accents'],
    [['a', 'a/b'], 'a is both a file and a folder'],
    [['a/b/c', 'a/b'], 'a/b is both a file and a folder'],
    [['a/b', 'a/b'], 'a/b occurs twice'],
    [['ok', '../no'], '"../no" may not be written'],
  ])('refuses %j', (paths, reason) => {
    expect(() => assertPaths(paths)).toThrow(reason)
  })

  it('allows neighbours', () => {
    assertPaths(['a/b', 'a/c', 'a.b', 'ab', 'b/a', 'Makefile'])
  })

  it('finds every pair that a case-insensitive disk would hold as one', () => {
    const name = fc.constantFrom('a', 'A', 'b', 'B', 'é', 'e\u0301')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 2, maxLength: 4 }), (paths) => {
        const folded = paths.map((one) => one.normalize('NFC').toLowerCase())
        const clash = folded.some((one, at) =>
          folded.some((other, and) => at !== and && (one === other || other.startsWith(`${one}/`))),
        )
        if (clash) expect(() => assertPaths(paths)).toThrow()
      }),
    )
  })
})

describe('assertFiles', () => {
  it('refuses a file that is too large, with both sizes', () => {
    assertFiles([{ path: 'a', content: 'x'.repeat(LARGEST_FILE) }])
    expect(() => assertFiles([{ path: 'big', content: `${'x'.repeat(LARGEST_FILE - 1)}ü` }])).toThrow(
      `big has ${LARGEST_FILE + 1} bytes; a generated file may have ${LARGEST_FILE} at most`,
    )
  })
})
