// The only reader of process.env and of the terminal's properties; everything below cli/ is given what it needs.
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Config {
  /** Folder of the installed package: agents, prompts, workflows, blueprints, validators. */
  readonly root: string
  readonly version: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** A person can be asked. */
  readonly interactive: boolean
  readonly color: boolean
  readonly columns: number
}

/** `bin` is the file that was started; the package lies around its folder, in the repository as in an installation. */
export function readConfig(bin: string): Config {
  const root = path.resolve(path.dirname(fileURLToPath(bin)), '..')
  const env = process.env
  // A terminal that does not know its width cannot be drawn on, so questions would be shown a letter a line.
  const columns = process.stdout.columns || 0
  const terminal = process.stdout.isTTY === true && process.stderr.isTTY === true
  return {
    root,
    version: VERSION,
    env,
    cwd: process.cwd(),
    interactive: terminal && columns > 0 && process.stdin.isTTY === true && !env.CI,
    color: terminal && !env.NO_COLOR && env.TERM !== 'dumb',
    columns: columns || 100,
  }
}

/** Kept equal to package.json by a test; reading the file at each start would cost more than the whole help text. */
export const VERSION = '0.1.0'

/** Where installed tools are kept between runs; loaded lazily, since most commands install nothing. */
export async function cacheDir(config: Config): Promise<string> {
  if (config.env.MLOPS_AGENTS_CACHE) return config.env.MLOPS_AGENTS_CACHE
  const { default: envPaths } = await import('env-paths')
  return envPaths('mlops-agents', { suffix: '' }).cache
}
