// A complaint about a data file points at the value that is meant.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseYaml } from '../../src/workflow/source.js'

const schema = z.strictObject({
  name: z.string(),
  list: z.array(z.strictObject({ size: z.number().max(3) })).default([]),
})
const text = '# a comment\nname: x\nlist:\n  - size: 1\n  - { size: 2 }\n'

describe('parseYaml', () => {
  it('gives the value, and the place of any part of it', () => {
    const source = parseYaml(text, 'w.yaml', schema)
    expect(source.value).toEqual({ name: 'x', list: [{ size: 1 }, { size: 2 }] })
    expect(source.at(['list', 1, 'size'])).toEqual({ file: 'w.yaml', line: 5, column: 13 })
    expect(source.at(['list', 7, 'size'])).toEqual({ file: 'w.yaml', line: 4, column: 3 })
    expect(source.at([])).toEqual({ file: 'w.yaml', line: 2, column: 1 })
  })
  it.each([
    ['name: x\nlist:\n  - size: 9\n', /^w\.yaml:3:11: list\.0\.size: .*; got 9$/],
    ['name: x\nlist: 3\n', /^w\.yaml:2:7: list: .*expected array.*; got 3$/],
    ['list: []\n', /^w\.yaml:1:1: name: .*string/],
    ['name: x\nlsit: []\n', /^w\.yaml:2:1: .*lsit/],
    ['name: x\nname: y\n', /^w\.yaml:2:1: not valid YAML: .*unique/],
    ['name: [x\n', /^w\.yaml:\d+:\d+: not valid YAML/],
    ['', /^w\.yaml:1:1: name/],
    ['name: *gone\n', /^w\.yaml:1:7: not valid YAML/],
  ])('refuses %j', (broken, message) => {
    expect(() => parseYaml(broken, 'w.yaml', schema)).toThrow(message)
  })
  it('shifts lines for a part of a longer file', () => {
    expect(() => parseYaml('name: 3\n', 'w.md', schema, 2)).toThrow(/^w\.md:2:7/)
  })
})
