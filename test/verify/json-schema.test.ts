import { describe, expect, it } from 'vitest'
import { schemaProblems } from '../../src/verify/json-schema.js'

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { name: { type: 'string' }, parts: { type: 'array', items: { type: 'object', required: ['id'] } } },
}

describe('problems of a value under a schema', () => {
  it('are none where it fits', () => expect(schemaProblems(schema, { name: 'x', parts: [{ id: 1 }] })).toEqual([]))

  it('are the most deeply nested ones, with the path to them', () => {
    const [first, ...rest] = schemaProblems(schema, { name: 'x', parts: [{ id: 1 }, {}] })
    expect(first?.path).toEqual(['parts', 1])
    expect(first?.message).toMatch(/"id"/)
    expect(rest).toEqual([])
  })

  it('name a key that is not expected, also one with a slash', () => {
    expect(schemaProblems(schema, { name: 'x', 'a/b': 1 })).toEqual([
      { path: ['a/b'], message: expect.stringContaining('this key is not expected here') },
    ])
  })

  it('follow schemas that this one refers to', () => {
    const other = { $id: 'https://example.com/other.json', type: 'integer' }
    const refers = { type: 'object', properties: { age: { $ref: 'https://example.com/other.json' } } }
    expect(schemaProblems(refers, { age: 3 }, [other])).toEqual([])
    expect(schemaProblems({ ...refers }, { age: 'three' }, [other])[0]?.path).toEqual(['age'])
  })

  it('are one where the schema itself is none', () =>
    expect(schemaProblems('text', {})).toEqual([{ path: [], message: 'its schema is not an object' }]))
})
