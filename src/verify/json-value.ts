// Short ways into values that nobody has typed, so that rules over manifests read as what they say.
import type { Json } from '../types.js'

export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** The value at a path of keys and indexes, or nothing. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let current = value
  for (const key of path) {
    if (Array.isArray(current) && typeof key === 'number') current = current[key]
    else if (isObject(current) && Object.hasOwn(current, key)) current = current[key]
    else return undefined
  }
  return current
}

export const objectAt = (value: Json | undefined, ...path: readonly (string | number)[]): JsonObject => {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

export const listAt = (value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const textAt = (value: Json | undefined, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

export const numberAt = (value: Json | undefined, ...path: readonly (string | number)[]): number | undefined => {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** Calls `visit` for every object inside, outermost first, with the path to it. */
export function eachObject(
  value: Json,
  visit: (object: JsonObject, path: readonly (string | number)[]) => void,
  path: readonly (string | number)[] = [],
): void {
  if (Array.isArray(value)) for (const [index, one] of value.entries()) eachObject(one, visit, [...path, index])
  else if (isObject(value)) {
    visit(value, path)
    for (const [key, one] of Object.entries(value)) eachObject(one, visit, [...path, key])
  }
}
