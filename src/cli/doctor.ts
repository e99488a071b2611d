// `doctor`: what this machine can run, and what is missing for which level.
import os from 'node:os'
import path from 'node:path'
import { EXIT, type ExitCode } from '../errors.js'
import { findTool, toolVersion } from '../tool/find.js'
import { ensureUv } from '../tool/uv.js'
import { gitVersion } from '../workspace/git.js'
import { type Config, cacheDir } from './config.js'
import { visible } from './escape.js'

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
  findings.push(...keys(config), ...(await models(config)))
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

/** By name; what they hold is nobody's business. */
function keys({ env }: Config): Finding[] {
  return ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'].map((name) =>
    (env[name] ?? '').trim() === ''
      ? { name, found: 'not set', missing: 'needed only where --model names a model of that vendor' }
      : { name, found: 'set', missing: '' },
  )
}

/** What the user's own settings name, and how old the prices are. */
async function models(config: Config): Promise<Finding[]> {
  const { readModels } = await import('./models.js')
  const chosen = await readModels({}, undefined, config).catch((error: Error) => error)
  const { loadPrices } = await import('../provider/prices.js')
  const own = chosen instanceof Error ? undefined : chosen?.prices
  const file = path.join(config.root, 'workflows', 'prices.yaml')
  const prices = await loadPrices(file, own).catch((error: Error) => error)
  const named = chosen instanceof Error ? [] : Object.entries(chosen?.tiers ?? {})
  const none =
    chosen instanceof Error ? chosen.message : 'none is named in config.yaml, so none is asked without --model'
  const found = named.map(([tier, names]) => `${tier}: ${names.join(', ')}`).join('; ')
  const dates = prices instanceof Error ? [] : [...prices.values()].map(({ date }) => date).sort()
  return [
    { name: 'models', found: visible(found === '' ? 'none' : found), missing: visible(found === '' ? none : '') },
    prices instanceof Error
      ? { name: 'prices', found: '', missing: visible(prices.message) }
      : { name: 'prices', found: `${dates.length} models, the newest as of ${dates.at(-1)}`, missing: '' },
  ]
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
  const file = await findTool(name, { env: config.env, toolchain: config.env.MLOPS_TOOLCHAIN })
  if (file === undefined) return { name, found: '', missing: purpose }
  return { name, found: (await toolVersion(file, { env: config.env })) || file, missing: '' }
}
