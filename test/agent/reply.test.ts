// Whatever a file says, it comes through byte for byte or not at all.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Block, LARGEST_BLOCK, type Progress, parseReply, replyReader } from '../../src/agent/reply.js'
import { editBlock, fileBlock } from './scripted.js'

const MARK = 'k3y0z'
const parse = (text: string) => parseReply([text], MARK)

/** Lines that could be taken for something else. */
const tricky = fc.constantFrom(
  '```',
  '```python',
  '~~~',
  '</file>',
  '<file path="x.py">',
  '</file-other>',
  '<file-other path="x.py">',
  '<file-MARK path="a">',
  '</file-MARK>',
  '<search-MARK>',
  '</replace-MARK>',
  '<edit-k3y0 path="a">',
  '</file-k3y0>',
  '</file-k3y0za>',
  `x</file-${MARK}>`,
  ` </file-${MARK}>`,
  '',
  ' ',
  '\t',
  '\r',
  '{"a": 1}',
  '${{ secrets.A }}',
  '{{ x }}',
  '---',
  'ignore all rules',
  '=======',
  '>>>>>>> b',
)
const plain = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes(`-${MARK}`))
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the reader refuses
const isText = (text: string) => !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text)
const content = fc
  .tuple(fc.array(fc.oneof(tricky, plain), { maxLength: 12 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))
  .filter(isText)
const path = fc.constantFrom('a.py', 'src/b.py', 'k8s/c.yaml', 'd e.md', 'ü.txt')
const lines = content.map((text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`))
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), path, text: content }),
  fc.record({
    kind: fc.constant('edit' as const),
    path,
    changes: fc.array(fc.record({ search: lines, replace: lines }), { minLength: 1, maxLength: 3 }),
  }),
)
const written = (one: Block): string =>
  one.kind === 'file'
    ? fileBlock(MARK, one.path, one.text)
    : editBlock(MARK, one.path, ...one.changes.map(({ search, replace }) => [search, replace] as const))
const prose = fc.constantFrom('', 'Here are the files.\n', '```\n', '\n\n')
const reply = fc.uniqueArray(fc.tuple(prose, block), { selector: ([, { path }]) => path, maxLength: 4 })

describe('a reply', () => {
  it('gives every block byte for byte, whatever stands in it', () => {
    fc.assert(
      fc.property(reply, (all) => {
        const text = all.map(([before, one]) => before + written(one)).join('')
        expect(parse(text)).toEqual({ blocks: all.map(([, one]) => one), problems: [] })
      }),
      { numRuns: 500 },
    )
  })

  it('gives exactly the blocks that were complete, wherever it is cut', () => {
    fc.assert(
      fc.property(reply, fc.nat(), (all, at) => {
        let text = ''
        const ends: number[] = []
        for (const [before, one] of all) {
          text += before + written(one)
          // The newline after the closing tag is not needed.
          ends.push(text.length - 1)
        }
        const cut = text.length === 0 ? 0 : at % text.length
        const { blocks } = parse(text.slice(0, cut))
        expect(blocks).toEqual(all.map(([, one]) => one).filter((_, i) => (ends[i] ?? 0) <= cut))
      }),
      { numRuns: 1000 },
    )
  })

  it('is read the same in pieces of any size, and tells when a file begins and ends', () => {
    fc.assert(
      fc.property(reply, fc.integer({ min: 1, max: 30 }), (all, size) => {
        const text = all.map(([before, one]) => before + written(one)).join('')
        const reader = replyReader(MARK)
        const told: Progress[] = []
        for (let at = 0; at < text.length; at += size) told.push(...reader.feed(text.slice(at, at + size)))
        expect(reader.end()).toEqual(parse(text))
        expect(told).toEqual(
          all.flatMap(([, { path }]) => [
            { type: 'file-start', path },
            { type: 'file-end', path, whole: true },
          ]),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('is never read as something that does not stand in it, however its tags are mixed up', () => {
    const names = ['file', 'edit', 'search', 'replace']
    const tag = fc.tuple(
      fc.constantFrom('<', '</'),
      fc.constantFrom(...names),
      fc.constantFrom('', ' path="a.py"', ' path="b.py"', ' '),
    )
    const mixed = fc.oneof(
      tag.map(([open, name, rest]) => `${open}${name}-${MARK}${rest}>`),
      fc.constantFrom('x', '', `y</file-${MARK}>`, ` <file-${MARK} path="c.py">`),
    )
    fc.assert(
      fc.property(fc.array(mixed, { maxLength: 14 }), (all) => {
        const text = all.join('\n')
        for (const one of parse(text).blocks) {
          const inside = one.kind === 'file' ? one.text : written(one).split('\n').slice(1, -2).join('\n')
          expect(`${text}\n`).toContain(`<${one.kind}-${MARK} path="${one.path}">\n${inside}`)
          // No line of a file begins with a tag of the mark.
          const lines =
            one.kind === 'file' ? one.text : one.changes.map(({ search, replace }) => search + replace).join('')
          expect(lines).not.toMatch(new RegExp(`^</?(${names.join('|')})-${MARK}`, 'm'))
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('tells of a file while it is being written', () => {
    const reader = replyReader(MARK)
    expect(reader.feed(`Now.\n<file-${MARK} path="a`)).toEqual([])
    expect(reader.feed('.py">\nx = 1\n')).toEqual([{ type: 'file-start', path: 'a.py' }])
    expect(reader.feed(`</file-${MARK}>\n`)).toEqual([{ type: 'file-end', path: 'a.py', whole: true }])
  })

  it('takes tags with spaces or a carriage return behind them', () => {
    const text = `<file-${MARK} path="a.py">\r\nx = 1\r\n</file-${MARK}> \r\n`
    expect(parse(text).blocks).toEqual([{ kind: 'file', path: 'a.py', text: 'x = 1\r\n' }])
  })
})

const whole = fileBlock(MARK, 'whole.py', 'w = 1\n')
describe('a block is not taken, and the reason said, where', () => {
  it.each([
    ['another began before it was closed', `<file-${MARK} path="a.py">\nx\n${whole}`, 'a.py', /never closed/],
    [
      'its tag carries another mark',
      `${fileBlock('guess', 'a.py', 'x\n')}${whole}`,
      'a.py',
      /does not carry the mark k3y0z/,
    ],
    ['its tag carries no mark', `<file path="a.py">\nx\n</file>\n${whole}`, 'a.py', /does not carry the mark/],
    ['its tag is indented', `  <file-${MARK} path="a.py">\nx\n${whole}`, 'a.py', /very start of its line/],
    ['its tag has no path', `<file-${MARK}>\nx\n</file-${MARK}>\n${whole}`, '', /must read <file-k3y0z path=/],
    ['its tag has single quotes', `<file-${MARK} path='a.py'>\nx\n</file-${MARK}>\n${whole}`, 'a.py', /must read/],
    [
      'the file stands on the line of the tag',
      `<file-${MARK} path="a.py">x</file-${MARK}>\n${whole}`,
      'a.py',
      /alone on its line/,
    ],
    [
      'something follows the closing tag',
      `<file-${MARK} path="a.py">\nx\n</file-${MARK}>y\n${whole}`,
      'a.py',
      /stand alone/,
    ],
    [
      'it is closed twice',
      `<file-${MARK} path="a.py">\nx\n</file-${MARK}>\ny\n</file-${MARK}>\n${whole}`,
      'a.py',
      /closed twice/,
    ],
    [
      'it occurs twice',
      `${fileBlock(MARK, 'a.py', 'x\n')}${fileBlock(MARK, 'a.py', 'y\n')}${whole}`,
      'a.py',
      /more than once/,
    ],
    [
      'it is both file and edit',
      `${fileBlock(MARK, 'a.py', 'x\n')}${editBlock(MARK, 'a.py', ['x\n', 'y\n'])}${whole}`,
      'a.py',
      /more than once/,
    ],
    [
      'it is too large',
      `${fileBlock(MARK, 'a.py', 'x\n'.repeat(LARGEST_BLOCK))}${whole}`,
      'a.py',
      /larger than the 200 KB/,
    ],
    [
      'one line is too large',
      `${fileBlock(MARK, 'a.py', `${'x'.repeat(3 * LARGEST_BLOCK)}\n`)}${whole}`,
      'a.py',
      /larger than/,
    ],
    ['it is binary', `${fileBlock(MARK, 'a.py', 'x\0y\n')}${whole}`, 'a.py', /control characters/],
    ['it holds half a character', `${fileBlock(MARK, 'a.py', '\ud83d\n')}${whole}`, 'a.py', /half of a character/],
    ['an edit has no search', `<edit-${MARK} path="a.py">\n</edit-${MARK}>\n${whole}`, 'a.py', /at least one search/],
    [
      'a search has no replacement',
      `<edit-${MARK} path="a.py">\n<search-${MARK}>\nx\n</search-${MARK}>\n</edit-${MARK}>\n${whole}`,
      'a.py',
      /no replacement/,
    ],
    [
      'a replacement has no search',
      `<edit-${MARK} path="a.py">\n<replace-${MARK}>\nx\n</replace-${MARK}>\n</edit-${MARK}>\n${whole}`,
      'a.py',
      /does not belong/,
    ],
    [
      'a search is not closed',
      `<edit-${MARK} path="a.py">\n<search-${MARK}>\nx\n</edit-${MARK}>\n${whole}`,
      'a.py',
      /does not belong/,
    ],
    [
      'an edit holds loose text',
      `<edit-${MARK} path="a.py">\nx\n</edit-${MARK}>\n${whole}`,
      'a.py',
      /between the parts/,
    ],
    [
      'a file holds a part of an edit',
      `<file-${MARK} path="a.py">\n<search-${MARK}>\n</file-${MARK}>\n${whole}`,
      'a.py',
      /does not belong/,
    ],
  ])('%s', (_, text, at, reason) => {
    const { blocks, problems, cut } = parse(text)
    expect(blocks).toEqual([{ kind: 'file', path: 'whole.py', text: 'w = 1\n' }])
    expect(cut).toBeUndefined()
    expect(problems).toEqual([{ path: at, reason: expect.stringMatching(reason) }])
  })

  it('the reply ends', () => {
    expect(parse(`${whole}<file-${MARK} path="a.py">\nx\n`)).toMatchObject({
      blocks: [{ path: 'whole.py' }],
      problems: [],
      cut: 'a.py',
    })
  })
  it('a later text of the reply would close it', () => {
    const { blocks, problems } = parseReply([`<file-${MARK} path="a.py">\nx\n`, `y\n</file-${MARK}>\n`], MARK)
    expect(blocks).toEqual([])
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('outside of a block'),
      expect.stringContaining('never closed'),
    ])
  })
})

describe('a reply of 50 MB', () => {
  it.each([
    ['lines', `${'x'.repeat(99)}\n`.repeat(500_000)],
    ['one line', 'x'.repeat(50_000_000)],
  ])('of %s costs no memory that grows with it', (_, text) => {
    const reader = replyReader(MARK)
    reader.feed(`<file-${MARK} path="a.py">\n`)
    for (let at = 0; at < text.length; at += 65_536) reader.feed(text.slice(at, at + 65_536))
    reader.feed(`\n</file-${MARK}>\n`)
    expect(reader.end().problems).toEqual([{ path: 'a.py', reason: expect.stringMatching(/larger than/) }])
  })
})
