// Finds every path that a template can read, as it stands from the root of the context, through blocks and partials.
import Handlebars from 'handlebars'
import { DefinitionError } from '../errors.js'
import { BLOCKS, FUNCTIONS } from './functions.js'
import { locate, rootScope, type Scope, type Where, within, wrong } from './scope.js'

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

type Partials = ReadonlyMap<string, ParsedTemplate>

/** All paths of a template and of the partials that it draws in. Throws at an unknown helper, block or partial. */
export function pathsOf(template: ParsedTemplate, partials: Partials = new Map()): PathUse[] {
  const walk: Walk = { partials, found: [] }
  statements(template.program, rootScope(template.file), walk)
  return walk.found
}

interface Walk {
  readonly partials: Partials
  readonly found: PathUse[]
}

function statements(program: hbs.AST.Program, scope: Scope, walk: Walk): void {
  for (const node of program.body) {
    if (node.type === 'BlockStatement') block(node as hbs.AST.BlockStatement, scope, walk)
    else if (node.type === 'PartialStatement') partial(node as hbs.AST.PartialStatement, scope, walk)
    else if (node.type === 'MustacheStatement') mustache(node as hbs.AST.MustacheStatement, scope, walk)
    else if (node.type !== 'ContentStatement' && node.type !== 'CommentStatement') {
      throw wrong('decorators and partial blocks are not used here', node, scope)
    }
  }
}

function mustache(node: hbs.AST.MustacheStatement, scope: Scope, walk: Walk): void {
  const isCall = node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0
  if (isCall) call(node as hbs.AST.MustacheStatement & { path: hbs.AST.PathExpression }, scope, walk)
  else value(node.path, scope, walk)
}

function block(node: hbs.AST.BlockStatement, scope: Scope, walk: Walk): void {
  const name = node.path.original
  const kind = BLOCKS[name]
  const [subject, second] = node.params
  if (kind === undefined) {
    throw wrong(`unknown block ${name}; expected one of ${Object.keys(BLOCKS).join(', ')}`, node, scope)
  }
  if (subject === undefined || second !== undefined) {
    throw wrong(`#${name} takes one value; got ${node.params.length}`, node, scope)
  }
  const where = value(subject, scope, walk)
  if (node.program) statements(node.program, kind === 'same' ? scope : within(kind, where, node.program, scope), walk)
  if (node.inverse) statements(node.inverse, scope, walk)
}

function partial(node: hbs.AST.PartialStatement, scope: Scope, walk: Walk): void {
  if (node.name.type !== 'PathExpression') {
    throw wrong('a partial is called by its name, not by a computed one', node, scope)
  }
  const name = (node.name as hbs.AST.PathExpression).original
  const target = walk.partials.get(name)
  if (target === undefined) {
    throw wrong(
      `unknown partial ${name}; expected one of ${[...walk.partials.keys()].join(', ') || 'none'}`,
      node,
      scope,
    )
  }
  if (scope.trail.includes(name)) throw wrong(`partial ${name} contains itself`, node, scope)
  const given = node.params[0]
  const inside: Scope = {
    ...scope,
    file: target.file,
    context: given === undefined ? scope.context : value(given, scope, walk),
    outer: given === undefined ? scope.outer : [scope.context, ...scope.outer],
    names: new Map((node.hash?.pairs ?? []).map((pair) => [pair.key, value(pair.value, scope, walk)])),
    trail: [...scope.trail, name],
  }
  statements(target.program, inside, walk)
}

function value(node: hbs.AST.Node, scope: Scope, walk: Walk): Where {
  if (node.type === 'SubExpression') return call(node as hbs.AST.SubExpression, scope, walk)
  if (node.type !== 'PathExpression') return undefined
  const path = node as hbs.AST.PathExpression
  const where = locate(path, scope)
  if (where !== undefined && where.length > 0) walk.found.push(useOf(where, path.original, path, scope))
  return where
}

type Call = hbs.AST.Node & Pick<hbs.AST.SubExpression, 'path' | 'params' | 'hash'>

function call(node: Call, scope: Scope, walk: Walk): Where {
  const name = node.path.original
  if (!FUNCTIONS.has(name))
    throw wrong(`unknown helper ${name}; expected one of ${[...FUNCTIONS].join(', ')}`, node, scope)
  if ((node.hash?.pairs.length ?? 0) > 0) throw wrong(`${name} takes no named arguments`, node, scope)
  const [owner, key] = node.params
  // `has` asks for what may be absent at run time, yet a name that can never exist is a slip of the pen.
  const isNamed = (name === 'has' || name === 'lookup') && key?.type === 'StringLiteral'
  if (isNamed && owner?.type === 'PathExpression') {
    // Of the object nothing but this name is read.
    const object = locate(owner as hbs.AST.PathExpression, scope)
    if (object === undefined) return undefined
    const where = [...object, (key as hbs.AST.StringLiteral).value]
    walk.found.push(useOf(where, where.join('.'), key, scope))
    return name === 'lookup' ? where : undefined
  }
  for (const param of node.params) value(param, scope, walk)
  return undefined
}

const useOf = (parts: readonly string[], written: string, { loc }: hbs.AST.Node, { file }: Scope): PathUse => ({
  parts,
  written,
  file,
  line: loc.start.line,
  column: loc.start.column + 1,
})
