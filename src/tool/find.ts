// Finds external programs and asks for their version; what is not there is simply undefined, never an error.
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Environment } from './environment.js'
import { runTool } from './run.js'

export interface FindOptions {
  readonly env: Environment
  /** A folder of validators whose `bin` is looked through after PATH. */
  readonly toolchain?: string | undefined
}

/** Absolute path of an executable file on PATH or in the toolchain. */
export async function findTool(name: string, { env, toolchain }: FindOptions): Promise<string | undefined> {
  // A relative entry of PATH would make the answer depend on the folder that we happen to stand in.
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute)
  for (const folder of [...folders, ...(toolchain ? [join(toolchain, 'bin')] : [])]) {
    const path = join(folder, name)
    if (await executable(path)) return path
  }
  return undefined
}

async function executable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

export interface VersionOptions {
  readonly env: Environment
  readonly args?: readonly string[]
}

/** Version that the program says it has, e.g. `0.13.8`; empty where it says none within ten seconds. */
export async function toolVersion(path: string, { env, args = ['--version'] }: VersionOptions): Promise<string> {
  const said = await runTool({ program: path, args, cwd: '/', env, wallSeconds: 10 })
  if (said.kind !== 'exited' || said.code !== 0) return ''
  return `${said.stdout}\n${said.stderr}`.match(/\d+\.\d+(\.\d+)*([-+.]?[a-z][\w.]*)?/i)?.[0] ?? ''
}
