// One way to ask a JSON Schema about a value, with the errors that a person can act on instead of the whole derivation.
import { type OutputUnit, type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema'
import type { Json } from '../types.js'

export interface SchemaProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const validators = new WeakMap<object, Validator>()

/** Problems of `value` under `schema`; the most deeply nested ones only, as the outer ones merely repeat them. */
export function schemaProblems(schema: Json, value: Json, referred: readonly Json[] = []): SchemaProblem[] {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema))
    return [{ path: [], message: 'its schema is not an object' }]
  const known = validators.get(schema)
  const validator = known ?? new Validator(schema as Schema, draftOf(schema), false)
  if (known === undefined) {
    for (const other of referred) validator.addSchema(other as Schema)
    validators.set(schema, validator)
  }
  const { valid, errors } = validator.validate(value)
  return valid ? [] : deepest(errors)
}

/** pydantic writes no `$schema` and means 2020-12. */
function draftOf(schema: { [key: string]: Json }): SchemaDraft {
  const declared = typeof schema.$schema === 'string' ? schema.$schema : ''
  if (declared.includes('draft-07')) return '7'
  if (declared.includes('draft-04')) return '4'
  return declared.includes('2019-09') ? '2019-09' : '2020-12'
}

function deepest(errors: readonly OutputUnit[]): SchemaProblem[] {
  const depth = (error: OutputUnit) => error.instanceLocation.split('/').length
  const most = Math.max(...errors.map(depth))
  const chosen = errors.filter((error) => depth(error) === most)
  const worded = new Map<string, SchemaProblem>()
  for (const error of chosen) {
    const path = pointer(error.instanceLocation)
    // A `false` schema is how "additionalProperties: false" reports the key itself.
    const message = error.keyword === 'false' ? 'this key is not expected here' : error.error
    const key = error.instanceLocation
    const before = worded.get(key)
    worded.set(key, before === undefined ? { path, message } : { path, message: `${before.message} ${message}` })
  }
  return [...worded.values()]
}

function pointer(location: string): (string | number)[] {
  return location
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
