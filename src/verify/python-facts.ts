// What other files must agree with in a Python file: imports, calls, subscripts, names, strings. Read by a real parser, never by pattern.
import type { SyntaxNode } from '@lezer/common'

export interface PythonImport {
  /** Dotted module; the dots of a relative import are counted in `level`. */
  readonly module: string
  readonly level: number
  /** Empty for `import x`. */
  readonly names: readonly string[]
  readonly line: number
}

/** A literal that a check can compare, or nothing where the argument is computed. */
export type Literal = string | readonly string[] | undefined

export interface PythonCall {
  /** Source text of what is called, e.g. `metrics.Counter`. */
  readonly callee: string
  readonly positional: readonly Literal[]
  readonly keywords: ReadonlyMap<string, Literal>
  readonly line: number
}

interface PythonFunction {
  readonly name: string
  readonly parameters: readonly string[]
  /** Source texts without the at sign. */
  readonly decorators: readonly string[]
  readonly line: number
}

export interface PythonFacts {
  readonly imports: readonly PythonImport[]
  readonly calls: readonly PythonCall[]
  readonly subscripts: readonly { object: string; key: string; line: number }[]
  readonly functions: readonly PythonFunction[]
  readonly strings: readonly { value: string; line: number }[]
  /** Strings joined to the project's root, as in `root / "conf/base.yaml"`. */
  readonly rooted: readonly { value: string; line: number }[]
  /** Names that importing the module makes available. */
  readonly names: ReadonlySet<string>
}

export async function parseFacts(text: string): Promise<PythonFacts> {
  const { parser } = await import('@lezer/python')
  return collect(parser.parse(text).topNode, text)
}

function collect(top: SyntaxNode, text: string): PythonFacts {
  const lineAt = lineCounter(text)
  const source = (node: SyntaxNode) => text.slice(node.from, node.to)
  const imports: PythonImport[] = []
  const calls: PythonCall[] = []
  const subscripts: { object: string; key: string; line: number }[] = []
  const functions: PythonFunction[] = []
  const strings: { value: string; line: number }[] = []
  const rooted: { value: string; line: number }[] = []
  const names = new Set<string>()

  const visit = (node: SyntaxNode, depth: number): void => {
    const line = lineAt(node.from)
    if (node.name === 'ImportStatement') {
      const found = importOf(node, source, line)
      imports.push(...found)
      for (const { bound } of found) for (const name of bound) if (depth === 0) names.add(name)
      return
    }
    if (node.name === 'CallExpression') calls.push({ ...callOf(node, source), line })
    if (node.name === 'MemberExpression') {
      const subscript = subscriptOf(node, source)
      if (subscript !== undefined) subscripts.push({ ...subscript, line })
    }
    if (node.name === 'FunctionDefinition') functions.push({ ...functionOf(node, source), line })
    if (depth === 0) for (const name of boundNames(node, source)) names.add(name)
    if (node.name === 'String' || node.name === 'ContinuedString') {
      const value = stringValue(node, source) ?? ''
      strings.push({ value, line })
      const path = rootedPathOf(node, value, source)
      if (path !== undefined) rooted.push({ value: path, line })
      if (node.name === 'ContinuedString') return
    }
    // Only functions and classes hide what they define; names set inside `if` or `try` belong to the module.
    const inner =
      node.name === 'FunctionDefinition' || node.name === 'ClassDefinition' || node.name === 'LambdaExpression'
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child, inner ? depth + 1 : depth)
  }
  visit(top, 0)
  return { imports, calls, subscripts, functions, strings, rooted, names }
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

const children = (node: SyntaxNode): SyntaxNode[] => {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child)
  return found
}

type Source = (node: SyntaxNode) => string

function importOf(node: SyntaxNode, source: Source, line: number): (PythonImport & { bound: string[] })[] {
  const words = children(node)
    .filter((child) => child.name !== 'Comment')
    .map(source)
  if (words[0] === 'from') {
    const at = words.indexOf('import')
    const module = words.slice(1, at).join('')
    const level = /^\.*/.exec(module)?.[0].length ?? 0
    const { names, bound } = aliased(words.slice(at + 1).filter((word) => word !== '(' && word !== ')'))
    return [{ module: module.slice(level), level, names, line, bound }]
  }
  return split(words.slice(1)).map((part) => {
    const as = part.indexOf('as')
    const module = (as < 0 ? part : part.slice(0, as)).join('')
    // `import a.b` binds `a`; `import a.b as c` binds `c`.
    const bound = as < 0 ? (module.split('.')[0] ?? module) : (part[as + 1] ?? module)
    return { module, level: 0, names: [], line, bound: [bound] }
  })
}

function split(words: readonly string[]): string[][] {
  const parts: string[][] = [[]]
  for (const word of words) word === ',' ? parts.push([]) : parts.at(-1)?.push(word)
  return parts.filter((part) => part.length > 0)
}

function aliased(words: readonly string[]): { names: string[]; bound: string[] } {
  const parts = split(words)
  return { names: parts.map((part) => part[0] ?? ''), bound: parts.map((part) => part.at(-1) ?? '') }
}

function callOf(node: SyntaxNode, source: Source): Omit<PythonCall, 'line'> {
  const [callee, list] = [node.firstChild, node.getChild('ArgList')]
  const positional: Literal[] = []
  const keywords = new Map<string, Literal>()
  const open = list === null ? [] : children(list).filter((child) => !['(', ')', ',', 'Comment'].includes(child.name))
  for (let i = 0; i < open.length; i += 1) {
    const [name, sign, value] = [open[i], open[i + 1], open[i + 2]]
    if (name === undefined) continue
    if (sign?.name === 'AssignOp' && value !== undefined) {
      keywords.set(source(name), literalOf(value, source))
      i += 2
    } else positional.push(literalOf(name, source))
  }
  return { callee: callee === null ? '' : source(callee), positional, keywords }
}

function literalOf(node: SyntaxNode, source: Source): Literal {
  if (node.name === 'String' || node.name === 'ContinuedString') return stringValue(node, source)
  if (!['ArrayExpression', 'TupleExpression', 'SetExpression'].includes(node.name)) return undefined
  const items = children(node).filter((child) => !/^[[\](){},]$/.test(child.name) && child.name !== 'Comment')
  const values = items.map((item) => literalOf(item, source))
  return values.every((value) => typeof value === 'string') ? values : undefined
}

/** Value of a plain string; escapes other than the quotes' own do not occur in the names that checks compare. */
function stringValue(node: SyntaxNode, source: Source): string | undefined {
  if (node.name === 'ContinuedString')
    return children(node)
      .map((part) => stringValue(part, source) ?? '')
      .join('')
  const match = /^[rRbBuU]*("""|'''|"|')([\s\S]*)\1$/.exec(source(node))
  return match?.[2]?.replace(/\\(["'\\])/g, '$1')
}

/** The path from the root that ends in this string: `root / "conf" / "base.yaml"` gives `conf/base.yaml`. */
function rootedPathOf(node: SyntaxNode, value: string, source: Source): string | undefined {
  const join = node.parent?.name === 'BinaryExpression' ? node.parent : null
  const [left, sign, right] = join === null ? [] : children(join)
  if (left === undefined || sign === undefined || right === undefined) return undefined
  if (source(sign) !== '/' || right.from !== node.from) return undefined
  if (/^[\w.]*(^|[._])root(\(\))?$/i.test(source(left))) return value
  const before = left.name === 'BinaryExpression' ? left.lastChild : null
  const above = before?.name === 'String' ? rootedPathOf(before, stringValue(before, source) ?? '', source) : undefined
  return above === undefined ? undefined : `${above}/${value}`
}

function subscriptOf(node: SyntaxNode, source: Source): { object: string; key: string } | undefined {
  const [object, open, key, close] = children(node)
  if (object === undefined || key === undefined || open?.name !== '[' || close?.name !== ']') return undefined
  const value = stringValue(key, source)
  return key.name !== 'String' || value === undefined ? undefined : { object: source(object), key: value }
}

function functionOf(node: SyntaxNode, source: Source): Omit<PythonFunction, 'line'> {
  const list = node.getChild('ParamList')
  const parameters: string[] = []
  let before = ','
  for (const child of list === null ? [] : children(list)) {
    // A default value is a name too; only what follows a comma, a star or the bracket is a parameter.
    if (child.name === 'VariableName' && [',', '(', '*', '**', '/'].includes(before)) parameters.push(source(child))
    before = child.name
  }
  const decorated = node.parent?.name === 'DecoratedStatement' ? node.parent.getChildren('Decorator') : []
  const name = node.getChild('VariableName')
  return {
    name: name === null ? '' : source(name),
    parameters,
    decorators: decorated.map((decorator) => source(decorator).trim().slice(1)),
  }
}

function boundNames(node: SyntaxNode, source: Source): string[] {
  if (node.name === 'FunctionDefinition' || node.name === 'ClassDefinition' || node.name === 'TypeDefinition') {
    const name = node.getChild('VariableName')
    return name === null ? [] : [source(name)]
  }
  if (node.name !== 'AssignStatement') return []
  const names: string[] = []
  for (const child of children(node)) {
    if (child.name === 'AssignOp') break
    if (child.name === 'VariableName') names.push(source(child))
    if (child.name === 'TupleExpression') names.push(...child.getChildren('VariableName').map(source))
  }
  return names
}
