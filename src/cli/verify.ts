// `verify`: what holds of a workspace as it stands, up to a level. Changes nothing that git tracks.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { EXIT, type ExitCode, Interrupted } from '../errors.js'
import type { Emit } from '../run/events.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { LEVELS } from '../types.js'
import { levels } from '../verify/levels.js'
import { allowRun } from './allow-run.js'
import { type Config, VERSION } from './config.js'
import { listenForInterrupt } from './interrupt.js'
import { openProject } from './project.js'
import { groupNotRun, where } from './summary.js'
import { expectChecks, verification } from './verification.js'

const checkSchema = z.strictObject({
  check: z.string(),
  level: z.enum(LEVELS),
  status: z.enum(['pass', 'fail', 'not run']),
  tool: z.string(),
  version: z.string(),
  reason: z.string(),
  deliverable: z.string().exactOptional(),
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
})

/** The document of `verify --json`. */
export const verifyDocumentSchema = z.strictObject({
  workspace: z.string(),
  level: z.enum(['L1', 'L2', 'L3']),
  status: z.enum(['pass', 'fail']),
  deliverables: z.array(
    z.strictObject({
      id: z.string(),
      level: z.enum([...LEVELS, 'none']),
      failed: z.number().int(),
      not_run: z.number().int(),
    }),
  ),
  /** Files of the workspace that differ from what was generated: they were verified as they are. */
  edited: z.array(z.string()),
  results: z.array(checkSchema),
})
export type VerifyDocument = z.infer<typeof verifyDocumentSchema>

export interface VerifyFlags {
  readonly workspace: string
  readonly level: 'L1' | 'L2' | 'L3'
  readonly json?: boolean
  readonly allowRun?: boolean
}

/** What was looked at, and what was said of it. */
export interface Verified {
  /** Contents as they were read; undefined where the file was not there. */
  readonly contents: ReadonlyMap<string, string | undefined>
  readonly results: readonly CheckResult[]
  readonly said: { readonly text: string; readonly json: string; readonly status: 'pass' | 'fail' }
}

/** Keeps an answer for the next time, where nothing has changed since the command began. */
export type KeepVerified = (verified: Verified) => Promise<void>

export async function verify(flags: VerifyFlags, config: Config, keep: KeepVerified): Promise<ExitCode> {
  const root = path.resolve(config.cwd, flags.workspace)
  await expectChecks(root)
  const { definitions, platform, state } = await openProject(root, config)
  const asks = flags.json !== true
  await allowRun({ level: flags.level, state, agents: false, allowed: flags.allowRun === true, asks }, config)
  const { files, edited, missing } = readFiles(state.root, platform.composition.files)
  const interrupt = listenForInterrupt('check')
  const emit = flags.json ? () => {} : progress
  try {
    const present = { ...platform, composition: { ...platform.composition, files } }
    const subject = {
      level: flags.level,
      external: true,
      platform: present,
      workflow: definitions.loaded.workflow,
      root: state.root,
      config,
      emit,
      signal: interrupt.signal,
    }
    const { check, checkPlatform } = await verification(subject)
    const results = [...missing, ...(await checkPlatform(await check(files)))]
    if (interrupt.signal.aborted) throw new Interrupted('interrupted; what was not verified is not known')
    const document = verifyDocument(state.root, flags.level, files, edited, results)
    const said = { text: verifyText(document), json: `${JSON.stringify(document)}\n`, status: document.status }
    process.stdout.write(flags.json ? said.json : said.text)
    const read = new Map(files.map(({ path: file, content }) => [file, content]))
    const contents = new Map(platform.composition.files.map(({ path: file }) => [file, read.get(file)]))
    const { answersLost } = await import('../verify/official.js')
    if (!answersLost()) await keep({ contents, results, said })
    return document.status === 'pass' ? EXIT.done : EXIT.check
  } finally {
    interrupt.stop()
  }
}

/** One after the other without giving way: hundreds of small files are read sooner than they are asked for one by one. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** The files as they lie in the workspace; a person's edits are verified like ours. */
function readFiles(root: string, generated: readonly EmittedFile[]) {
  const files: EmittedFile[] = []
  const edited: string[] = []
  const missing: CheckResult[] = []
  for (const file of generated) {
    const content = textOf(path.join(root, file.path))
    if (content === undefined) {
      const { path: name, deliverable } = file
      missing.push({
        check: 'workspace/present',
        level: 'L0',
        status: 'fail',
        tool: 'mlops-agents',
        version: VERSION,
        deliverable,
        file: name,
        reason: 'the file is not there; run design again or restore it with git',
      })
    } else {
      const same = content === file.content
      if (!same) edited.push(file.path)
      // Not two texts in memory where one says the same.
      files.push(same ? file : { ...file, content })
    }
  }
  return { files, edited, missing }
}

function verifyDocument(
  workspace: string,
  level: VerifyDocument['level'],
  files: readonly EmittedFile[],
  edited: readonly string[],
  results: readonly CheckResult[],
): VerifyDocument {
  const reached = levels(results, files)
  return {
    workspace,
    level,
    status: results.some((result) => result.status === 'fail') ? 'fail' : 'pass',
    deliverables: [...reached].map(([id, { level: at, failed, notRun }]) => ({
      id,
      level: at,
      failed: failed.length,
      not_run: notRun.length,
    })),
    edited: [...edited],
    results: [...results],
  }
}

export function verifyText(document: VerifyDocument): string {
  const failed = document.results.filter((result) => result.status === 'fail')
  const tools = new Set(
    document.results
      .filter(({ status, version }) => status !== 'not run' && version !== '')
      .map(({ tool, version }) => `${tool} ${version}`),
  )
  const lines = [
    '',
    ...document.deliverables.map(
      ({ id, level, failed: bad }) => `  ${id.padEnd(22)} ${level}${bad > 0 ? `   ${bad} failed` : ''}`,
    ),
    '',
    `  tools: ${[...tools].sort().join(', ')}`,
  ]
  if (document.edited.length > 0) lines.push(`  edited by you and verified as they are: ${document.edited.join(', ')}`)
  if (failed.length > 0)
    lines.push(
      '',
      `  ${failed.length} failed`,
      ...failed.map((result) => `    ${where(result)}${result.check}: ${result.reason}`),
    )
  const notRun = groupNotRun(document.results)
  if (notRun.length > 0) lines.push('', '  not run', ...notRun.map((text) => `    ${text}`))
  return `${lines.join('\n')}\n`
}

const progress: Emit = (event) => {
  if (event.type === 'verify-start') process.stderr.write(`  ${event.level}  ${event.command}\n`)
  if (event.type === 'verify-output') process.stderr.write(`      ${event.line}\n`)
  if (event.type === 'verify-end')
    process.stderr.write(`  ${event.level}  ${event.status} after ${event.seconds.toFixed(0)} s ${event.reason}\n`)
}
