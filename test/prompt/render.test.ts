// Rendering is strict, changes no character of what it is given, and says where it failed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/prompt/compile.js'
import { renderPrompt, renderTemplate } from '../../src/prompt/render.js'
import { parseTemplate } from '../../src/prompt/walk.js'

const render = (source: string, context: object) => renderTemplate(source, 't.hbs', context)

describe('renderTemplate', () => {
  it('reads names with hyphens', () => {
    expect(render('{{phase1.data-engineer.output}}', { phase1: { 'data-engineer': { output: 'x' } } })).toBe('x')
  })

  it('gives values as they are, whatever they contain, and never renders them again', () => {
    for (const text of [
      '{{name}} {{#if x}}',
      ['$', '{{ secrets.KEY }}'].join(''),
      '<a href="&amp;">',
      '{{{{raw}}}}',
      "it's `ok`\\{{x}}",
    ]) {
      expect(render('[{{output}}]', { output: text })).toBe(`[${text}]`)
    }
    fc.assert(fc.property(fc.string(), (text) => render('{{output}}', { output: text }) === text))
  })

  it('of a text that was rendered before gives the new values, and says the name that it has now', () => {
    for (const [name, value] of [
      ['one.hbs', 1],
      ['two.hbs', 2],
    ] as const) {
      expect(renderTemplate('{{a}}', name, { a: value })).toBe(String(value))
      expect(() => renderTemplate('{{a}}', name, {})).toThrow(`${name}:1:3: {{a}} is absent`)
    }
  })

  it('prints numbers side by side, not their sum', () => {
    expect(render('{{a}}{{b}}{{c}}', { a: 1, b: 2, c: false })).toBe('12false')
  })

  it.each([
    ['{{nmae}}', /^t\.hbs:1:3: \{\{nmae\}\} is absent/],
    ['a\n  {{deep.nmae}}', /^t\.hbs:2:5: \{\{deep\.nmae\}\} is absent/],
    ['\n{{#if nmae}}x{{/if}}', /^t\.hbs:2:7: \{\{nmae\}\} is absent.*has parent "name"/],
    ['\n{{#each nmae}}x{{/each}}', /^t\.hbs:2:9: \{\{nmae\}\} is absent/],
    ['{{#if (eq nmae "x")}}x{{/if}}', /^t\.hbs:1:11: \{\{nmae\}\} is absent/],
    ['{{json nmae}}', /^t\.hbs:1:8: \{\{nmae\}\} is absent/],
    ['\n\n{{none.below.it}}', /^t\.hbs:3:3: \{\{none\.below\.it\}\}/],
    ['{{#each list as |x|}}{{x.y}}{{/each}}', /^t\.hbs:1:24: \{\{x\.y\}\} is absent/],
    ['{{shout name}}', /^t\.hbs:1:1: unknown helper shout/],
    ['{{lookup deep "constructor"}}', /^t\.hbs:1:1: \{\{lookup deep "constructor"\}\} is absent/],
    ['{{none}}', /^t\.hbs:1:3: \{\{none\}\} is null/],
    ['{{deep}}', /^t\.hbs:1:3: \{\{deep\}\} is a list or an object/],
    ['{{eq name (join nmae ",")}}', /^t\.hbs:1:17: \{\{nmae\}\} is absent/],
    ['{{constructor}}', /\{\{constructor\}\} is absent/],
  ])('refuses %j where the path is absent, with its place', (source, message) => {
    const context = { name: 'n', deep: { x: 1 }, none: null, list: [{ y: 1 }, {}] }
    expect(() => render(source, context)).toThrow(message)
  })

  it('reads a guarding proxy path by path, and passes on what it says with the file', () => {
    const guard = (target: Record<string, unknown>, allowed: readonly string[]): object =>
      new Proxy(target, {
        get: (object, name) => {
          if (typeof name === 'string' && !allowed.includes(name)) throw new Error(`undeclared ${name}`)
          return Reflect.get(object, name)
        },
        ownKeys: () => {
          throw new Error('the context was listed')
        },
      })
    const context = guard({ seen: { items: [1, 2] }, hidden: 'secret' }, ['seen'])
    expect(render('{{#each seen.items}}{{this}}{{@root.seen.items.length}}{{/each}}', context)).toBe('1222')
    expect(() => render('{{hidden}}', context)).toThrow(/^t\.hbs: undeclared hidden/)
    expect(() => render('{{#if hidden}}x{{/if}}', context)).toThrow(/undeclared hidden/)
  })

  it('reaches no prototype', () => {
    expect(render('{{#if (has name "constructor")}}x{{/if}}', { name: {} })).toBe('')
    expect(() => render('{{name.constructor.constructor}}', { name: {} })).toThrow(/absent|undefined/)
  })
})

describe('renderPrompt', () => {
  it('names the partial that failed', () => {
    const partials = new Map([['part', parseTemplate('a\n{{gone}}', 'partials/part.hbs')]])
    const prompt = compile(parseTemplate('{{> part}}', 'p.hbs'), partials)
    expect(() => renderPrompt(prompt, { name: 1 })).toThrow(/^partials\/part\.hbs:2:3: \{\{gone\}\} is absent/)
  })

  it('draws a partial in for each item, with what it is given by name', () => {
    const partials = new Map([['part', parseTemplate('{{label}}: {{text}}\n', 'part.hbs')]])
    const prompt = compile(
      parseTemplate('{{#each items}}\n{{> part label=@root.name}}\n{{/each}}\nend', 'p.hbs'),
      partials,
    )
    expect(renderPrompt(prompt, { name: 'n', items: [{ text: ' a\n  {{b}}' }, { text: 'c' }] })).toBe(
      'n:  a\n  {{b}}\nn: c\nend',
    )
  })
})
