// What an expression of Terraform's language refers to and calls, with the names that its own loops bring along taken off.
import type { Json } from '../types.js'
import type { Node } from './hcl-node.js'

export interface Reference {
  /** `var`, `project`, … as far as names go; an index or a splat ends the path. */
  readonly path: readonly string[]
  readonly line: number
  /** First index that is written out, as in `aws_iam_role.github["plan"]`. */
  readonly key?: string
}

export interface Call {
  readonly name: string
  readonly line: number
  /** Number of arguments; nothing where the last one is spread. */
  readonly count: number | undefined
}

export interface ExpressionFacts {
  readonly references: readonly Reference[]
  readonly calls: readonly Call[]
}

/** What may follow a name: its attribute, an element of it, or all of them. */
const READS = new Set(['get_attr', 'index', 'splat'])

export function expressionFacts(expression: Node): ExpressionFacts {
  const references: Reference[] = []
  const calls: Call[] = []
  visit(expression, new Set())
  return { references, calls }

  function visit(node: Node, bound: ReadonlySet<string>): void {
    if (node.type === 'function_call') call(node, bound)
    else if (node.type === 'for_expr') loop(node, bound)
    else if (node.type === 'template_for') directive(node, bound)
    else if (node.type === 'object_elem') element(node, bound)
    else each(node.children, bound)
  }

  /** Operands of an operation stand side by side, so a name and what is read of it are found in any list of nodes. */
  function each(nodes: readonly Node[], bound: ReadonlySet<string>): void {
    for (const [at, node] of nodes.entries()) {
      const end = nodes.findIndex((other, index) => index > at && !READS.has(other.type))
      if (node.type === 'variable_expr') reference(node, nodes.slice(at + 1, end < 0 ? undefined : end), bound)
      else visit(node, bound)
    }
  }

  function reference(first: Node, rest: readonly Node[], bound: ReadonlySet<string>): void {
    const { line } = first
    const path = [first.text]
    const key = rest.map((part) => /^\["([^"$]+)"\]$/.exec(part.text)?.[1]).find((one) => one !== undefined)
    let open = true
    for (const part of rest) {
      if (open && part.type === 'get_attr') path.push(part.text.replace(/^\s*\.\s*/, ''))
      // A splat stands between a list and the attribute of each: for the declaration it makes no difference.
      else if (open && part.type === 'index' && path.length < 4) path.push('[]')
      else if (open && part.type === 'splat') {
        path.push(
          '[]',
          ...(part.children[0]?.children ?? [])
            .filter((one) => one.type === 'get_attr')
            .map((one) => one.text.slice(1)),
        )
        open = false
      } else open = false
    }
    if (!bound.has(path[0] ?? '')) references.push({ path, line, ...(key === undefined ? {} : { key }) })
  }

  function call({ children, line }: Node, bound: ReadonlySet<string>): void {
    const given = children.find((child) => child.type === 'function_arguments')?.children ?? []
    const spread = given.some((child) => child.type === 'ellipsis')
    const count = spread ? undefined : given.filter((child) => child.type === 'expression').length
    calls.push({ name: children[0]?.text ?? '', line, count })
    each(given, bound)
  }

  function loop(node: Node, bound: ReadonlySet<string>): void {
    const [form] = node.children
    const intro = form?.children.find((child) => child.type === 'for_intro')
    each(intro?.children.filter((child) => child.type !== 'identifier') ?? [], bound)
    each(form?.children.filter((child) => child !== intro) ?? [], withNames(bound, intro))
  }

  function directive(node: Node, bound: ReadonlySet<string>): void {
    const intro = node.children.find((child) => child.type === 'template_for_start')
    each(intro?.children.filter((child) => child.type !== 'identifier') ?? [], bound)
    each(
      node.children.filter((child) => child !== intro),
      withNames(bound, intro),
    )
  }

  /** A bare word as a key is text, not a reference. */
  function element({ children }: Node, bound: ReadonlySet<string>): void {
    const [key, ...values] = children
    const bare = key?.children.length === 1 && key.children[0]?.type === 'variable_expr'
    if (key !== undefined && !bare) visit(key, bound)
    each(values, bound)
  }
}

const withNames = (bound: ReadonlySet<string>, intro: Node | undefined): ReadonlySet<string> =>
  new Set([
    ...bound,
    ...(intro?.children ?? []).filter((child) => child.type === 'identifier').map((child) => child.text),
  ])

/** The value of an expression that computes nothing. */
export function literalOf(node: Node): Json | undefined {
  const [first] = node.children
  switch (node.type) {
    case 'expression':
      return node.children.length === 1 && first !== undefined ? literalOf(first) : undefined
    case 'literal_value':
    case 'collection_value':
      return first === undefined ? undefined : literalOf(first)
    case 'string_lit':
      return text(node.text)
    case 'numeric_lit':
      return Number(node.text)
    case 'bool_lit':
      return node.text === 'true'
    case 'null_lit':
      return null
    case 'tuple': {
      const items = node.children.filter((child) => child.type === 'expression').map(literalOf)
      return items.some((item) => item === undefined) ? undefined : items.filter((item) => item !== undefined)
    }
    case 'object':
      return objectOf(node)
    default:
      return undefined
  }
}

/** Keys of a map and elements of a list or set that are written out, whatever the values are computed from. */
export function namesOf(node: Node): string[] | undefined {
  const [first, second] = node.children
  if (node.type === 'expression' || node.type === 'collection_value')
    return node.children.length === 1 && first !== undefined ? namesOf(first) : undefined
  if (node.type === 'function_call')
    return first?.text === 'toset' && second?.children.length === 1 && second.children[0] !== undefined
      ? namesOf(second.children[0])
      : undefined
  if (node.type === 'tuple') {
    const items = literalOf(node)
    return Array.isArray(items) && items.every((item) => typeof item === 'string') ? items : undefined
  }
  if (node.type !== 'object') return undefined
  const keys = node.children
    .filter((child) => child.type === 'object_elem')
    .map(({ children: [key] }) => (key === undefined ? undefined : keyOf(key)))
  return keys.every((key) => typeof key === 'string') ? keys : undefined
}

/** A bare word as a key is text. */
const keyOf = (key: Node): Json | undefined => (key.children[0]?.type === 'variable_expr' ? key.text : literalOf(key))

function objectOf(node: Node): Json | undefined {
  const value: { [key: string]: Json } = {}
  for (const { children } of node.children.filter((child) => child.type === 'object_elem')) {
    const [key, inner] = children
    const name = key === undefined ? undefined : keyOf(key)
    const held = inner === undefined ? undefined : literalOf(inner)
    if ((typeof name !== 'string' && typeof name !== 'number') || held === undefined) return undefined
    value[name] = held
  }
  return value
}

function text(source: string): string {
  try {
    return JSON.parse(source) as string
  } catch {
    return source.slice(1, -1)
  }
}
