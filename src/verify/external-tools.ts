// The external tools that know a kind of file which exists now: how each is asked, and how its answer is read.
import { z } from 'zod'
import type { Environment } from '../tool/environment.js'
import type { EmittedFile } from '../types.js'
import { KINDS, type Kind, YAML_KINDS } from './kinds.js'
import { makeTargets } from './makefile.js'

export interface Problem {
  readonly file: string
  readonly message: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface ExternalTool {
  readonly check: string
  readonly program: string
  readonly level: 'L0' | 'L1' | 'L2'
  readonly kinds: readonly Kind[]
  readonly concerns?: (file: EmittedFile) => boolean
  readonly versionArgs?: readonly string[]
  /** Its verdict depends on the files and its own version, and on nothing else of the machine. */
  readonly contentOnly?: true
  /** How a person gets it. */
  readonly install: string
  /** One list of arguments for each call; the working folder holds all files. */
  args(files: readonly EmittedFile[], toolchain?: string): readonly (readonly string[])[]
  /** Why it cannot judge here although it is installed. */
  cannot?(where: { readonly env: Environment; readonly toolchain?: string | undefined }): string | undefined
  /** Problems in an answer; throws where the answer is none, so that a tool's own failure is not taken for a pass. */
  read(answer: Answer, files: readonly EmittedFile[], call: number): Problem[]
}

const paths = (files: readonly EmittedFile[]) => files.map((file) => file.path)

/** An ending that means neither "fine" nor "problems found". */
function unexpected({ code, stdout, stderr }: Answer): never {
  throw new Error(`code ${code}: ${`${stderr}\n${stdout}`.trim().split('\n')[0] ?? ''}`)
}

const ruffSchema = z.array(
  z.looseObject({
    filename: z.string(),
    code: z.string().nullable(),
    message: z.string(),
    location: z.object({ row: z.number(), column: z.number() }),
  }),
)
const shellcheckSchema = z.array(
  z.looseObject({ file: z.string(), line: z.number(), column: z.number(), code: z.number(), message: z.string() }),
)
const gitleaksSchema = z.array(z.looseObject({ File: z.string(), StartLine: z.number(), RuleID: z.string() }))

export const EXTERNAL_TOOLS: readonly ExternalTool[] = [
  {
    check: 'external/ruff',
    program: 'ruff',
    level: 'L1',
    kinds: ['python'],
    install: 'uv tool install ruff',
    args: () => [['check', '--no-cache', '--output-format', 'json', '.']],
    read: (answer) => {
      if (answer.code > 1) unexpected(answer)
      return ruffSchema.parse(JSON.parse(answer.stdout)).map((d) => ({
        file: d.filename,
        message: `${d.code ?? 'syntax'}: ${d.message}`,
        line: d.location.row,
        column: d.location.column,
      }))
    },
  },
  {
    check: 'external/make',
    program: 'make',
    level: 'L1',
    kinds: ['makefile'],
    concerns: (file) => file.path === 'Makefile',
    install: 'apt-get install make',
    contentOnly: true,
    // Dry: nothing is executed, but every line is parsed and every prerequisite looked for.
    args: ([file]) => [
      [
        '--dry-run',
        '--always-make',
        ...new Set(
          makeTargets(file?.content ?? '')
            .map((target) => target.name)
            .filter((name) => !/^\.|[%$]/.test(name)),
        ),
      ],
    ],
    read: (answer) => {
      if (answer.code === 0) return []
      const [, line, message] = /Makefile:(\d+): (.*)/.exec(answer.stderr) ?? []
      return [
        {
          file: 'Makefile',
          message: message ?? answer.stderr.trim().split('\n')[0] ?? 'refused',
          line: line === undefined ? undefined : Number(line),
        },
      ]
    },
  },
  {
    check: 'external/shellcheck',
    program: 'shellcheck',
    level: 'L1',
    kinds: ['shell'],
    install: 'apt-get install shellcheck',
    contentOnly: true,
    // A person's own settings are not the project's.
    args: (files) => [['--norc', '--format', 'json', ...paths(files)]],
    read: (answer) => {
      if (answer.code > 1) unexpected(answer)
      return shellcheckSchema
        .parse(JSON.parse(answer.stdout))
        .map((d) => ({ file: d.file, message: `SC${d.code}: ${d.message}`, line: d.line, column: d.column }))
    },
  },
  {
    check: 'external/yamllint',
    program: 'yamllint',
    // A second parser's word: no publisher of the format accepts anything by it.
    level: 'L0',
    kinds: YAML_KINDS,
    install: 'uv tool install yamllint',
    contentOnly: true,
    args: (files) => [
      ['--format', 'parsable', '-d', '{extends: relaxed, rules: {line-length: disable}}', ...paths(files)],
    ],
    read: (answer) => {
      if (answer.code > 2) unexpected(answer)
      return answer.stdout.split('\n').flatMap((text) => {
        const [, file, line, column, message] = /^(.+?):(\d+):(\d+): \[error\] (.*)$/.exec(text) ?? []
        return file === undefined || message === undefined
          ? []
          : [{ file, message, line: Number(line), column: Number(column) }]
      })
    },
  },
  {
    check: 'external/check-jsonschema',
    program: 'check-jsonschema',
    level: 'L1',
    kinds: ['json'],
    concerns: (file) => file.path.endsWith('.schema.json'),
    install: 'uv tool install check-jsonschema',
    contentOnly: true,
    args: (files) => files.map((file) => ['--check-metaschema', file.path]),
    read: (answer, files) => {
      if (answer.code === 0) return []
      const at = files.find((file) => `${answer.stdout}${answer.stderr}`.includes(file.path))
      if (at === undefined) unexpected(answer)
      return [{ file: at.path, message: answer.stdout.trim().split('\n').slice(0, 3).join(' ') }]
    },
  },
  {
    check: 'external/gitleaks',
    program: 'gitleaks',
    level: 'L0',
    kinds: KINDS,
    versionArgs: ['version'],
    install: 'see https://github.com/gitleaks/gitleaks#installing',
    args: () => [
      [
        'detect',
        '--no-git',
        '--no-banner',
        '--source',
        '.',
        '--report-format',
        'json',
        '--report-path',
        '-',
        '--log-level',
        'error',
        '--exit-code',
        '3',
      ],
    ],
    read: (answer) => {
      if (answer.code !== 0 && answer.code !== 3) unexpected(answer)
      return gitleaksSchema
        .parse(JSON.parse(answer.stdout.trim() === '' ? '[]' : answer.stdout))
        .map((leak) => ({ file: leak.File, message: `${leak.RuleID}: looks like a credential`, line: leak.StartLine }))
    },
  },
]
