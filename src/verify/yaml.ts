// YAML files parse, in every document, with no duplicate key and no undefined alias.
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { type Check, messageOf, verdicts } from './check.js'
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

/** Every document of a YAML text with positions, or the problems that stop it from being read. */
export async function parseYaml(text: string): Promise<{ documents: YamlDocument[]; problems: YamlProblem[] }> {
  const { LineCounter, parseAllDocuments, isNode } = await import('yaml')
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true })
  const problems: YamlProblem[] = []
  const documents: YamlDocument[] = []
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of [...document.errors, ...document.warnings]) {
      const at = error.linePos?.[0]
      problems.push({
        message: error.message.split('\n')[0] ?? error.message,
        ...(at === undefined ? {} : { line: at.line, column: at.col }),
      })
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
  return { documents, problems }
}

export const yamlCheck: Check = {
  name: 'yaml/parse',
  level: 'L0',
  kinds: YAML_KINDS,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const say = verdicts(this, packageTool('yaml'))
    const results: CheckResult[] = []
    for (const file of files) {
      const { problems } = await parseYaml(file.content)
      results.push(
        ...(problems.length === 0
          ? [say.pass(file)]
          : problems.map((problem) => say.fail(file, problem.message, problem))),
      )
    }
    return results
  },
}
