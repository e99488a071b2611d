// The context that is rendered and the shape that prompts are checked against agree with each other.
import { describe, expect, it } from 'vitest'
import { CONTEXT_NAMES, contextShape, promptContextSchema } from '../../src/prompt/context.js'
import { shapeHas } from '../../src/prompt/shape.js'

const context = {
  requirements: 'text',
  spec: { name: 'n' },
  contract: {},
  options: { colour: 'red' },
  maturity: 1,
  agent: { name: 'a', description: 'd', instructions: 'i' },
  deliverable: {
    id: 'x',
    title: 'X',
    maturity: 1,
    files: [{ path: 'p', content: 'c' }],
    notes: ['n'],
    edits: [{ path: 'p', diff: '+ c' }],
  },
  nonce: 'abc1',
  first: { 'one-agent': { output: 'o' } },
}

describe('promptContextSchema', () => {
  it('accepts outputs of any phase, and nothing of another form', () => {
    expect(promptContextSchema.parse(context)).toEqual(context)
    expect(promptContextSchema.safeParse({ ...context, first: 'text' }).success).toBe(false)
    expect(promptContextSchema.safeParse({ ...context, nonce: '"><x' }).success).toBe(false)
    expect(
      promptContextSchema.safeParse({ ...context, deliverable: { ...context.deliverable, owner: 'x' } }).success,
    ).toBe(false)
  })
  it('passes documents on uncopied, and only what JSON can hold', () => {
    expect(promptContextSchema.parse(context).spec).toBe(context.spec)
    for (const value of [undefined, Number.NaN, () => 1]) {
      expect(promptContextSchema.safeParse({ ...context, spec: { deep: [value] } }).success).toBe(false)
    }
  })
})

describe('contextShape', () => {
  const shape = contextShape({ requirements: true, phases: { first: ['one-agent'] } }, { options: ['colour'] })
  it('has every path of a context', () => {
    const leaves = (value: unknown, path: string[]): string[][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, below]) => leaves(below, [...path, key]))
        : [path]
    for (const path of leaves(context, [])) expect(shapeHas(shape, path), path.join('.')).toBe(true)
  })
  it('has nothing that an agent is not given', () => {
    for (const path of [['second'], ['first', 'other'], ['options', 'size'], ['agent', 'tier']])
      expect(shapeHas(shape, path)).toBe(false)
    expect(shapeHas(contextShape({ requirements: false, phases: {} }), ['requirements'])).toBe(false)
  })
  it.each(CONTEXT_NAMES)('refuses a phase that is called %s', (name) => {
    expect(() => contextShape({ requirements: true, phases: { [name]: ['x'] } })).toThrow(
      `a phase cannot be called ${name}`,
    )
  })
})
