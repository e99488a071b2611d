// `design --rebuild-base`: where the generated branch was lost, it is made again before anything else.
import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'
import { WorkspaceError } from '../errors.js'
import type { Definitions } from '../run/definitions.js'
import { buildPlatform, planPlatform } from '../run/platform.js'
import { rebuildBase } from '../run/rebuild.js'
import { loadSpec } from '../spec/load.js'
import { gitVersion } from '../workspace/git.js'
import type { Config } from './config.js'

/** @throws WorkspaceError where nothing was designed in the folder, or nothing was lost */
export async function rebuild(folder: string, definitions: Definitions, config: Config): Promise<void> {
  await gitVersion(config.env)
  const root = await realpath(folder).catch(() => folder)
  const text = await readFile(path.join(root, 'spec.yaml'), 'utf8').catch(() => {
    throw new WorkspaceError(
      `${root} has no spec.yaml, so nothing says what was designed; take it from your history first`,
    )
  })
  await rebuildBase({
    root,
    env: config.env,
    clock: Date.now,
    notice: (sentence) => void process.stderr.write(`note: ${sentence}\n`),
    compose: async () => {
      const platform = await buildPlatform(definitions, loadSpec(text, 'spec.yaml'))
      return { platform, items: planPlatform(definitions, platform, new Map()) }
    },
  })
}
