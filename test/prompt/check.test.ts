// A prompt that reads what its context cannot have is refused at load, wherever in the template it does so.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkReads, checkTemplate } from '../../src/prompt/check.js'
import type { Shape } from '../../src/prompt/shape.js'
import { parseTemplate } from '../../src/prompt/walk.js'

const shape = z.toJSONSchema(
  z.strictObject({
    name: z.string(),
    maybe: z.strictObject({ deep: z.string() }).optional(),
    phase1: z.strictObject({ 'data-engineer': z.strictObject({ output: z.string() }) }),
    files: z.array(z.strictObject({ path: z.string(), rows: z.array(z.strictObject({ n: z.number() })) })),
    ports: z.record(z.string(), z.strictObject({ port: z.number() })),
    kind: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), left: z.string() }),
      z.strictObject({ kind: z.literal('b'), right: z.string() }),
    ]),
  }),
) as Shape

const check = (source: string, partials: Record<string, string> = {}) =>
  checkTemplate(
    parseTemplate(source, 'p.hbs'),
    shape,
    new Map(Object.entries(partials).map(([name, text]) => [name, parseTemplate(text, `partials/${name}.hbs`)])),
  )

describe('checkTemplate', () => {
  it.each([
    '{{name}} {{phase1.data-engineer.output}} {{maybe.deep}}',
    '{{#each files}}{{path}} {{@index}} {{@first}} {{../name}} {{#each rows}}{{n}} {{../path}} {{../../name}} {{@root.name}}{{/each}}{{/each}}',
    '{{#each files as |file i|}}{{file.path}} {{i}} {{name}}{{/each}}'.replace('{{name}}', '{{@root.name}}'),
    '{{#each ports as |entry key|}}{{key}} {{entry.port}}{{/each}} {{ports.http.port}}',
    '{{#with maybe}}{{deep}}{{else}}{{name}}{{/with}}',
    '{{#if (eq kind.kind "a")}}{{kind.left}}{{else}}{{kind.right}}{{/if}}',
    '{{#if (has maybe "deep")}}x{{/if}}{{lookup maybe "deep"}}',
    '{{#if files}}{{files.length}} {{files.[0].path}}{{/if}}',
    '{{#each (lookup ports name)}}{{anything}}{{/each}}',
  ])('accepts %s', (source) => {
    expect(() => check(source)).not.toThrow()
  })

  it.each([
    ['{{nmae}}', /p\.hbs:1:3: \{\{nmae\}\} does not exist in the context: no nmae in it; expected one of name, maybe/],
    [
      'line\n  {{phase1.data-enginer.output}}',
      /p\.hbs:2:5: .*no data-enginer in phase1; expected one of data-engineer/,
    ],
    ['{{name.length.x}}', /nothing can stand below it|no length/],
    ['{{#if nmae}}x{{/if}}', /p\.hbs:1:7: .*nmae/],
    ['{{#unless maybe.depe}}x{{/unless}}', /no depe in maybe/],
    ['{{#each fils}}x{{/each}}', /no fils/],
    ['{{#each files}}{{pth}}{{/each}}', /no pth in files\.\*; expected one of path, rows/],
    ['{{#each files}}{{name}}{{/each}}', /no name in files\.\*/],
    ['{{#each files}}{{#if ../nmae}}x{{/if}}{{/each}}', /no nmae/],
    ['{{#each files as |file|}}{{file.pth}}{{/each}}', /p\.hbs:1:28: .*no pth/],
    ['{{#each files}}{{@root.nmae}}{{/each}}', /no nmae/],
    ['{{#with maybe}}{{depe}}{{/with}}', /no depe in maybe/],
    ['{{#if (eq kind.knd "a")}}x{{/if}}', /no knd in kind; expected one of kind, left, right/],
    ['{{json nmae}}', /no nmae/],
    ['{{#if (has maybe "depe")}}x{{/if}}', /no depe in maybe/],
    ['{{#if name}}x{{else}}{{nmae}}{{/if}}', /no nmae/],
    ['{{#if name}}x{{else if nmae}}y{{/if}}', /no nmae/],
    ['{{ports.http.prt}}', /no prt in ports\.http; expected one of port/],
    ['{{../name}}', /leads out of the context/],
    ['{{@index}}', /@index does not exist/],
    ['{{@name}}', /@name does not exist/],
    ['{{constructor}}', /no constructor/],
    ['{{__proto__.x}}', /no __proto__/],
    ['{{shout name}}', /unknown helper shout; expected one of/],
    ['{{#name}}x{{/name}}', /unknown block name/],
    ['{{#if name name}}x{{/if}}', /#if takes one value/],
    ['{{> nope}}', /unknown partial nope/],
    ['{{#*inline "x"}}y{{/inline}}', /not used here/],
    ['{{#if name}}', /p\.hbs:1: not a valid template/],
  ])('refuses %s', (source, message) => {
    expect(() => check(source)).toThrow(message)
  })

  it('judges a partial in the context that it is given, and names its file', () => {
    const partials = { one: 'a\n{{path}}{{title}}' }
    expect(() => check('{{#each files}}{{> one title=../name}}{{/each}}', partials)).not.toThrow()
    expect(() => check('{{> one title=name}}', partials)).toThrow(
      /^partials\/one\.hbs:2:3: \{\{path\}\} does not exist/,
    )
    expect(() => check('{{#each files}}{{> one}}{{/each}}', partials)).toThrow(/partials\/one\.hbs:2:11: .*no title/)
    expect(() => check('{{> a}}', { a: '{{> b}}', b: '{{> a}}' })).toThrow(/partial a contains itself/)
  })
})

describe('checkReads', () => {
  const reads = (source: string, declared: string[]) => () =>
    checkReads(parseTemplate(source, 'values.yaml.hbs'), declared)
  it('accepts the record of a declared entry, and maturity where a level of it is declared', () => {
    const source = '{{#with (lookup contract.criteria "SC-A-1")}}{{bound}}{{/with}}{{#if (eq maturity 3)}}x{{/if}}'
    expect(reads(source, ['contract.criteria.SC-A-1', 'maturity.3'])).not.toThrow()
    expect(reads(source, ['contract.criteria.SC-A-1'])).toThrow(/reads maturity without declaring it/)
    expect(reads(source, ['contract.metrics.SC-A-1', 'maturity.3'])).toThrow(/reads contract.criteria.SC-A-1 without/)
  })
  it('accepts what lies at or below a declared path', () => {
    expect(
      reads('{{spec.serving.latency_ms.value}}{{#each contract.ports as |p|}}{{p.port}}{{/each}}{{maturity}}', [
        'spec.serving',
        'contract.ports',
        'maturity',
      ]),
    ).not.toThrow()
  })
  it.each([
    [
      '{{spec.entity.key}}',
      ['spec.serving'],
      /values\.yaml\.hbs:1:3: reads spec\.entity\.key without declaring it; declared are spec\.serving/,
    ],
    [
      '{{#each contract as |section|}}{{json section}}{{/each}}',
      ['contract.ports'],
      /reads contract without declaring it/,
    ],
    [
      '\n{{#if (eq options.cloud "x")}}y{{/if}}',
      [],
      /values\.yaml\.hbs:2:11: reads options\.cloud.*nothing is declared/,
    ],
    ['{{spec.serving_extra}}', ['spec.serving'], /reads spec\.serving_extra/],
  ])('refuses %s', (source, declared, message) => {
    expect(reads(source, declared)).toThrow(message)
  })
})
