// Makes Handlebars strict where it is not. On its own it lets `{{#if missing}}`, `{{eq missing 1}}` and a missing property
// of a block parameter through in silence, prints null as nothing and adds two numbers that stand side by side.
import Handlebars from 'handlebars'
import { DefinitionError } from '../errors.js'
import type { ParsedTemplate } from './walk.js'

/** Names that no template can write, so that only the rewritten tree calls them. */
const OUTPUT = '#output'
const ARGUMENT = '#argument'

/** Where a value is demanded, for the message when it is not there. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly written: string
}

/** Rewrites parse trees so that every value passes a check that knows its place; one for a template and its partials. */
export class Demands {
  readonly #places: Place[] = []
  readonly #earlier: () => readonly Place[]

  /** `earlier` are the places of trees that were rewritten by another one, read when one of them is asked for. */
  constructor(earlier: () => readonly Place[] = () => []) {
    this.#earlier = earlier
  }

  /** In the order in which the rewritten trees number them. */
  get places(): readonly Place[] {
    return this.#places
  }

  /** Changes `program`, a tree of the template, into one in which each path is demanded. */
  rewrite({ source, file }: ParsedTemplate, program: hbs.AST.Program): hbs.AST.Program {
    const lines = source.split('\n')
    const demand = (name: string, value: hbs.AST.Expression): hbs.AST.SubExpression =>
      call(name, value, this.#keep(value, lines, file))
    const argument = (value: hbs.AST.Expression): hbs.AST.Expression =>
      value.type === 'PathExpression' ? demand(ARGUMENT, value) : value
    const rewriter = new Handlebars.Visitor()
    const visitCall = (node: { params: hbs.AST.Expression[]; hash?: hbs.AST.Hash }): void => {
      for (const param of node.params) if (param.type === 'SubExpression') visitCall(param as hbs.AST.SubExpression)
      node.params = node.params.map(argument)
      for (const pair of node.hash?.pairs ?? []) pair.value = argument(pair.value)
    }
    rewriter.MustacheStatement = (node) => {
      const isCall = node.params.length > 0
      if (isCall) visitCall(node)
      const value = isCall ? { ...node, type: 'SubExpression' as const } : node.path
      const { path, params } = demand(OUTPUT, value as hbs.AST.Expression)
      Object.assign(node, { path, params })
    }
    rewriter.PartialStatement = visitCall
    rewriter.BlockStatement = (node) => {
      visitCall(node)
      if (node.program !== undefined) rewriter.accept(node.program)
      if (node.inverse !== undefined) rewriter.accept(node.inverse)
    }
    rewriter.accept(program)
    return program
  }

  /** Registers the checks that the rewritten trees call. */
  register(handlebars: typeof Handlebars): void {
    handlebars.registerHelper(ARGUMENT, (value: unknown, index: number) => {
      if (value === undefined)
        throw this.#error(index, 'is absent; where it may be, ask with (has parent "name") first')
      return value
    })
    handlebars.registerHelper(OUTPUT, (value: unknown, index: number) => {
      if (value === undefined)
        throw this.#error(index, 'is absent; where it may be, ask with (has parent "name") first')
      if (value === null) throw this.#error(index, 'is null and has no text; ask with #if first')
      if (typeof value === 'object')
        throw this.#error(index, 'is a list or an object; write it with json, yaml, join or #each')
      return String(value)
    })
  }

  #keep(value: hbs.AST.Expression, lines: readonly string[], file: string): number {
    const { start, end } = value.loc
    const own = lines.slice(start.line - 1, end.line)
    const text = own.join(' ').slice(start.column).split('}}')[0] ?? ''
    const written =
      value.type === 'PathExpression'
        ? (value as hbs.AST.PathExpression).original
        : text.replace(/^\{\{[{~]?/, '').trim()
    return this.#places.push({ file, line: start.line, column: start.column + 1, written }) - 1
  }

  #error(index: number, problem: string): DefinitionError {
    const place = this.#places[index] ?? this.#earlier()[index]
    return new DefinitionError(`{{${place?.written}}} ${problem}`, place ?? { file: '' })
  }
}

function call(name: string, value: hbs.AST.Expression, index: number): hbs.AST.SubExpression {
  const { loc } = value
  return {
    type: 'SubExpression',
    path: { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc },
    params: [value, { type: 'NumberLiteral', value: index, original: index, loc } as hbs.AST.NumberLiteral],
    hash: { type: 'Hash', pairs: [], loc },
    loc,
  }
}
