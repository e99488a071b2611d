// Handlebars alone would let each of these through in silence; written here so that an update cannot bring that back.
import Handlebars from 'handlebars'
import { describe, expect, it } from 'vitest'
import { renderTemplate } from '../../src/prompt/render.js'

const silent: [string, object][] = [
  ['{{#if missing}}x{{/if}}', {}],
  ['{{#unless missing}}x{{/unless}}', {}],
  ['{{#each missing}}x{{/each}}', {}],
  ['{{#with missing}}x{{/with}}', {}],
  ['{{#each list as |item|}}{{item.missing}}{{/each}}', { list: [{}] }],
  ['{{constructor}}', {}],
  ['{{nothing}}', { nothing: null }],
  ['{{object}}', { object: {} }],
]

describe('what Handlebars lets through', () => {
  it.each(silent)('%s is refused with its place', (source, context) => {
    expect(Handlebars.compile(source, { strict: true, noEscape: true })(context)).toMatch(/^x?$|object/)
    expect(() => renderTemplate(source, 't.hbs', context)).toThrow(/^t\.hbs:1:\d+: \{\{\S+\}\} is /)
  })
  it('numbers side by side are written, not added', () => {
    expect(Handlebars.compile('{{a}}{{b}}', { noEscape: true })({ a: 1, b: 2 })).toBe('3')
    expect(renderTemplate('{{a}}{{b}}', 't.hbs', { a: 1, b: 2 })).toBe('12')
  })
})
