// What a context may hold, as far as paths are concerned: the small part of JSON Schema that says which names exist.
/** A JSON Schema, as zod's toJSONSchema gives it; keywords that say nothing about names are ignored. */
export type Shape = { readonly [keyword: string]: unknown }

/** Anything at all may stand below it. */
export const ANYTHING: Shape = {}

export const record = (properties: Readonly<Record<string, Shape>>): Shape => ({
  type: 'object',
  properties,
  additionalProperties: false,
})

/** The part of a path that stands for any item of a list or any entry of a record. */
export const ANY_ITEM = '*'

/** Whether `parts` can exist in a value of this shape; unions hold what any of their members holds. */
export function shapeHas(shape: Shape, parts: readonly string[], root: Shape = shape): boolean {
  const resolved = resolve(shape, root)
  const union = [resolved.anyOf, resolved.oneOf, resolved.allOf].filter(isList).flat()
  if (union.length > 0) return union.some((member) => isShape(member) && shapeHas(member, parts, root))
  const [first, ...rest] = parts
  if (first === undefined) return true
  return children(resolved, first).some((child) => shapeHas(child, rest, root))
}

/** Names that exist directly below `parts`, to say in a message what would have been right. */
export function namesAt(shape: Shape, parts: readonly string[], root: Shape = shape): string[] {
  const resolved = resolve(shape, root)
  const union = [resolved.anyOf, resolved.oneOf, resolved.allOf].filter(isList).flat().filter(isShape)
  if (union.length > 0) return [...new Set(union.flatMap((member) => namesAt(member, parts, root)))]
  const [first, ...rest] = parts
  if (first === undefined) return isShape(resolved.properties) ? Object.keys(resolved.properties) : []
  return [...new Set(children(resolved, first).flatMap((child) => namesAt(child, rest, root)))]
}

function children(shape: Shape, name: string): Shape[] {
  if (isUnconstrained(shape)) return [ANYTHING]
  if (shape.type === 'array') {
    if (name === 'length') return [{ type: 'number' }]
    const tuple = isList(shape.prefixItems) ? shape.prefixItems : []
    const isIndex = name === ANY_ITEM || /^\d+$/.test(name)
    return isIndex ? [...tuple, shape.items].filter(isShape) : []
  }
  const properties = isShape(shape.properties) ? shape.properties : {}
  const open = isShape(shape.additionalProperties)
    ? [shape.additionalProperties]
    : shape.additionalProperties === true
      ? [ANYTHING]
      : []
  if (name === ANY_ITEM) return [...Object.values(properties).filter(isShape), ...open]
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined
  return isShape(own) ? [own] : open
}

const isUnconstrained = (shape: Shape): boolean =>
  shape.type === undefined &&
  shape.properties === undefined &&
  shape.items === undefined &&
  shape.const === undefined &&
  shape.enum === undefined

function resolve(shape: Shape, root: Shape): Shape {
  if (typeof shape.$ref !== 'string') return shape
  let target: unknown = root
  for (const part of shape.$ref.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    target = isShape(target) ? target[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  }
  return isShape(target) && target !== shape ? target : ANYTHING
}

const isShape = (value: unknown): value is Shape => typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value: unknown): value is unknown[] => Array.isArray(value)
