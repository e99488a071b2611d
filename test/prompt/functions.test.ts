// Each word that a template may call, by what it writes.
import { describe, expect, it } from 'vitest'
import { BLOCKS, FUNCTIONS } from '../../src/prompt/functions.js'
import { renderTemplate } from '../../src/prompt/render.js'

const context = {
  a: 'x',
  n: 2,
  rate: 0.0312,
  list: ['p', 'q'],
  nested: { b: 1, a: [true] },
  none: null,
  empty: [],
  text: 'one\n\ntwo',
}
const cases: [string, string][] = [
  ['{{#if (eq a "x")}}y{{else}}n{{/if}}{{#if (eq n 2)}}y{{/if}}{{#if (eq n "2")}}wrong{{/if}}', 'yy'],
  ['{{#if (in a "w" "x")}}y{{/if}}{{#if (in "q" list)}}y{{/if}}{{#if (in "r" list)}}wrong{{/if}}', 'yy'],
  ['{{#if (and a (not none))}}y{{/if}}{{#if (and a empty)}}wrong{{/if}}', 'y'],
  ['{{#if (or none empty "")}}wrong{{/if}}{{#if (or none n)}}y{{/if}}', 'y'],
  ['{{#if (has nested "b")}}y{{/if}}{{#if (has nested "z")}}wrong{{/if}}{{#if (has none "z")}}wrong{{/if}}', 'y'],
  ['{{#unless none}}y{{/unless}}{{#unless empty}}y{{/unless}}{{#with nested}}{{b}}{{/with}}', 'yy1'],
  [
    '{{#each nested as |value key|}}{{key}}{{#unless @last}},{{/unless}}{{/each}}{{#each empty}}wrong{{else}}none{{/each}}',
    'b,anone',
  ],
  ['{{lookup nested "b"}}{{lookup list n}}'.replace('n}}', '1}}'), '1q'],
  ['{{json nested}}', '{\n  "b": 1,\n  "a": [\n    true\n  ]\n}'],
  ['{{yaml nested}}|', 'b: 1\na:\n  - true|'],
  ['{{join list ", "}}', 'p, q'],
  ['{{#if (less rate 1)}}y{{/if}}{{#if (less n 2)}}wrong{{/if}}{{#if (less 9 10)}}y{{/if}}', 'yy'],
  ['{{round (multiply rate 100) 1}} % {{round n 2}}', '3.1 % 2'],
  ['{{minus 0.3 0.1}} {{divide 99.9 100}} {{divide 150 1000}}', '0.2 0.999 0.15'],
  ['{{ceil 1.01}}{{ceil 2}} {{larger 2 1}}{{larger 2 10}}', '22 210'],
  ['{{indent text 2}}', '  one\n\n  two'],
]

describe('the functions of templates', () => {
  it.each(cases)('%s', (source, expected) => {
    expect(renderTemplate(source, 't.hbs', context)).toBe(expected)
  })
  it('are all shown above, but `part`, which parts.test.ts shows', () => {
    const sources = cases.map(([source]) => source).join('')
    for (const name of [...FUNCTIONS].filter((one) => one !== 'part'))
      expect(sources).toMatch(name in BLOCKS ? `{{#${name} ` : new RegExp(`[({]${name} `))
  })
})
