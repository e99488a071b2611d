// Data files of the product are written by people: every complaint about one carries the line and column to look at.
import { LineCounter, parseDocument } from 'yaml'
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
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: line + firstLine - 1, column: col }
  }
  const at = (path: Path): Position => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (hasRange(node)) return position(node.range[0])
    }
    return position(document.contents?.range?.[0] ?? 0)
  }
  const broken = document.errors[0]
  if (broken !== undefined) throw new DefinitionError(`not valid YAML: ${broken.message}`, position(broken.pos[0]))
  const parsed = schema.safeParse(document.toJS() ?? {})
  const issue = parsed.error?.issues[0]
  if (issue !== undefined) {
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    throw new DefinitionError(
      `${path.join('.') || 'top level'}: ${issue.message}${got(document.getIn(path))}`,
      at(path),
    )
  }
  return { value: parsed.data as z.infer<S>, at }
}

const hasRange = (node: unknown): node is { range: [number, number, number] } =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)

const got = (value: unknown): string =>
  value === undefined || typeof value === 'object' ? '' : `; got ${JSON.stringify(value)}`
