// Gets uv, which runs the generated project: from PATH, else from a cache of our own, else installed there by Python's pip.
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from './environment.js'
import { findTool, toolVersion } from './find.js'
import { runTool, type ToolOutcome } from './run.js'

/** What is installed where PATH has none. */
export const UV_VERSION = '0.13.8'

/** A download of some 20 MB on a slow line. */
const INSTALL_SECONDS = 300

export interface UvRequest {
  /** Ours alone; made when something is installed. */
  readonly cacheDir: string
  readonly env: Environment
  /** Look only, e.g. for `doctor` without `--install`. */
  readonly install?: boolean
  readonly signal?: AbortSignal
}

export type Uv =
  | {
      readonly kind: 'ready'
      readonly path: string
      readonly version: string
      readonly from: 'PATH' | 'cache' | 'installed'
    }
  /** `reason` says what was tried and how to get uv otherwise. */
  | { readonly kind: 'unavailable'; readonly reason: string }

const OTHERWISE = 'install uv yourself (https://docs.astral.sh/uv/getting-started/installation/) and repeat the command'

/** Finds uv or installs it; what cannot be had comes back as a reason, not as an error. */
export async function ensureUv({ cacheDir, env, install = true, signal }: UvRequest): Promise<Uv> {
  const onPath = await findTool('uv', { env })
  if (onPath !== undefined) return ready(onPath, 'PATH', env)
  const folder = join(cacheDir, `uv-${UV_VERSION}`)
  const cached = await findTool('uv', { env: { PATH: join(folder, 'bin') } })
  if (cached !== undefined) return ready(cached, 'cache', env)
  if (!install) return unavailable('uv is neither on PATH nor in the cache')

  const python = await findTool('python3', { env })
  if (python === undefined) return unavailable('uv is not on PATH, and there is no python3 to install it with')
  const partial = join(cacheDir, `uv-${UV_VERSION}.${process.pid}`)
  try {
    await mkdir(cacheDir, { recursive: true })
    const args = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      '--target',
      partial,
      `uv==${UV_VERSION}`,
    ]
    const made = await runTool({
      program: python,
      args,
      cwd: cacheDir,
      env,
      wallSeconds: INSTALL_SECONDS,
      ...(signal ? { signal } : {}),
    })
    if (made.kind !== 'exited' || made.code !== 0)
      return unavailable(`uv is not on PATH, and installing it failed: ${words(made)}`)
    await settle(partial, folder)
  } catch (error) {
    return unavailable(
      `uv is not on PATH, and ${cacheDir} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  } finally {
    await rm(partial, { recursive: true, force: true }).catch(() => {})
  }
  return ready(join(folder, 'bin', 'uv'), 'installed', env)
}

/** Another run may have been faster, and its uv is as good as ours; a folder without a uv in it is only in the way. */
async function settle(partial: string, folder: string): Promise<void> {
  if ((await findTool('uv', { env: { PATH: join(folder, 'bin') } })) !== undefined) return
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
}

async function ready(path: string, from: 'PATH' | 'cache' | 'installed', env: Environment): Promise<Uv> {
  const version = await toolVersion(path, { env })
  if (version === '') return unavailable(`${path} does not run`)
  return { kind: 'ready', path, version, from }
}

const unavailable = (what: string): Uv => ({ kind: 'unavailable', reason: `${what}; ${OTHERWISE}` })

function words(outcome: ToolOutcome): string {
  switch (outcome.kind) {
    case 'exited':
      return outcome.stderr.includes('No module named pip')
        ? 'this python3 has no pip (on Debian and Ubuntu: apt install python3-pip)'
        : outcome.stderr.trim().split('\n').slice(-3).join(' ') || `pip ended with code ${outcome.code}`
    case 'killed':
      return `pip was ended by ${outcome.by}`
    case 'timed out':
      return `pip took longer than ${outcome.seconds} seconds`
    case 'interrupted':
      return 'it was interrupted'
    case 'missing':
      return `${outcome.program} does not start`
  }
}
