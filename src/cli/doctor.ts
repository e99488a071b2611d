// `doctor`: what this machine can run, and what is missing for which level.
import os from 'node:os'
import { EXIT, type ExitCode } from '../errors.js'
import { findTool, toolVersion } from '../tool/find.js'
import { ensureUv } from '../tool/uv.js'
import { gitVersion } from '../workspace/git.js'
import { type Config, cacheDir } from './config.js'

interface Finding {
  readonly name: string
  readonly found: string
  /** What it is needed for; empty where nothing is missing. */
  readonly missing: string
}

export async function doctor(flags: { install?: boolean }, config: Config): Promise<ExitCode> {
  const cache = await cacheDir(config)
  const findings = [platform(), node(), await git(config), await uv(config, cache, flags.install === true)]
  for (const [name, purpose] of Object.entries(PROGRAMS)) findings.push(await program(name, purpose, config))
  const width = Math.max(...findings.map(({ name }) => name.length))
  for (const { name, found, missing } of findings) {
    process.stdout.write(
      `  ${name.padEnd(width)}  ${found === '' ? 'missing' : found}${missing === '' ? '' : `   ${missing}`}\n`,
    )
  }
  const required = findings.filter(({ name, found }) => found === '' && (name === 'git' || name === 'node'))
  return required.length > 0 ? EXIT.check : EXIT.done
}

/** Programs beside git and uv, with what each is for. */
const PROGRAMS: Readonly<Record<string, string>> = {
  python3: 'needed for L2 and L3: the generated project is a Python project',
  make: 'needed for L2 and L3: the generated project is run by make targets',
  shellcheck: 'confirms the in-process checks of shell scripts',
  yamllint: 'confirms the in-process checks of YAML',
  gitleaks: 'confirms that no secret is in what is generated',
}

function platform(): Finding {
  const name = os.platform()
  const supported: Partial<Record<NodeJS.Platform, string>> = {
    linux: 'tested',
    darwin: 'should work',
    win32: 'use WSL 2',
  }
  return { name: 'platform', found: `${name} ${os.release()}`, missing: supported[name] ?? 'not tried' }
}

function node(): Finding {
  return { name: 'node', found: process.versions.node, missing: '' }
}

async function git(config: Config): Promise<Finding> {
  const version = await gitVersion(config.env).catch((error: Error) => error.message)
  return /^\d/.test(version)
    ? { name: 'git', found: version, missing: '' }
    : { name: 'git', found: '', missing: version }
}

async function uv(config: Config, cache: string, install: boolean): Promise<Finding> {
  const found = await ensureUv({ cacheDir: cache, env: config.env, install })
  if (found.kind === 'ready') return { name: 'uv', found: `${found.version} at ${found.path}`, missing: '' }
  const later = 'it is installed into the cache of mlops-agents when L2 or L3 needs it, or now with --install'
  return { name: 'uv', found: '', missing: install ? found.reason : `${found.reason}; ${later}` }
}

async function program(name: string, purpose: string, config: Config): Promise<Finding> {
  const path = await findTool(name, { env: config.env, toolchain: config.env.MLOPS_TOOLCHAIN })
  if (path === undefined) return { name, found: '', missing: purpose }
  return { name, found: (await toolVersion(path, { env: config.env })) || path, missing: '' }
}
