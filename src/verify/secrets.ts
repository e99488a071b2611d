// No credential in an emitted file: the recommended secretlint rules, and one of our own for plain passwords.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, nothingBeside, type Verdicts, verdicts } from './check.js'
import { giveWay } from './give-way.js'
import { KINDS } from './kinds.js'
import { ownTool, packageTool } from './versions.js'

/** Name, assignment, quoted or bare literal. References, variables and obvious examples are sorted out afterwards. */
const ASSIGNMENT =
  /(?:^|[\s"'_{,.-])(password|passwd|pwd|secret|secret_key|api_?key|access_?key|auth_?token|token)["']?\s*(?::|=)\s*(?:"([^"\n]{6,})"|'([^'\n]{6,})'|([^\s"'#,;(){}[\]$<]{8,}))/i

const NOT_A_SECRET =
  /[${<\s]|^\*+$|^[A-Z][A-Z0-9_]+$|^[a-z_]+(\.[a-z_]+)+$|^[A-Z_]+\.[a-z_]+$|^(none|null|true|false|string|secretstr|str|bytes|example|dummy)\b/

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
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const say = verdicts(this, packageTool('@secretlint/core'))
    const own = verdicts({ name: 'secrets/password', level: 'L0' }, ownTool())
    const failures: CheckResult[] = []
    for (const batch of batches(files)) failures.push(...(await lintBatch(batch, say)))
    for (const file of files) {
      file.content.split('\n').forEach((line, index) => {
        const found = plainPassword(line)
        const reason = `a literal ${found?.name}: read it from the environment`
        if (found) failures.push(own.fail(file, reason, { line: index + 1, column: found.column }))
      })
    }
    const failed = new Set(failures.map((failure) => failure.file))
    return [...failures, ...files.filter((file) => !failed.has(file.path)).map((file) => say.pass(file))]
  },
}

/**
 * secretlint's time grows with the square of the number of texts in a process, so that files are handed over as one
 * text. Alone go those that it reads as a whole (JSON) and those with switches of its own, which would reach into the next.
 */
function batches(files: readonly EmittedFile[]): EmittedFile[][] {
  const alone = files.filter((file) => file.path.endsWith('.json') || file.content.includes('secretlint-'))
  const joined = files.filter((file) => !alone.includes(file))
  return [...(joined.length === 0 ? [] : [joined]), ...alone.map((file) => [file])]
}

/** The account that AWS writes in its own documents, which tests of infrastructure need too. */
const EXAMPLE_ACCOUNT = '/123456789012/'

const PRESET = '@secretlint/secretlint-rule-preset-recommend'

async function lintBatch(batch: readonly EmittedFile[], say: Verdicts): Promise<CheckResult[]> {
  const [{ lintSource }, preset] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ])
  const options = { enableIDScanRule: true, allows: [EXAMPLE_ACCOUNT] }
  const rules = [{ id: '@secretlint/secretlint-rule-aws', options }]
  const config = { rules: [{ id: PRESET, rule: preset.creator, options: {}, rules }] }
  const filePath = batch.length === 1 ? `/${batch[0]?.path}` : '/joined.txt'
  const content = batch.map((file) => file.content).join(SEPARATOR)
  await giveWay()
  const source = { filePath, content, contentType: 'text' as const }
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } })
  return messages.flatMap((message) => {
    const { line, column } = message.loc.start
    const place = placeIn(batch, line)
    const reason = `${message.messageId}: looks like a credential`
    return place === undefined ? [] : [say.fail(place.file, reason, { line: place.line, column: column + 1 })]
  })
}

/** Two empty lines: no credential goes on over them. */
const SEPARATOR = '\n\n\n'

function placeIn(batch: readonly EmittedFile[], line: number): { file: EmittedFile; line: number } | undefined {
  let start = 1
  for (const file of batch) {
    const next = start + file.content.split('\n').length + SEPARATOR.length - 1
    if (line < next) return { file, line: line - start + 1 }
    start = next
  }
  return undefined
}
