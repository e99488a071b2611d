// Where a path of a template leads, seen from the root of the context: blocks, block parameters and `../` resolved.
import { DefinitionError } from '../errors.js'
import { ANY_ITEM } from './shape.js'

/** Parts from the root, or undefined where the value comes out of a helper and nothing is known about what lies below it. */
export type Where = readonly string[] | undefined

export interface Scope {
  readonly file: string
  readonly context: Where
  /** Enclosing contexts, nearest first, for `../`. */
  readonly outer: readonly Where[]
  /** Block parameters, and what a partial is given by name. */
  readonly names: ReadonlyMap<string, Where>
  readonly inEach: boolean
  /** Names of the partials that are being expanded, to find one that contains itself. */
  readonly trail: readonly string[]
}

export const rootScope = (file: string): Scope => ({
  file,
  context: [],
  outer: [],
  names: new Map(),
  inEach: false,
  trail: [],
})

/** The scope inside `#each` (every item) or `#with` (the value itself). */
export function within(kind: 'item' | 'value', value: Where, body: hbs.AST.Program, scope: Scope): Scope {
  const context = kind === 'item' ? below(value, [ANY_ITEM]) : value
  const names = new Map(scope.names)
  const [item, key] = body.blockParams ?? []
  if (item !== undefined) names.set(item, context)
  if (key !== undefined) names.set(key, undefined)
  const inEach = scope.inEach || kind === 'item'
  return { ...scope, context, outer: [scope.context, ...scope.outer], names, inEach }
}

/** Where a written path leads; throws where it leads out of the context. */
export function locate(path: hbs.AST.PathExpression, scope: Scope): Where {
  const [first, ...rest] = path.parts
  if (path.data) {
    if (first === 'root') return rest
    if (scope.inEach && rest.length === 0 && ['index', 'key', 'first', 'last'].includes(first ?? '')) return undefined
    const expected = 'expected @root, or inside #each @index, @key, @first or @last'
    throw wrong(`${path.original} does not exist; ${expected}`, path, scope)
  }
  if (path.depth > 0) {
    if (path.depth > scope.outer.length) throw wrong(`${path.original} leads out of the context`, path, scope)
    return below(scope.outer[path.depth - 1], path.parts)
  }
  const isBare = !/^(\.|this\b)/.test(path.original)
  if (isBare && first !== undefined && scope.names.has(first)) return below(scope.names.get(first), rest)
  return below(scope.context, path.parts)
}

/** An error at a place of the template that the scope belongs to. */
export const wrong = (message: string, node: hbs.AST.Node, scope: Scope): DefinitionError =>
  new DefinitionError(message, { file: scope.file, line: node.loc.start.line, column: node.loc.start.column + 1 })

const below = (where: Where, parts: readonly string[]): Where =>
  where === undefined ? undefined : [...where, ...parts]
