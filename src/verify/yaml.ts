// YAML files parse, in every document, with no duplicate key and no undefined alias.
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { type Check, messageOf, nothingBeside, verdicts } from './check.js'
import { giveWay } from './give-way.js'
import { YAML_KINDS } from './kinds.js'
import { packageTool } from './versions.js'

export interface YamlDocument {
  readonly value: Json
  /** Line and column of the node at a path of keys and indexes, or of the nearest ancestor that exists. */
  position(path: readonly (string | number)[]): { line: number; column: number }
}

export interface YamlProblem {
  readonly message: string
  readonly line?: number
  readonly column?: number
}

interface Parsed {
  /** The package that has read the text. */
  readonly parser: 'yaml' | 'js-yaml'
  readonly documents: YamlDocument[]
  readonly problems: YamlProblem[]
}

/** Every document of a YAML text with positions, or the problems that stop it from being read. */
export async function parseYaml(text: string): Promise<Parsed> {
  const [quickly, slowly] = await Promise.all([import('js-yaml'), import('yaml')])
  await giveWay()
  const values = valuesOf(text, quickly)
  if (values === undefined) return parseSlowly(text, slowly)
  // Nearly every file is in order, and then nobody asks where in it something stands.
  let slow: Parsed | undefined
  const documents = values.map((value, index): YamlDocument => {
    const position: YamlDocument['position'] = (path) => {
      slow ??= parseSlowly(text, slowly)
      return slow.documents[index]?.position(path) ?? { line: 1, column: 1 }
    }
    return { value, position }
  })
  return { parser: 'js-yaml', documents, problems: [] }
}

/** The values alone, by a parser that keeps no positions and is several times faster; what it refuses, the other one explains. */
function valuesOf(text: string, { CORE_SCHEMA, loadAll }: typeof import('js-yaml')): Json[] | undefined {
  // Merge keys are no part of its core schema, and an anchor may stand for a value of either parser's own. Both begin a value, as tags do:
  // elsewhere the same characters are text.
  if (/<<\s*:|(^|[-:?[{,])\s*[&*!]\S/m.test(text)) return undefined
  try {
    const values = loadAll(text, { schema: CORE_SCHEMA }) as Json[]
    // Of an empty document the two parsers make different things.
    return values.length > 0 && values.every((value) => typeof value === 'object' && value !== null)
      ? values
      : undefined
  } catch {
    return undefined
  }
}

function parseSlowly(text: string, { isNode, LineCounter, parseAllDocuments }: typeof import('yaml')): Parsed {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false })
  const problems: YamlProblem[] = []
  const documents: YamlDocument[] = []
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of [...document.errors, ...document.warnings]) {
      const { line, col } = lines.linePos(error.pos[0])
      problems.push({ message: error.message, line, column: col })
    }
    if (document.errors.length > 0) continue
    try {
      // An undefined alias is found only here.
      const value: Json = document.toJS()
      const position = (path: readonly (string | number)[]) => {
        for (let depth = path.length; depth >= 0; depth -= 1) {
          const node = document.getIn(path.slice(0, depth), true)
          if (isNode(node) && node.range) {
            const at = lines.linePos(node.range[0])
            return { line: at.line, column: at.col }
          }
        }
        return { line: 1, column: 1 }
      }
      documents.push({ value, position })
    } catch (error) {
      problems.push({ message: messageOf(error) })
    }
  }
  return { parser: 'yaml', documents, problems }
}

export const yamlCheck: Check = {
  name: 'yaml/parse',
  level: 'L0',
  kinds: YAML_KINDS,
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const results: CheckResult[] = []
    for (const file of files) {
      const { parser, problems } = await parseYaml(file.content)
      const say = verdicts(this, packageTool(parser))
      results.push(
        ...(problems.length === 0
          ? [say.pass(file)]
          : problems.map((problem) => say.fail(file, problem.message, problem))),
      )
    }
    return results
  },
}
