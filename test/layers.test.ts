import { execFileSync, spawnSync } from 'node:child_process'
import { cp, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
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

/** What, as which file, with what text, and the rule that forbids it. */
const FORBIDDEN: readonly (readonly [string, string, string, string])[] = [
  [
    'an upward import',
    'src/workflow/planted.ts',
    "import { run } from '../run/run.js'\nexport const planted = run\n",
    'workflow-imports-down-only',
  ],
  [
    'a type imported upward',
    'src/spec/planted.ts',
    "import type { Platform } from '../run/platform.js'\nexport type Planted = Platform\n",
    'spec-imports-down-only',
  ],
  [
    'a lazy upward import',
    'src/tool/planted.ts',
    "export const planted = () => import('../run/run.js')\n",
    'tool-imports-down-only',
  ],
  [
    'an import beside',
    'src/prompt/planted.ts',
    "import { openGit } from '../workspace/git.js'\nexport const planted = openGit\n",
    'prompt-imports-down-only',
  ],
  [
    'a package of another owner',
    'src/run/planted.ts',
    "import Handlebars from 'handlebars'\nexport const planted = Handlebars\n",
    'handlebars-has-one-owner',
  ],
]

/** A copy of src with all of them in it: looking at all of src takes seconds, so it is done once. */
async function planted(): Promise<Cruise> {
  const folder = temporaryFolder('layers')
  await cp(path.join(root, 'src'), path.join(folder, 'src'), { recursive: true })
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  await writeFile(path.join(folder, 'tsconfig.json'), '{}')
  for (const [, file, text] of FORBIDDEN) await writeFile(path.join(folder, file), text)
  return cruise(folder)
}

describe('the layers of src', { timeout: 120_000 }, () => {
  it('hold, over every file that git tracks', () => {
    const { summary } = cruise(root)
    const tracked = execFileSync('git', ['ls-files', 'src/*.ts', 'src/**/*.ts'], { cwd: root, encoding: 'utf8' })
      .trim()
      .split('\n')
    expect(summary.totalCruised).toBeGreaterThanOrEqual(tracked.length)
    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`)).toEqual([])
  })

  describe('would show', () => {
    let found: Cruise
    beforeAll(async () => {
      found = await planted()
    }, 120_000)

    it.each(FORBIDDEN)('%s', (_, file, _text, rule) => {
      const names = found.summary.violations.filter(({ from }) => from === file).map(({ rule: { name } }) => name)
      expect(names).toContain(rule)
    })

    it('nothing else', () => {
      const files = new Set(FORBIDDEN.map(([, file]) => file))
      expect(found.summary.violations.filter(({ from }) => !files.has(from))).toEqual([])
    })
  })
})
