// Finds every path that a template can read, as it stands from the root of the context, through blocks and partials.
import Handlebars from 'handlebars'
import { DefinitionError } from '../errors.js'
import { BLOCKS, HELPERS } from './helpers.js'
import { ANY_ITEM } from './shape.js'

/** A path as the context sees it, e.g. `contract.endpoints.*.port`, and the place in the template that reads it. */
export interface PathUse {
  readonly parts: readonly string[]
  readonly written: string
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface ParsedTemplate {
  readonly file: string
  readonly source: string
  readonly program: hbs.AST.Program
}

/** Parses one template; a syntax error carries its line. */
export function parseTemplate(source: string, file: string): ParsedTemplate {
  try {
    return { file, source, program: Handlebars.parse(source) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1)
    throw new DefinitionError(`not a valid template: ${message.split('\n').at(-1) ?? message}`, { file, line })
  }
}

/** Undefined where the value comes out of a helper: nothing is known about what lies below it. */
type Where = readonly string[] | undefined
interface Scope {
  readonly file: string
  readonly context: Where
  /** Enclosing contexts, nearest first, for `../`. */
  readonly outer: readonly Where[]
  readonly names: ReadonlyMap<string, Where>
  readonly inEach: boolean
  /** Names of the partials that are being expanded, to find one that contains itself. */
  readonly trail: readonly string[]
}

/** All paths of a template and of the partials that it draws in. */
export function pathsOf(
  template: ParsedTemplate,
  partials: ReadonlyMap<string, ParsedTemplate> = new Map(),
): PathUse[] {
  const found: PathUse[] = []
  const fail = (message: string, node: hbs.AST.Node, scope: Scope): never => {
    throw new DefinitionError(message, {
      file: scope.file,
      line: node.loc.start.line,
      column: node.loc.start.column + 1,
    })
  }

  const read = (node: hbs.AST.Node, scope: Scope): Where => {
    if (node.type === 'SubExpression') {
      const inner = node as hbs.AST.SubExpression
      return call(inner.path, inner.params, inner.hash, inner, scope)
    }
    if (node.type !== 'PathExpression') return undefined
    const path = node as hbs.AST.PathExpression
    const where = locate(path, scope)
    if (where !== undefined && where.length > 0) {
      found.push({
        parts: where,
        written: path.original,
        file: scope.file,
        line: path.loc.start.line,
        column: path.loc.start.column + 1,
      })
    }
    return where
  }

  const locate = (path: hbs.AST.PathExpression, scope: Scope): Where => {
    const [first, ...rest] = path.parts
    if (path.data) {
      if (first === 'root') return rest
      if (scope.inEach && rest.length === 0 && ['index', 'key', 'first', 'last'].includes(first ?? '')) return undefined
      return fail(
        `${path.original} does not exist; expected @root, or inside #each @index, @key, @first or @last`,
        path,
        scope,
      )
    }
    if (path.depth > 0) {
      if (path.depth > scope.outer.length) fail(`${path.original} leads out of the context`, path, scope)
      return below(scope.outer[path.depth - 1], path.parts)
    }
    const isBare = !/^(\.|this\b)/.test(path.original)
    if (isBare && first !== undefined && scope.names.has(first)) return below(scope.names.get(first), rest)
    return below(scope.context, path.parts)
  }

  const call = (
    callee: hbs.AST.PathExpression,
    params: hbs.AST.Expression[],
    hash: hbs.AST.Hash | undefined,
    node: hbs.AST.Node,
    scope: Scope,
  ): Where => {
    const name = callee.original
    if (!HELPERS.has(name)) fail(`unknown helper ${name}; expected one of ${[...HELPERS].join(', ')}`, node, scope)
    if (hash !== undefined && hash.pairs.length > 0) fail(`${name} takes no named arguments`, node, scope)
    const values = params.map((param) => read(param, scope))
    const key = params[1]
    // `has` asks for what may be absent at run time, yet a name that can never exist is a slip of the pen.
    if ((name === 'has' || name === 'lookup') && key?.type === 'StringLiteral' && values[0] !== undefined) {
      const written = (key as hbs.AST.StringLiteral).value
      const parts = [...values[0], written]
      found.push({
        parts,
        written: parts.join('.'),
        file: scope.file,
        line: key.loc.start.line,
        column: key.loc.start.column + 1,
      })
      return name === 'lookup' ? parts : undefined
    }
    return undefined
  }

  const block = (node: hbs.AST.BlockStatement, scope: Scope): void => {
    const kind = BLOCKS[node.path.original]
    if (kind === undefined)
      return void fail(
        `unknown block ${node.path.original}; expected one of ${Object.keys(BLOCKS).join(', ')}`,
        node,
        scope,
      )
    if (node.params.length !== 1) fail(`#${node.path.original} takes one value; got ${node.params.length}`, node, scope)
    const value = read(node.params[0] ?? node.path, scope)
    if (node.program !== undefined)
      program(node.program, kind === 'same' ? scope : within(kind, value, node.program, scope))
    if (node.inverse !== undefined) program(node.inverse, scope)
  }

  const within = (kind: 'item' | 'value', value: Where, body: hbs.AST.Program, scope: Scope): Scope => {
    const context = kind === 'item' ? below(value, [ANY_ITEM]) : value
    const names = new Map(scope.names)
    const [item, key] = body.blockParams ?? []
    if (item !== undefined) names.set(item, context)
    if (key !== undefined) names.set(key, undefined)
    return { ...scope, context, outer: [scope.context, ...scope.outer], names, inEach: scope.inEach || kind === 'item' }
  }

  const partial = (node: hbs.AST.PartialStatement, scope: Scope): void => {
    if (node.name.type !== 'PathExpression')
      return void fail('a partial is called by its name, not by a computed one', node, scope)
    const name = (node.name as hbs.AST.PathExpression).original
    const target = partials.get(name)
    if (target === undefined)
      return void fail(
        `unknown partial ${name}; expected one of ${[...partials.keys()].join(', ') || 'none'}`,
        node,
        scope,
      )
    if (scope.trail.includes(name)) fail(`partial ${name} contains itself`, node, scope)
    const given = node.params[0]
    const context = given === undefined ? scope.context : read(given, scope)
    const outer = given === undefined ? scope.outer : [scope.context, ...scope.outer]
    const names = new Map((node.hash?.pairs ?? []).map((pair) => [pair.key, read(pair.value, scope)]))
    program(target.program, {
      ...scope,
      file: target.file,
      context,
      outer,
      names,
      trail: [...scope.trail, name],
    })
  }

  const program = (body: hbs.AST.Program, scope: Scope): void => {
    for (const node of body.body) {
      if (node.type === 'BlockStatement') block(node as hbs.AST.BlockStatement, scope)
      else if (node.type === 'PartialStatement') partial(node as hbs.AST.PartialStatement, scope)
      else if (node.type === 'MustacheStatement') mustache(node as hbs.AST.MustacheStatement, scope)
      else if (node.type !== 'ContentStatement' && node.type !== 'CommentStatement')
        fail('decorators and partial blocks are not used here', node, scope)
    }
  }

  const mustache = (node: hbs.AST.MustacheStatement, scope: Scope): void => {
    const isCall = node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0
    if (isCall) call(node.path as hbs.AST.PathExpression, node.params, node.hash, node, scope)
    else read(node.path, scope)
  }

  program(template.program, { file: template.file, context: [], outer: [], names: new Map(), inEach: false, trail: [] })
  return found
}

const below = (where: Where, parts: readonly string[]): Where =>
  where === undefined ? undefined : [...where, ...parts]
