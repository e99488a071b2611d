// No credential in an emitted file: the recommended secretlint rules, and one of our own for plain passwords.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, verdicts } from './check.js'
import { KINDS } from './kinds.js'
import { ownTool, packageTool } from './versions.js'

/** Name, assignment, quoted or bare literal. References, variables and obvious examples are sorted out afterwards. */
const ASSIGNMENT =
  /(?:^|[\s"'_{,.-])(password|passwd|pwd|secret|secret_key|api_?key|access_?key|auth_?token|token)["']?\s*(?::|=)\s*(?:"([^"\n]{6,})"|'([^'\n]{6,})'|([^\s"'#,;(){}[\]$<]{8,}))/i

const NOT_A_SECRET =
  /[${<\s]|^\*+$|^[A-Z][A-Z0-9_]+$|^[a-z_]+(\.[a-z_]+)+$|^(none|null|true|false|string|secretstr|str|bytes|example|dummy)\b/

/** The literal on a line that looks like somebody's password, with its column. */
export function plainPassword(line: string): { column: number; name: string } | undefined {
  const match = ASSIGNMENT.exec(line)
  if (match === null) return undefined
  const value = match[2] ?? match[3] ?? match[4] ?? ''
  if (NOT_A_SECRET.test(value)) return undefined
  // A bare or quoted word of letters is a name of something; a password mixes classes.
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length
  const literal = match[4] === undefined
  if (classes < (literal ? 2 : 3) || /^[a-z]+([-_/.:][a-z0-9]+)*$/.test(value)) return undefined
  return { column: match.index + match[0].indexOf(value) + 1, name: match[1] ?? 'secret' }
}

export const secretsCheck: Check = {
  name: 'secrets/secretlint',
  level: 'L0',
  kinds: KINDS,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const [{ lintSource }, preset] = await Promise.all([
      import('@secretlint/core'),
      import('@secretlint/secretlint-rule-preset-recommend'),
    ])
    const say = verdicts(this, packageTool('@secretlint/core'))
    const own = verdicts({ name: 'secrets/password', level: 'L0' }, ownTool())
    const id = '@secretlint/secretlint-rule-preset-recommend'
    const rules = [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }]
    const config = { rules: [{ id, rule: preset.creator, options: {}, rules }] }
    const results: CheckResult[] = []
    for (const file of files) {
      const source = { filePath: `/${file.path}`, content: file.content, contentType: 'text' as const }
      const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } })
      const failures = messages.map((m) =>
        say.fail(file, `${m.messageId}: looks like a credential`, {
          line: m.loc.start.line,
          column: m.loc.start.column + 1,
        }),
      )
      file.content.split('\n').forEach((line, index) => {
        const found = plainPassword(line)
        if (found)
          failures.push(
            own.fail(file, `a literal ${found.name}: read it from the environment`, {
              line: index + 1,
              column: found.column,
            }),
          )
      })
      results.push(...(failures.length === 0 ? [say.pass(file)] : failures))
    }
    return results
  },
}
