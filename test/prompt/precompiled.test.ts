// What the build makes of templates renders, and fails, as the templates themselves do.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile } from '../../src/prompt/compile.js'
import { CODE, openPrecompiled, PLACES, precompile } from '../../src/prompt/precompiled.js'
import { parseTemplate } from '../../src/prompt/walk.js'
import { temporaryFolder } from '../temporary.js'

const TEMPLATES = [
  {
    file: 'one.hbs',
    source: 'a {{a}}\n{{#each list as |item|}}\n  - {{item.name}}{{#unless @last}},{{/unless}}\n{{/each}}\n',
  },
  { file: 'two.hbs', source: '{{#if (eq a "x")}}yes{{else}}{{json list}}{{/if}}' },
]

function built() {
  const folder = temporaryFolder('mlops-precompiled')
  const { code, places } = precompile(TEMPLATES)
  writeFileSync(join(folder, CODE), code)
  writeFileSync(join(folder, PLACES), places)
  return openPrecompiled(folder)
}

const CONTEXTS = [
  { a: 'x', list: [{ name: 'n' }, { name: '{{a}} <&>' }] },
  { a: 'y', list: [] },
  { a: 'y', list: [{}] },
  { list: [] },
  { a: null, list: [] },
]

it.each(CONTEXTS)('gives and says what the template does: %j', (context) => {
  const find = built()
  for (const { file, source } of TEMPLATES) {
    const render = find({ file, source })
    const outcome = (run: ((context: object) => string) | undefined) => {
      try {
        return run?.(context)
      } catch (error) {
        return String(error)
      }
    }
    expect(render).toBeDefined()
    expect(outcome(render)).toBe(outcome(compile(parseTemplate(source, file)).render))
  }
})

it('is not taken for a text that was changed since, or that lies elsewhere', () => {
  const find = built()
  expect(find({ file: 'one.hbs', source: 'b {{a}}' })).toBeUndefined()
  expect(find({ file: 'three.hbs', source: TEMPLATES[0]?.source ?? '' })).toBeUndefined()
  expect(openPrecompiled(temporaryFolder('mlops-precompiled'))({ file: 'one.hbs', source: '' })).toBeUndefined()
})

it('refuses what is no template, with its place', () => {
  expect(() => precompile([{ file: 'a.hbs', source: 'x\n{{#if a}}' }])).toThrow(/a\.hbs:2/)
  expect(() => precompile([{ file: 'a.hbs', source: '{{unknown a}}' }])).toThrow(/unknown helper unknown/)
})
