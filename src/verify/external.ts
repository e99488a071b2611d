// Official tools that happen to be installed, on top of the in-process checks; what is missing is said, with the way to get it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Environment } from '../tool/environment.js'
import { findTool, toolVersion } from '../tool/find.js'
import { runTool } from '../tool/run.js'
import type { CheckResult, EmittedFile, Level } from '../types.js'
import { messageOf, type Verdicts, verdicts } from './check.js'
import { INFRASTRUCTURE_TOOLS } from './external-infrastructure.js'
import { PLATFORM_TOOLS } from './external-platform.js'
import { EXTERNAL_TOOLS, type ExternalTool, type Problem } from './external-tools.js'
import { askAlways, type Recall } from './kept.js'
import { kindOf } from './kinds.js'

export interface ExternalSubject {
  readonly files: readonly EmittedFile[]
  /** Programs that speak for a higher level are not asked; all are where none is named. */
  readonly level?: Level
  readonly env: Environment
  /** A folder of validators whose `bin` is looked through after PATH. */
  readonly toolchain?: string | undefined
  readonly signal?: AbortSignal
  readonly recall?: Recall
}

/** Long enough for a slow machine; over it is "not run", never a pass. */
const WALL_SECONDS = 120

/** Writes the files to a folder of their own, so that tools see what is emitted and nothing else, and runs every tool that applies. */
export async function checkExternal(
  subject: ExternalSubject,
  tools: readonly ExternalTool[] = [...EXTERNAL_TOOLS, ...INFRASTRUCTURE_TOOLS, ...PLATFORM_TOOLS],
): Promise<CheckResult[]> {
  const wanted = tools.filter(({ level }) => level <= (subject.level ?? 'L4'))
  const applicable = wanted.flatMap((tool) => {
    const files = subject.files.filter((file) => tool.kinds.includes(kindOf(file)) && (tool.concerns?.(file) ?? true))
    return files.length === 0 ? [] : [{ tool, files }]
  })
  if (applicable.length === 0) return []
  // Made when the first tool needs it: what is known already needs no file.
  let made: Promise<string> | undefined
  const folder = async () => {
    const root = await mkdtemp(join(tmpdir(), 'mlops-agents-check-'))
    await writeFiles(root, subject.files)
    return root
  }
  try {
    const results: CheckResult[] = []
    // Programs take their time to start, so all are asked for their version at once.
    const found = applicable.map((one) => ({ ...one, installed: installed(one.tool, subject) }))
    for (const { tool, files, installed: at } of found)
      results.push(
        ...(await runOne(tool, await at, files, subject, () => {
          made ??= folder()
          return made
        })),
      )
    return results
  } finally {
    if (made !== undefined) await rm(await made, { recursive: true, force: true })
  }
}

async function writeFiles(root: string, files: readonly EmittedFile[]): Promise<void> {
  for (const file of files) {
    const path = join(root, file.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.content, { mode: file.mode === '100755' ? 0o755 : 0o644 })
  }
}

interface Installed {
  readonly path: string
  /** Empty where the program names none. */
  readonly version: string
}

async function installed(tool: ExternalTool, { env, toolchain }: ExternalSubject): Promise<Installed | undefined> {
  const path = await findTool(tool.program, { env, toolchain })
  if (path === undefined) return undefined
  return { path, version: await toolVersion(path, { env, args: tool.versionArgs ?? ['--version'] }) }
}

async function runOne(
  tool: ExternalTool,
  found: Installed | undefined,
  files: readonly EmittedFile[],
  subject: ExternalSubject,
  folder: () => Promise<string>,
): Promise<CheckResult[]> {
  const { recall = askAlways } = subject
  const check = { name: tool.check, level: tool.level }
  if (found === undefined) {
    const say = verdicts(check, { tool: tool.program, version: '' })
    return files.map((file) => say.notRun(file, `${tool.program} is not installed; ${tool.install}`))
  }
  const { path, version } = found
  const hindered = tool.cannot?.(subject)
  if (hindered !== undefined) {
    const silent = verdicts(check, { tool: tool.program, version: '' })
    return files.map((file) => silent.notRun(file, hindered))
  }
  // A tool that ran and names no version must not look like one that did not run.
  const say = verdicts(check, { tool: tool.program, version: version || 'unknown' })
  const ask = async () => askTool(tool, path, files, await folder(), subject, say)
  // A program whose version is not known could be another one next time.
  if (tool.contentOnly !== true || version === '') return ask()
  return recall(
    {
      name: tool.check,
      files: subject.files,
      more: JSON.stringify([path, version, tool.args(files, subject.toolchain)]),
    },
    ask,
  )
}

async function askTool(
  tool: ExternalTool,
  path: string,
  files: readonly EmittedFile[],
  root: string,
  { env, toolchain, signal }: ExternalSubject,
  say: Verdicts,
): Promise<CheckResult[]> {
  const problems: Problem[] = []
  for (const [call, args] of tool.args(files, toolchain).entries()) {
    const outcome = await runTool({
      program: path,
      args,
      cwd: root,
      env,
      wallSeconds: WALL_SECONDS,
      ...(signal === undefined ? {} : { signal }),
    })
    if (outcome.kind === 'timed out')
      return files.map((file) => say.notRun(file, `timed out: ${tool.program} took more than ${WALL_SECONDS} s`))
    if (outcome.kind !== 'exited')
      return files.map((file) => say.notRun(file, `${tool.program} could not be run: ${outcome.kind}`))
    try {
      problems.push(...tool.read(outcome, files, call))
    } catch (error) {
      // The tool's own trouble says nothing about the files, neither good nor bad.
      return files.map((file) =>
        say.notRun(file, `${tool.program} gave no answer that can be read: ${messageOf(error)}`),
      )
    }
  }
  return files.flatMap((file) => {
    const own = problems.filter((problem) => relative(problem.file, root) === file.path)
    return own.length === 0 ? [say.pass(file)] : own.map((problem) => say.fail(file, problem.message, problem))
  })
}

const relative = (path: string, root: string) => path.replace(`${root}/`, '').replace(/^(\/private)?\.\//, '')
