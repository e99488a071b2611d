import { execFileSync, spawnSync } from 'node:child_process'
import { cp, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './temporary.js'

const root = path.resolve(import.meta.dirname, '..')

interface Cruise {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly { from: string; to: string; rule: { name: string } }[]
  }
}

function cruise(folder: string): Cruise {
  const bin = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [bin, '--config', path.join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src']
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 })
  return JSON.parse(stdout) as Cruise
}

/** A copy of src with one more file in it. */
async function planted(file: string, text: string): Promise<Cruise> {
  const folder = temporaryFolder('layers')
  await cp(path.join(root, 'src'), path.join(folder, 'src'), { recursive: true })
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  await writeFile(path.join(folder, 'tsconfig.json'), '{}')
  await writeFile(path.join(folder, 'src', file), text)
  return cruise(folder)
}

const rules = ({ summary }: Cruise) => summary.violations.map(({ rule }) => rule.name)

describe('the layers of src', { timeout: 60_000 }, () => {
  it('hold, over every file that git tracks', () => {
    const { summary } = cruise(root)
    const tracked = execFileSync('git', ['ls-files', 'src/*.ts', 'src/**/*.ts'], { cwd: root, encoding: 'utf8' })
      .trim()
      .split('\n')
    expect(summary.totalCruised).toBeGreaterThanOrEqual(tracked.length)
    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`)).toEqual([])
  })

  it.each([
    [
      'an upward import',
      'workflow/planted.ts',
      "import { run } from '../run/run.js'\nexport const planted = run\n",
      'workflow-imports-down-only',
    ],
    [
      'a type imported upward',
      'spec/planted.ts',
      "import type { Platform } from '../run/platform.js'\nexport type Planted = Platform\n",
      'spec-imports-down-only',
    ],
    [
      'a lazy upward import',
      'tool/planted.ts',
      "export const planted = () => import('../run/run.js')\n",
      'tool-imports-down-only',
    ],
    [
      'an import beside',
      'prompt/planted.ts',
      "import { openGit } from '../workspace/git.js'\nexport const planted = openGit\n",
      'prompt-imports-down-only',
    ],
    [
      'a package of another owner',
      'run/planted.ts',
      "import Handlebars from 'handlebars'\nexport const planted = Handlebars\n",
      'handlebars-has-one-owner',
    ],
  ])('would show %s', async (_, file, text, rule) => {
    expect(rules(await planted(file, text))).toContain(rule)
  })
})
