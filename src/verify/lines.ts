// Formats that are lists of lines and have no publisher's validator: each line must have the one shape its readers understand.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, nothingBeside, verdicts } from './check.js'
import type { Kind } from './kinds.js'
import { ownTool } from './versions.js'

const FORMATS: Partial<Record<Kind, { readonly line: RegExp; readonly expected: string }>> = {
  dotenv: {
    line: /^(export )?[A-Z_][A-Z0-9_]*=("[^"]*"|'[^']*'|[^\s"'#]*)\s*(#.*)?$/,
    expected: 'NAME=value, with quotes round a value that contains blanks',
  },
  ini: { line: /^\s*(\[[^\]]+\]|[^=\s][^=]*=.*)$/, expected: '[section] or name = value' },
  // A leading `/` anchors, a trailing one means folders; a backslash or an absolute machine path never matches anything.
  ignore: { line: /^!?[^\\\s]+$/, expected: 'one pattern without blanks' },
  attributes: { line: /^\S+(\s+[-!]?[A-Za-z][\w-]*(=\S+)?)+$/, expected: 'a pattern followed by attributes' },
}

/** Names assigned in a dotenv text, also in comments (an optional variable is shown commented out), with their lines. */
export function dotenvNames(text: string): Map<string, number> {
  const names = new Map<string, number>()
  text.split('\n').forEach((line, index) => {
    const name = /^(?:#\s*)?(?:export\s+)?([A-Za-z_]\w*)=/.exec(line)?.[1]
    if (name !== undefined) names.set(name, index + 1)
  })
  return names
}

export const linesCheck = (kind: 'dotenv' | 'ini' | 'ignore' | 'attributes'): Check => ({
  name: `${kind}/lines`,
  level: 'L0',
  kinds: [kind],
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const say = verdicts(this, ownTool())
    const format = FORMATS[kind]
    if (format === undefined) throw new Error(`no line format is known for ${kind}`)
    return files.flatMap((file) => {
      const failures = file.content.split('\n').flatMap((line, index) => {
        if (/^\s*([#;].*)?$/.test(line) || format.line.test(line)) return []
        return [say.fail(file, `expected ${format.expected}, got ${JSON.stringify(line)}`, { line: index + 1 })]
      })
      return failures.length === 0 ? [say.pass(file)] : failures
    })
  },
})
