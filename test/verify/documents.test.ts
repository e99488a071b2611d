import { describe, expect, it } from 'vitest'
import { dataDocuments } from '../../src/verify/documents.js'
import { emitted } from './emitted.js'

const at = async (path: string, content: string, keys: readonly (string | number)[]) => {
  const [document] = await dataDocuments(emitted(path, content))
  return document?.position(keys).line
}
const TOML = `title = "x"

[tool.uv]
index = "a"

[[tool.uv.sources]]
name = "first"

[tool.uv.pip]
strict = true
inline = {deep = 1}
`

describe('documents of data files', () => {
  it.each([
    [['title'], 1],
    [['tool', 'uv', 'index'], 4],
    [['tool', 'uv', 'sources', 0, 'name'], 7],
    [['tool', 'uv', 'pip', 'strict'], 10],
    [['tool', 'uv', 'pip', 'inline', 'deep'], 11],
    [['tool', 'uv', 'pip', 'missing'], 9],
  ])('point into TOML, which keeps no positions: %j is at line %i', async (keys, line) =>
    expect(await at('a.toml', TOML, keys)).toBe(line),
  )

  it('point into YAML and JSON', async () => {
    expect(await at('a.yaml', 'a: 1\nb:\n  - c: 2\n', ['b', 0, 'c'])).toBe(3)
    expect(await at('a.json', '{\n  "a": {\n    "b": 1\n  }\n}\n', ['a', 'b'])).toBe(3)
  })

  it('hold plain values, several in one YAML file, and dates of TOML as text', async () => {
    const values = async (path: string, content: string) =>
      (await dataDocuments(emitted(path, content))).map(({ value }) => value)
    expect(await values('a.yaml', 'a: 1\n---\nb: [x]\n')).toEqual([{ a: 1 }, { b: ['x'] }])
    expect(await values('a.toml', 'day = 2026-03-05\n')).toEqual([{ day: '2026-03-05' }])
  })

  it.each([
    ['a.toml', 'name = mlops'],
    ['a.yaml', 'a: [1'],
    ['a.json', '{"a": '],
  ])('are none where %s does not parse, which another check reports', async (path, content) =>
    expect(await dataDocuments(emitted(path, content))).toEqual([]),
  )
})
