// Says what a value is under a structural schema, by the few keywords that Kubernetes uses: a general validator takes a hundred times as long.
import type { Json } from '../types.js'
import { isObject } from './json-value.js'
import { type StructuralSchema, structuralSchema } from './kubernetes-schemas.js'

export type Path = readonly (string | number)[]
export interface StructuralProblem {
  readonly path: Path
  readonly message: string
}

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
}

const FORMATS: Readonly<Record<string, (value: Json) => boolean>> = {
  int32: (value) => typeof value !== 'number' || (Number.isInteger(value) && Math.abs(value) <= 2 ** 31 - 1),
  int64: (value) => typeof value !== 'number' || Number.isInteger(value),
  byte: (value) => typeof value !== 'string' || (value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)),
  'date-time': (value) =>
    typeof value !== 'string' || (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/i.test(value) && !Number.isNaN(Date.parse(value))),
}

const patterns = new Map<string, RegExp>()

/** Patterns are written for Go: inline flags stand in front. */
function pattern(source: string): RegExp {
  const before = patterns.get(source)
  if (before !== undefined) return before
  const [, start = '', flags = ''] = /^(\^?)\(\?([ims]+)\)/.exec(source) ?? []
  const body = flags === '' ? source : start + source.slice(start.length + flags.length + 3)
  const made = new RegExp(body, flags)
  patterns.set(source, made)
  return made
}

/** Problems of `value`, outermost first; none means that the API server accepts its structure. */
export function structuralProblems(schema: StructuralSchema, value: Json, path: Path = []): StructuralProblem[] {
  if (schema.$ref !== undefined) {
    const referred = structuralSchema(schema.$ref.replace('#/definitions/', ''))
    if (referred === undefined) throw new Error(`the schema refers to ${schema.$ref}, which does not exist`)
    return structuralProblems(referred, value, path)
  }
  const problem = (message: string): StructuralProblem[] => [{ path, message }]
  if (schema.type !== undefined && TYPES[schema.type]?.(value) !== true)
    return problem(`expected ${schema.type}, got ${shown(value)}`)
  const found: StructuralProblem[] = []
  if (schema.enum !== undefined && !schema.enum.some((one) => one === value))
    found.push(...problem(`expected one of ${schema.enum.join(', ')}, got ${shown(value)}`))
  if (schema.format !== undefined && FORMATS[schema.format]?.(value) === false)
    found.push(...problem(`expected the format ${schema.format}, got ${shown(value)}`))
  if (typeof value === 'string' || typeof value === 'number')
    found.push(...scalarProblems(schema, value).flatMap(problem))
  else if (Array.isArray(value)) found.push(...arrayProblems(schema, value, path))
  else if (isObject(value)) found.push(...objectProblems(schema, value, path))
  if (schema.oneOf !== undefined) {
    const fits = schema.oneOf.filter((one) => structuralProblems(one, value, path).length === 0).length
    if (fits !== 1) found.push(...problem(`expected exactly one of ${schema.oneOf.length} forms, got ${fits}`))
  }
  return found
}

function scalarProblems(schema: StructuralSchema, value: string | number): string[] {
  if (typeof value === 'number')
    return [
      ...(schema.minimum !== undefined && value < schema.minimum ? [`expected at least ${schema.minimum}`] : []),
      ...(schema.maximum !== undefined && value > schema.maximum ? [`expected at most ${schema.maximum}`] : []),
    ]
  const length = schema.minLength === undefined && schema.maxLength === undefined ? 0 : [...value].length
  return [
    ...(schema.minLength !== undefined && length < schema.minLength
      ? [`expected at least ${schema.minLength} characters, got ${shown(value)}`]
      : []),
    ...(schema.maxLength !== undefined && length > schema.maxLength
      ? [`expected at most ${schema.maxLength} characters, got ${length}`]
      : []),
    ...(schema.pattern !== undefined && !pattern(schema.pattern).test(value)
      ? [`expected the form ${schema.pattern}, got ${shown(value)}`]
      : []),
  ]
}

function arrayProblems(schema: StructuralSchema, value: Json[], path: Path): StructuralProblem[] {
  const { items, minItems, maxItems } = schema
  return [
    ...(minItems !== undefined && value.length < minItems
      ? [{ path, message: `expected at least ${minItems} entries, got ${value.length}` }]
      : []),
    ...(maxItems !== undefined && value.length > maxItems
      ? [{ path, message: `expected at most ${maxItems} entries, got ${value.length}` }]
      : []),
    ...(items === undefined ? [] : value.flatMap((one, at) => structuralProblems(items, one, [...path, at]))),
  ]
}

function objectProblems(schema: StructuralSchema, value: { [key: string]: Json }, path: Path): StructuralProblem[] {
  const found: StructuralProblem[] = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => ({ path, message: `${name} is missing` }))
  for (const [name, inner] of Object.entries(value)) {
    const own = schema.properties
    const rest = schema.additionalProperties
    if (own !== undefined && Object.hasOwn(own, name))
      found.push(...structuralProblems(own[name] ?? {}, inner, [...path, name]))
    else if (rest === false) found.push({ path: [...path, name], message: `${name} is not known here` })
    else if (typeof rest === 'object') found.push(...structuralProblems(rest, inner, [...path, name]))
  }
  return found
}

const shown = (value: Json): string => {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
