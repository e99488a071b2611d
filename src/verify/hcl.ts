// Terraform's language as blocks and attributes with their lines, and what each expression refers to. The grammar is tree-sitter's, as wasm.
import { readFileSync } from 'node:fs'
import v8 from 'node:v8'
import type { Tree, TreeCursor } from 'web-tree-sitter'
import type { EmittedFile, Json } from '../types.js'
import { giveWay } from './give-way.js'
import { type Call, expressionFacts, literalOf, namesOf, type Reference } from './hcl-expressions.js'
import type { Node } from './hcl-node.js'

export interface HclAttribute {
  readonly name: string
  readonly line: number
  readonly references: readonly Reference[]
  readonly calls: readonly Call[]
  /** Value of a literal, a list or a map of literals; nothing where something is computed. */
  readonly literal: Json | undefined
  /** Keys of a map and elements of a list that are written out, also where the values are computed. */
  readonly names: readonly string[] | undefined
  /** Every text that is written out anywhere in the expression. */
  readonly strings: readonly string[]
}

export interface HclBlock {
  readonly type: string
  readonly labels: readonly string[]
  readonly line: number
  readonly body: HclBody
}

export interface HclBody {
  readonly attributes: readonly HclAttribute[]
  readonly blocks: readonly HclBlock[]
}

export interface HclFile {
  readonly body: HclBody
  readonly problems: readonly { readonly line: number; readonly message: string }[]
}

/** Every attribute of some blocks, however deep. */
export function* eachAttributeOf(blocks: readonly HclBlock[]): Generator<HclAttribute> {
  for (const { body } of blocks) {
    yield* body.attributes
    yield* eachAttributeOf(body.blocks)
  }
}

type HclParser = (text: string) => Tree
let parser: Promise<HclParser> | undefined
const known = new WeakMap<EmittedFile, Promise<HclFile>>()

async function loadParser(): Promise<HclParser> {
  // The optimising compiler would take several times as long as all the checks together.
  v8.setFlagsFromString('--liftoff-only')
  const { Parser, Language } = await import('web-tree-sitter')
  await Parser.init()
  const grammar = readFileSync(new URL('../../validators/terraform/hcl.wasm', import.meta.url))
  const made = new Parser()
  made.setLanguage(await Language.load(grammar))
  return (text) => {
    const tree = made.parse(text)
    if (tree === null) throw new Error('the grammar of HCL gave no tree')
    return tree
  }
}

/** A .tf or .tfvars file; parsed once for each file. */
export function hclFile(file: EmittedFile): Promise<HclFile> {
  const before = known.get(file) ?? read(file.content)
  known.set(file, before)
  return before
}

async function read(text: string): Promise<HclFile> {
  parser ??= loadParser()
  const parse = await parser
  await giveWay()
  const tree = parse(text)
  const lines = lineStarts(text)
  const cursor = tree.walk()
  const root = plainNode(cursor, text, lines)
  const problems = tree.rootNode.hasError ? syntaxErrors(root) : []
  // Left to the collector of garbage, the package frees another address than the cursor's, and the next texts are read wrongly.
  cursor.delete()
  tree.delete()
  const body = root.children.find((node) => node.type === 'body')
  return { body: body === undefined ? { attributes: [], blocks: [] } : readBody(body), problems }
}

/** Every property of a node costs a call into wasm, so the tree is copied in one pass. */
function plainNode(cursor: TreeCursor, text: string, lines: readonly number[]): Node {
  const children: Node[] = []
  const start = cursor.startIndex
  const node: Node = {
    type: cursor.nodeType,
    missing: cursor.nodeIsMissing,
    line: lineAt(lines, start),
    get text() {
      return text.slice(start, end)
    },
    children,
  }
  const end = cursor.endIndex
  if (cursor.gotoFirstChild()) {
    do if (cursor.nodeIsNamed || cursor.nodeIsMissing) children.push(plainNode(cursor, text, lines))
    while (cursor.gotoNextSibling())
    cursor.gotoParent()
  }
  return node
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

function syntaxErrors(node: Node): { line: number; message: string }[] {
  if (node.missing) return [{ line: node.line, message: `${node.type} is missing here` }]
  if (node.type === 'ERROR')
    return [{ line: node.line, message: `not understood: ${node.text.split('\n')[0]?.slice(0, 60)}` }]
  return node.children.flatMap(syntaxErrors)
}

function readBody(body: Node): HclBody {
  return {
    attributes: body.children.filter((node) => node.type === 'attribute').map(readAttribute),
    blocks: body.children.filter((node) => node.type === 'block').map(readBlock),
  }
}

function readAttribute(node: Node): HclAttribute {
  const [name, expression] = node.children
  return {
    name: name?.text ?? '',
    line: node.line,
    ...(expression === undefined ? { references: [], calls: [] } : expressionFacts(expression)),
    literal: expression === undefined ? undefined : literalOf(expression),
    names: expression === undefined ? undefined : namesOf(expression),
    strings: expression === undefined ? [] : stringsOf(expression),
  }
}

const stringsOf = (node: Node): string[] =>
  node.type === 'string_lit' || node.type === 'quoted_template'
    ? [node.text.replace(/^"|"$/g, '')]
    : node.children.flatMap(stringsOf)

function readBlock(node: Node): HclBlock {
  const [type = '', ...labels] = node.children
    .filter((child) => child.type === 'identifier' || child.type === 'string_lit')
    .map((child) => child.text.replace(/^"|"$/g, ''))
  const body = node.children.find((child) => child.type === 'body')
  return { type, labels, line: node.line, body: body === undefined ? { attributes: [], blocks: [] } : readBody(body) }
}
