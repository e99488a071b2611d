// JSON files parse by the grammar of JSON itself; duplicate keys, which JSON.parse swallows, are found through the YAML parser.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, messageOf, nothingBeside, type Position, verdicts } from './check.js'
import { parseYaml } from './yaml.js'

/** Position of a character offset, both counted from 1. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function problemIn(text: string): { message: string; at: Position } | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    const message = messageOf(error)
    const offset = /position (\d+)/.exec(message)?.[1]
    // V8 gives no offset when the text simply ends.
    return { message, at: positionAt(text, offset === undefined ? text.length : Number(offset)) }
  }
}

export const jsonCheck: Check = {
  name: 'json/parse',
  level: 'L0',
  kinds: ['json', 'json-lines', 'dashboard'],
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const say = verdicts(this, { tool: 'V8 JSON.parse', version: process.versions.v8 })
    const results: CheckResult[] = []
    for (const file of files) results.push(...(file.path.endsWith('.jsonl') ? lines(file) : await whole(file)))
    return results

    function lines(file: EmittedFile): CheckResult[] {
      const failures = file.content.split('\n').flatMap((line, index) => {
        const problem = line === '' ? undefined : problemIn(line)
        return problem === undefined
          ? []
          : [say.fail(file, problem.message, { line: index + 1, column: problem.at.column })]
      })
      return failures.length === 0 ? [say.pass(file)] : failures
    }

    async function whole(file: EmittedFile): Promise<CheckResult[]> {
      const problem = problemIn(file.content)
      if (problem !== undefined) return [say.fail(file, problem.message, problem.at)]
      const duplicates = (await parseYaml(file.content)).problems.filter((found) => found.message.includes('unique'))
      return duplicates.length === 0
        ? [say.pass(file)]
        : duplicates.map((found) => say.fail(file, 'the same key twice in one object', found))
    }
  },
}
