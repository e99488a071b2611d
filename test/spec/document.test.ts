import { expect, it } from 'vitest'
import { z } from 'zod'
import { brief, parseChecked, parseYaml, pathText } from '../../src/spec/document.js'

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
