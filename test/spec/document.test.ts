import { expect, it } from 'vitest'
import { z } from 'zod'
import { brief, parseChecked, parseYaml, pathText, readYaml } from '../../src/spec/document.js'

it('finds a path, and for a missing one the nearest parent', () => {
  const yaml = parseYaml('a:\n  b:\n    - {c: 1}\n', 'x.yaml')
  expect(yaml.locate(['a', 'b', 0, 'c'])).toEqual({ line: 3, column: 8 })
  expect(yaml.locate(['a', 'zzz'])).toEqual({ line: 1, column: 1 })
})

it('writes paths and values as a person reads them', () => {
  expect(pathText(['data', 'columns', 2, 'type'])).toBe('data.columns[2].type')
  expect(brief(undefined)).toBe('nothing')
  expect(brief('x'.repeat(100))).toHaveLength(60)
})

it('shows the first mistake of several, a misspelt name before all', () => {
  const schema = z.strictObject({ first: z.number(), second: z.string() })
  expect(() => parseChecked(schema, 'first: x\nsecnd: y\n', 'x.yaml')).toThrow(
    /x\.yaml:2:1: secnd: expected no field named secnd; did you mean second\? \(and 2 more\)/,
  )
})

it('locates a path of a checked text as well', () => {
  const checked = parseChecked(z.object({ a: z.object({ b: z.number() }) }), '# one\na:\n  b: 1\n', 'x.yaml')
  expect(checked.value).toEqual({ a: { b: 1 } })
  expect(checked.locate(['a', 'b'])).toEqual({ line: 3, column: 3 })
})

it.each([
  ...[
    '1_000',
    '0b101',
    '0o17',
    '017',
    '0x1F',
    '06:00',
    '2026-03-05',
    'yes',
    'True',
    '~',
    '',
    '.inf',
    '1e3',
    '5.',
    '1.2.3',
  ],
  ...["'it''s'", '"\\u00e9"', '|\n  a\n  b\n', '>\n  a\n  b\n', '[a, b: c]', '{a: 1}', '&x 1\ny: *x', '{<<: 1}'],
])('reads %j the same with positions and without', (scalar) => {
  expect(readYaml(`value: ${scalar}`, 'x.yaml')).toEqual(parseYaml(`value: ${scalar}`, 'x.yaml').value)
})

it.each(['a: [1', 'a: 1\na: 2', 'a: *gone', 'a: 1\n---\nb: 2'])('explains what is wrong with %j', (text) => {
  expect(() => readYaml(text, 'x.yaml')).toThrow(/^x\.yaml:\d+:\d+: not valid YAML/)
})
