// Which paths a JSON Schema allows, and what is said to be allowed where one is not.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { namesAt, type Shape, shapeHas } from '../../src/prompt/shape.js'

const person: z.ZodType = z.object({
  name: z.string(),
  get friends(): z.ZodType {
    return z.array(person)
  },
})
const shape = z.toJSONSchema(
  z.strictObject({
    one: z.strictObject({ two: z.number().nullable() }),
    list: z.array(z.strictObject({ x: z.string() })),
    pair: z.tuple([z.string(), z.string()]),
    map: z.record(z.string(), z.strictObject({ y: z.string() })),
    either: z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]),
    person,
    any: z.unknown(),
  }),
) as Shape
const has = (path: string) => shapeHas(shape, path.split('.'))

describe('shapeHas', () => {
  it.each([
    'one',
    'one.two',
    'list.*.x',
    'list.0.x',
    'list.length',
    'pair.1',
    'map.key.y',
    'map.*.y',
    'either.a',
    'either.b',
    'person.friends.*.friends.*.name',
    'any.thing.at.all',
  ])('has %s', (path) => {
    expect(has(path)).toBe(true)
  })
  it.each([
    'two',
    'one.three',
    'one.two.three',
    'list.x',
    'list.*.y',
    'map.key.z',
    'either.c',
    'person.friends.name',
    'toString',
    'one.constructor',
  ])('has no %s', (path) => {
    expect(has(path)).toBe(false)
  })
})

describe('namesAt', () => {
  it('lists what stands below, of all members of a union', () => {
    expect(namesAt(shape, ['either'])).toEqual(['a', 'b'])
    expect(namesAt(shape, ['list', '*'])).toEqual(['x'])
    expect(namesAt(shape, ['one', 'two'])).toEqual([])
  })
})
