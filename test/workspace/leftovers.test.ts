import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { clearLeftovers } from '../../src/workspace/leftovers.js'
import { REAL_GIT, user, workspace } from './scratch.js'

const LEFT = [
  'index.lock',
  'HEAD.lock',
  'config.lock',
  'packed-refs.lock',
  'mlops-agents.index',
  'mlops-agents.index.lock',
  'index.stash.123',
  'index.stash.123.lock',
  'fast_import_crash_123',
  'refs/heads/mlops-agents/generated.lock',
  'objects/pack/tmp_pack_x1',
  'objects/pack/tmp_idx_x1',
  'objects/ab/tmp_obj_x1',
  'objects/pack/pack-1.keep',
]

async function leftIn(): Promise<{ root: string; folder: string }> {
  const { root } = await workspace({ 'a.txt': 'a\n' })
  const folder = join(root, '.git')
  for (const name of LEFT) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name.endsWith('.keep') ? 'fast-import\n' : '')
  }
  return { root, folder }
}

/** A git that is at work in the folder until its input ends. */
const working = (cwd: string) => spawn(REAL_GIT, ['cat-file', '--batch'], { cwd, stdio: ['pipe', 'ignore', 'ignore'] })

describe('clearLeftovers', () => {
  it('removes everything that a killed git leaves, and nothing else', async () => {
    const { root, folder } = await leftIn()
    writeFileSync(join(folder, 'objects/pack/pack-2.keep'), 'kept by Ada')
    writeFileSync(join(folder, 'mine.lock'), '')
    expect((await clearLeftovers(root, [folder, folder])).map((path) => path.slice(folder.length + 1)).sort()).toEqual(
      [...LEFT].sort(),
    )
    const names = readdirSync(folder, { recursive: true }).map(String)
    expect(LEFT.filter((name) => names.includes(name))).toEqual([])
    expect(names).toContain('objects/pack/pack-2.keep')
    expect(names).toContain('mine.lock')
    expect(user(root, 'fsck', '--strict')).toBe('')
    expect(user(root, 'status', '--porcelain')).toBe('')
  })

  it('waits for a git that is still at work', async () => {
    const { root, folder } = await leftIn()
    mkdirSync(join(root, 'deep'))
    const git = working(join(root, 'deep'))
    const clearing = clearLeftovers(root, [folder])
    await wait(200)
    expect(existsSync(join(folder, 'index.lock'))).toBe(true)
    git.stdin.end()
    expect(await clearing).toHaveLength(LEFT.length)
  })

  it('leaves the lock of a git that does not end, and names its process', async () => {
    const { root, folder } = await leftIn()
    const git = working(root)
    try {
      await expect(clearLeftovers(root, [folder], 50)).rejects.toThrow(
        new RegExp(`git is at work in ${root} \\(process ${git.pid}\\), so its lock .*\\.lock stays; let it end`),
      )
      expect(existsSync(join(folder, 'index.lock'))).toBe(true)
    } finally {
      git.stdin.end()
    }
  })

  it('does not mind a git elsewhere, or one that is at work where nothing was left', async () => {
    const { root, folder } = await leftIn()
    const other = await workspace({ 'b.txt': 'b\n' })
    const git = working(other.root)
    try {
      expect(await clearLeftovers(root, [folder], 0)).toHaveLength(LEFT.length)
      expect(await clearLeftovers(other.root, [join(other.root, '.git')], 0)).toEqual([])
    } finally {
      git.stdin.end()
    }
  })
})
