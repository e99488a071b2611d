// One way to turn a YAML text into a checked value, so that every mistake of a person names line, column, what was expected and what was got.
import { CORE_SCHEMA, load } from 'js-yaml'
import { type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { DefinitionError } from '../errors.js'

type Issue = z.core.$ZodIssue

/** Where a path lies in the text; a missing key is shown at the nearest parent that exists. */
export interface Located {
  readonly line: number
  readonly column: number
}

/** A parsed YAML text together with the means to find a path in it. */
export interface YamlText {
  readonly value: unknown
  locate(path: readonly PropertyKey[]): Located
}

const keyNode = (document: Document, path: readonly PropertyKey[]): Node | undefined => {
  const last = path.at(-1)
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1) as (string | number)[], true)
  if (!isMap(parent)) return undefined
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last)
  return pair?.key as Node | undefined
}

/** Parses YAML 1.2 (a time such as 06:00 stays text); the first syntax error is thrown as a DefinitionError. */
export const parseYaml = (text: string, file: string): YamlText => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const at = (offset: number): Located => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const error = document.errors[0]
  if (error) throw new DefinitionError(`not valid YAML: ${error.message}`, { file, ...at(error.pos[0]) })
  let value: unknown
  try {
    value = document.toJS()
  } catch (cause) {
    // An alias without its anchor is only noticed here.
    throw new DefinitionError(`not valid YAML: ${cause instanceof Error ? cause.message : String(cause)}`, {
      file,
      line: 1,
      column: 1,
    })
  }
  return {
    value,
    locate: (path) => {
      for (let length = path.length; length > 0; length--) {
        const part = path.slice(0, length)
        const key = keyNode(document as Document, part)
        const node = length === path.length && !key ? document.getIn(part as (string | number)[], true) : undefined
        const range =
          key?.range ??
          (node as Node | undefined)?.range ??
          (document.getIn(part as (string | number)[], true) as Node | undefined)?.range
        if (range) return at(range[0])
      }
      return at(document.contents?.range?.[0] ?? 0)
    },
  }
}

/** The value alone, by a parser that keeps no positions and is several times faster; what it refuses, the other one explains. */
export const readYaml = (text: string, file: string): unknown => {
  try {
    return load(text, { schema: CORE_SCHEMA })
  } catch {
    return parseYaml(text, file).value
  }
}

/** A path as a person writes it: `data.columns[2].type`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  ) || 'the file'

/** A value cut to what fits into a message. */
export const brief = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  )

const expectation = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((v) => String(v)).join(', ')}`
    case 'unrecognized_keys':
      return `expected no field named ${issue.keys.join(', ')}`
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : ''}`
    case 'too_big':
      return `expected ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : ''}`
    case 'invalid_format':
      return issue.message.startsWith('Invalid')
        ? `expected ${issue.pattern ?? issue.format}`
        : `expected ${issue.message}`
    case 'invalid_union':
      return issue.discriminator ? `expected a known ${issue.discriminator}` : `expected another form`
    default:
      return issue.message
  }
}

/** A field that is missing beside a misspelt one is very likely what was meant. */
const meant = (issue: Issue, all: readonly Issue[], value: unknown): string => {
  const sibling = all.find(
    (one) =>
      one.code === 'invalid_type' &&
      one.path.length === issue.path.length + 1 &&
      pathText(one.path.slice(0, -1)) === pathText(issue.path) &&
      valueAt(value, one.path) === undefined,
  )
  return sibling ? `did you mean ${String(sibling.path.at(-1))}?` : 'remove it or correct its spelling'
}

const explain = (issue: Issue, all: readonly Issue[], value: unknown): string =>
  issue.code === 'unrecognized_keys'
    ? `${pathText([...issue.path, issue.keys[0] ?? ''])}: ${expectation(issue)}; ${meant(issue, all, value)}`
    : `${pathText(issue.path)}: ${expectation(issue)}, got ${brief(valueAt(value, issue.path))}`

/** A checked value. Where its parts stand is worked out when somebody asks, which is when something is wrong with one. */
export interface Checked<T> extends Pick<YamlText, 'locate'> {
  readonly value: T
}

/** Parses and checks; the error shows the first mistake in the text and counts the others. */
export const parseChecked = <T>(
  schema: { safeParse(value: unknown): z.ZodSafeParseResult<T> },
  text: string,
  file: string,
): Checked<T> => {
  const result = schema.safeParse(readYaml(text, file))
  if (result.success) return { value: result.data, locate: (path) => parseYaml(text, file).locate(path) }
  const yaml = parseYaml(text, file)
  const placed = result.error.issues.map((issue) => ({
    issue,
    where: yaml.locate(issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path),
  }))
  // A misspelt name comes first: it also makes the right one missing.
  const rank = ({ issue }: { issue: Issue }): number => (issue.code === 'unrecognized_keys' ? 0 : 1)
  placed.sort((a, b) => rank(a) - rank(b) || a.where.line - b.where.line || a.where.column - b.where.column)
  const first = placed[0]
  if (!first) throw new DefinitionError('does not have the expected form', { file })
  const more = placed.length > 1 ? ` (and ${placed.length - 1} more)` : ''
  throw new DefinitionError(`${explain(first.issue, result.error.issues, yaml.value)}${more}`, { file, ...first.where })
}
