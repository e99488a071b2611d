// Every path is found, from the root, with the place that reads it.
import { describe, expect, it } from 'vitest'
import { parseTemplate, pathsOf } from '../../src/prompt/walk.js'

const paths = (source: string, partials: Record<string, string> = {}) => {
  const parsed = new Map(Object.entries(partials).map(([name, text]) => [name, parseTemplate(text, `${name}.hbs`)]))
  return pathsOf(parseTemplate(source, 'main.hbs'), parsed).map(
    ({ parts, file, line, column }) => `${parts.join('.')} ${file}:${line}:${column}`,
  )
}

describe('pathsOf', () => {
  it.each([
    ['{{a.b}} {{@root.c}}', ['a.b main.hbs:1:3', 'c main.hbs:1:11']],
    [
      '{{#each a}}{{b}}{{../c}}{{this}}{{/each}}',
      ['a main.hbs:1:9', 'a.*.b main.hbs:1:14', 'c main.hbs:1:19', 'a.* main.hbs:1:27'],
    ],
    [
      '{{#each a as |x|}}\n{{#each x.list as |y i|}}{{y.z}}{{x.q}}{{i}}{{/each}}{{/each}}',
      ['a main.hbs:1:9', 'a.*.list main.hbs:2:9', 'a.*.list.*.z main.hbs:2:28', 'a.*.q main.hbs:2:35'],
    ],
    [
      '{{#if (and a (eq b.c 1))}}{{d}}{{else}}{{e}}{{/if}}',
      ['a main.hbs:1:12', 'b.c main.hbs:1:18', 'd main.hbs:1:29', 'e main.hbs:1:42'],
    ],
    ['{{#with a}}{{#if ../b}}{{c}}{{/if}}{{/with}}', ['a main.hbs:1:9', 'b main.hbs:1:18', 'a.c main.hbs:1:26']],
    ['{{!-- {{x}} --}}plain', []],
  ])('of %s', (source, expected) => {
    expect(paths(source)).toEqual(expected)
  })

  it('follows partials with their own context and names', () => {
    expect(paths('{{> p a.b t=c.d}}', { p: '{{x}}{{t.y}}{{../z}}' })).toEqual([
      'a.b main.hbs:1:7',
      'c.d main.hbs:1:13',
      'a.b.x p.hbs:1:3',
      'c.d.y p.hbs:1:8',
      'z p.hbs:1:15',
    ])
  })
})
