// What `verify --level L1` said last, for as long as every file, the product and the programs on PATH are the same.
import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { EXIT, type ExitCode } from '../errors.js'
import { openMemory } from '../record/memory.js'
import { findTool } from '../tool/find.js'
import type { CheckResult } from '../types.js'
import { verifierFor } from './build.js'
import type { Config } from './config.js'
import { workspaceKey } from './status-memory.js'
import type { KeepVerified, Verified, VerifyFlags } from './verify.js'

interface Kept {
  readonly key: string
  readonly paths: readonly string[]
  /** Programs that would have said more; none of them was found. */
  readonly programs: readonly string[]
  readonly said: Verified['said']
}

/** Says again what was said, or has it worked out, which loads all the rest. */
export async function verifyOrRecall(flags: VerifyFlags, config: Config): Promise<ExitCode> {
  const folder = resolve(config.cwd, flags.workspace)
  const workOut = async (keep: KeepVerified) => (await import('./verify.js')).verify(flags, config, keep)
  const before = flags.level === 'L1' ? await baseOf(folder, config).catch(() => undefined) : undefined
  if (before === undefined) return workOut(async () => {})
  const memory = openMemory(realpathSync(folder), 'verify.json')
  const kept = keptOf(await memory.read())
  if (kept !== undefined && kept.key === (await keyNow(before, kept, folder, config))) {
    process.stdout.write(flags.json ? kept.said.json : kept.said.text)
    return kept.said.status === 'pass' ? EXIT.done : EXIT.check
  }
  return workOut(async ({ contents, results, said }) => {
    const programs = absentPrograms(results)
    if (programs === undefined || (await baseOf(folder, config).catch(() => undefined)) !== before) return
    const key = keyOf(before, programs, contents)
    await memory.write(JSON.stringify({ key, paths: [...contents.keys()], programs, said } satisfies Kept))
  })
}

/** The memory proves that the text is what was written; another build may have written another shape. */
function keptOf(text: string | undefined): Kept | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Kept)
}

/** The product with all that its verdicts depend on, git's view of the folder, and the design. */
async function baseOf(folder: string, config: Config): Promise<string | undefined> {
  const verifier = verifierFor(config)
  const workspace = await workspaceKey(folder, config)
  return verifier === undefined || workspace === undefined ? undefined : `${verifier} ${workspace}`
}

async function keyNow(base: string, { paths, programs }: Kept, folder: string, config: Config) {
  const { env } = config
  const found = programs.map((name) => findTool(name, { env, toolchain: env.MLOPS_TOOLCHAIN }))
  if ((await Promise.all(found)).some((path) => path !== undefined)) return undefined
  return keyOf(base, programs, new Map(paths.map((path) => [path, textOf(join(folder, path))])))
}

function keyOf(base: string, programs: readonly string[], contents: Verified['contents']): string {
  const key = createHash('sha256').update(JSON.stringify([base, programs]))
  for (const [path, content] of contents)
    key.update(`\0${path}\0${content === undefined ? 'absent' : content.length}\0`).update(content ?? '')
  return key.digest('hex')
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Programs that were looked for and not there. Undefined where one was, as it may be another one next time; where a check broke; and where
 * a result that names no version is about this run rather than the files.
 */
function absentPrograms(results: readonly CheckResult[]): string[] | undefined {
  const external = results.filter(({ check }) => check.startsWith('external/'))
  const absent = external.filter(({ status, reason }) => status === 'not run' && reason.includes(' is not installed; '))
  const broken = results.some(({ status, version }) => status === 'fail' && version === '')
  return broken || absent.length < external.length ? undefined : [...new Set(absent.map(({ tool }) => tool))]
}
