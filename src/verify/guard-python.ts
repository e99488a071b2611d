// A Python file as the guard compares it: functions, calls, handlers, raised errors, defaults. By a real parser, so that layout says nothing.
import type { SyntaxNode } from '@lezer/common'
import type { EmittedFile } from '../types.js'

/** A node of the syntax tree, copied, without comments and brackets that only group. */
export interface Code {
  readonly type: string
  /** Source with the layout taken off. */
  readonly text: string
  readonly line: number
  readonly children: readonly Code[]
}

export interface CodeCall {
  readonly callee: string
  readonly positional: readonly Code[]
  readonly keywords: ReadonlyMap<string, Code>
  readonly scope: string
  readonly line: number
}

export interface CodeFunction {
  /** With the classes and functions around it, e.g. `Platform.stage`. */
  readonly name: string
  readonly decorators: readonly Code[]
  readonly statements: readonly Code[]
  readonly line: number
}

export interface PythonCode {
  readonly root: Code
  readonly functions: readonly CodeFunction[]
  readonly calls: readonly CodeCall[]
}

const known = new WeakMap<EmittedFile, Promise<PythonCode>>()

export function pythonCode(file: EmittedFile): Promise<PythonCode> {
  const before = known.get(file) ?? read(file.content)
  known.set(file, before)
  return before
}

async function read(text: string): Promise<PythonCode> {
  const { parser } = await import('@lezer/python')
  let line = 1
  let at = 0
  const lineAt = (offset: number): number => {
    // The tree is walked from the front, so that the text is counted once.
    if (offset < at) [line, at] = [1, 0]
    for (; at < offset; at += 1) if (text.charCodeAt(at) === 10) line += 1
    return line
  }
  const root = copied(parser.parse(text).topNode, text, lineAt)
  const functions: CodeFunction[] = []
  const calls: CodeCall[] = []
  collect(root, '', functions, calls, [])
  return { root, functions, calls }
}

function copied(node: SyntaxNode, text: string, lineAt: (offset: number) => number): Code {
  const line = lineAt(node.from)
  const children: Code[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'Comment') children.push(copied(child, text, lineAt))
  const [only, operand] = children
  // The grammar takes `not a or b` for `not (a or b)`; brackets that are written tell them apart.
  if (only?.type === 'not' && operand !== undefined && node.lastChild?.name === 'BinaryExpression')
    return negated(only, operand)
  if (node.name === 'ParenthesizedExpression' && children[1] !== undefined) return children[1]
  if (only === undefined) return { type: node.name, text: text.slice(node.from, node.to), line, children }
  const said = node.name === 'String' || node.name === 'FormatString'
  let joined: string | undefined = said ? text.slice(node.from, node.to) : undefined
  return {
    type: node.name,
    get text() {
      joined ??= children.map((child) => child.text).join(' ')
      return joined
    },
    line,
    children,
  }
}

function negated(not: Code, code: Code): Code {
  const [left, sign, right] = code.children
  const joins = code.type === 'BinaryExpression' && /^(and|or)$/.test(sign?.type ?? '')
  const children = joins && left && sign && right ? [negated(not, left), sign, right] : [not, code]
  return {
    type: joins ? 'BinaryExpression' : 'UnaryExpression',
    text: children.map(({ text }) => text).join(' '),
    line: not.line,
    children,
  }
}

function collect(
  node: Code,
  scope: string,
  functions: CodeFunction[],
  calls: CodeCall[],
  decorators: readonly Code[],
): void {
  if (node.type === 'CallExpression') calls.push(callOf(node, scope))
  if (node.type === 'DecoratedStatement') {
    const own = node.children.filter(({ type }) => type === 'Decorator')
    for (const child of node.children) collect(child, scope, functions, calls, own)
    return
  }
  const defined = node.type === 'FunctionDefinition' || node.type === 'ClassDefinition'
  const name = defined ? (node.children.find(({ type }) => type === 'VariableName')?.text ?? '') : ''
  const inner = defined ? (scope === '' ? name : `${scope}.${name}`) : scope
  if (node.type === 'FunctionDefinition')
    functions.push({ name: inner, decorators, statements: statementsOf(node), line: node.line })
  for (const child of node.children) collect(child, inner, functions, calls, [])
}

/** Statements of a body, a docstring aside. */
export function statementsOf(node: Code): Code[] {
  const body = node.children.find(({ type }) => type === 'Body')
  const all = (body?.children ?? []).filter(({ type }) => type !== ':')
  const [first] = all
  const doc = first?.type === 'ExpressionStatement' && first.children.every(({ type }) => /String$/.test(type))
  return doc ? all.slice(1) : all
}

export function callOf(node: Code, scope: string): CodeCall {
  const open = (node.children.find(({ type }) => type === 'ArgList')?.children ?? []).filter(
    ({ type }) => !['(', ')', ','].includes(type),
  )
  const positional: Code[] = []
  const keywords = new Map<string, Code>()
  for (let at = 0; at < open.length; at += 1) {
    const [name, sign, value] = [open[at], open[at + 1], open[at + 2]]
    if (name === undefined) continue
    if (sign?.type === 'AssignOp' && value !== undefined) {
      keywords.set(name.text, value)
      at += 2
    } else positional.push(name)
  }
  return { callee: (node.children[0]?.text ?? '').replace(/ /g, ''), positional, keywords, scope, line: node.line }
}

/** Every node inside, outermost first. */
export function within(node: Code, into: Code[] = []): Code[] {
  into.push(node)
  for (const child of node.children) within(child, into)
  return into
}

/** Value of a plain string. */
export const stringOf = (node: Code | undefined): string | undefined =>
  node?.type === 'String' ? /^[rRbBuU]*("""|'''|"|')([\s\S]*)\1$/.exec(node.text)?.[2] : undefined

/** Value of a number, with its sign. */
export function numberOf(node: Code | undefined): number | undefined {
  if (node === undefined) return undefined
  const value = Number(node.text.replace(/[ _]/g, ''))
  return /^(Number|UnaryExpression)$/.test(node.type) && Number.isFinite(value) ? value : undefined
}

/** Ends of the ranges inside, in their order. */
export const rangesIn = (code: Code): number[] =>
  within(code)
    .filter(({ type, children }) => type === 'CallExpression' && children[0]?.text === 'range')
    .flatMap((call) => numberOf(callOf(call, '').positional.at(-1)) ?? [])

export const isPython = ({ path }: Pick<EmittedFile, 'path'>): boolean => path.endsWith('.py')
