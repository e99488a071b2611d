// Two parsers read YAML: the quick one for the value, the one with positions for what is wrong. They must agree on every file that users receive.

import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kindOf } from '../../src/verify/kinds.js'
import { parseYaml } from '../../src/verify/yaml.js'
import { filesOf, platformOf } from '../emitted/platforms.js'

const slowly = (text: string): unknown[] =>
  [...parseAllDocuments(text, { merge: true })].map((document) => document.toJS())

describe('parseYaml', () => {
  it('reads from every emitted YAML and JSON file what the parser with positions reads', async () => {
    // A chart's templates are YAML only once Helm has rendered them.
    const files = filesOf(await platformOf({ example: 'churn-telecom', maturity: 5 })).filter(
      (file) => /\.(ya?ml|json)$/.test(file.path) && kindOf(file) !== 'helm-template',
    )
    expect(files.length).toBeGreaterThan(20)
    for (const { path, content } of files)
      expect(
        (await parseYaml(content)).documents.map(({ value }) => value),
        path,
      ).toEqual(slowly(content))
    // Or the comparison would compare a parser with itself.
    const parsers = await Promise.all(files.map(async ({ content }) => (await parseYaml(content)).parser))
    const quick = parsers.filter((parser) => parser === 'js-yaml')
    expect(quick.length).toBeGreaterThan(files.length * 0.8)
  })

  it.each([
    [
      'times, dates and words that YAML 1.1 takes for something else',
      'at: 06:30\nday: 2026-01-02\nanswer: no\nmode: 0644\n',
    ],
    ['numbers of every kind', 'a: [1, -2, 0x1F, 0o17, 1.5, 1e3, .5, +7, 1_000, .inf]\n'],
    ['absent values', 'a:\nb: ~\nc: null\nd: ""\n'],
    ['merge keys and anchors', 'base: &base {a: 1}\nown:\n  <<: *base\n  b: 2\n'],
    ['several documents', 'a: 1\n---\nb: 2\n'],
    ['an empty document', '# only a comment\n'],
    ['blocks of text', 'run: |\n  one\n  two\nfold: >-\n  a\n  b\n'],
  ])('reads %s alike', async (_, text) => {
    expect((await parseYaml(text)).documents.map(({ value }) => value)).toEqual(slowly(text))
  })

  it('points at a value of any document', async () => {
    const { documents } = await parseYaml('a: 1\n---\nb:\n  c: [x, y]\n')
    expect(documents[1]?.position(['b', 'c', 1])).toEqual({ line: 4, column: 10 })
    expect(documents[1]?.position(['b', 'missing'])).toEqual({ line: 4, column: 3 })
  })
})
