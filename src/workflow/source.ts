// Data files of the product are written by people: every complaint about one carries the line and column to look at.
import { CORE_SCHEMA, load } from 'js-yaml'
import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { DefinitionError } from '../errors.js'

export type Path = readonly (string | number)[]
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A parsed YAML text that can say where each of its values stands. */
export interface Source<T> {
  readonly value: T
  /** Position of the value at `path`, or of its nearest parent that exists. */
  at(path: Path): Position
}

/** Parses and validates; `firstLine` shifts positions for YAML that is part of a longer file, such as front matter. */
export function parseYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  firstLine = 1,
): Source<z.infer<S>> {
  let opened: Opened | undefined
  const open = (): Opened => {
    opened ??= openDocument(text, file, firstLine)
    return opened
  }
  const parsed = schema.safeParse(readValue(text, open) ?? {})
  const issue = parsed.error?.issues[0]
  if (issue !== undefined) {
    const { document, position, at } = open()
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    const unknown = issue.code === 'unrecognized_keys' ? keyOffset(document, path, issue.keys[0]) : undefined
    const message = `${path.join('.') || 'top level'}: ${issue.message}${got(document.getIn(path))}`
    throw new DefinitionError(message, unknown === undefined ? at(path) : position(unknown))
  }
  return { value: parsed.data as z.infer<S>, at: (path) => open().at(path) }
}

/** Most texts are right: a parser without positions reads them several times faster, and leaves what it refuses to the other. */
function readValue(text: string, open: () => Opened): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA })
  } catch {
    return open().document.toJS()
  }
}

interface Opened {
  readonly document: Document.Parsed
  position(offset: number): Position
  at(path: Path): Position
}

function openDocument(text: string, file: string, firstLine: number): Opened {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1) + firstLine - 1, column: Math.max(col, 1) }
  }
  const broken = syntaxError(document)
  if (broken !== undefined) throw new DefinitionError(`not valid YAML: ${broken.message}`, position(broken.offset))
  const at = (path: Path): Position => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return position(node.range[0])
    }
    return position(document.contents?.range?.[0] ?? 0)
  }
  return { document, position, at }
}

/** The first syntax error; an alias without its anchor is one too, though the parser leaves it for later. */
function syntaxError(document: Document.Parsed): { message: string; offset: number } | undefined {
  const [error] = document.errors
  if (error !== undefined) return { message: error.message, offset: error.pos[0] }
  let dangling: { message: string; offset: number } | undefined
  visit(document, {
    Alias: (_, alias) => {
      if (isAlias(alias) && alias.resolve(document) === undefined) {
        dangling ??= { message: `*${alias.source} has no anchor &${alias.source}`, offset: alias.range?.[0] ?? 0 }
      }
    },
  })
  return dangling
}

function keyOffset(document: Document.Parsed, path: Path, name: string | undefined): number | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isMap(map)) return undefined
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name)
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined
}

const got = (value: unknown): string =>
  value === undefined || typeof value === 'object' ? '' : `; got ${JSON.stringify(value)}`
