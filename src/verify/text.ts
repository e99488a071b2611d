// What holds for every file, whatever its kind: readable text, unfinished words absent, no path of somebody's machine.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, nothingBeside, verdicts } from './check.js'
import { KINDS, kindOf } from './kinds.js'
import { isTest } from './paths.js'
import { ownTool } from './versions.js'

interface Rule {
  readonly pattern: RegExp
  readonly reason: string
  /** Tests may show what is forbidden, and the home of an image is nobody's machine. */
  readonly notInTests?: boolean
}

const RULES: readonly Rule[] = [
  { pattern: /\r/, reason: 'carriage return: files end their lines with LF' },
  { pattern: /\0/, reason: 'NUL byte: the file is not text' },
  { pattern: /^(<{7}|>{7}) /, reason: 'merge conflict marker' },
  { pattern: /\b(TODO|FIXME|XXX|CHANGEME|TBD)\b/, reason: 'unfinished work is marked here; finish it or leave it out' },
  {
    pattern: /(^|["'\s=(])(\/home\/|\/Users\/|\/root\/|[A-Z]:\\Users\\)/,
    reason: 'path of one machine: make it relative or a setting',
    notInTests: true,
  },
]

export const textCheck: Check = {
  name: 'text/plain',
  level: 'L0',
  kinds: KINDS,
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const say = verdicts(this, ownTool())
    return files.flatMap((file) => {
      const lines = file.content.split('\n')
      const failures = lines.flatMap((line, index) =>
        RULES.flatMap(({ pattern, reason, notInTests }) => {
          if (notInTests === true && (isTest(file.path) || kindOf(file) === 'dockerfile')) return []
          const match = pattern.exec(line)
          return match === null ? [] : [say.fail(file, reason, { line: index + 1, column: match.index + 1 })]
        }),
      )
      if (file.content !== '' && !file.content.endsWith('\n'))
        failures.push(say.fail(file, 'no newline at the end of the file', { line: lines.length }))
      return failures.length === 0 ? [say.pass(file)] : failures
    })
  },
}
