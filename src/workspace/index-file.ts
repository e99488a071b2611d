// Trees are changed in an index of their own, so that the user's is never touched.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git } from './git.js'

/** Reads a tree into an index of its own, changes it there, and writes it back as a tree. */
export async function inOwnIndex(git: Git, tree: string, change: readonly string[], input: string): Promise<string> {
  const index = join((await git.ask('rev-parse', '--absolute-git-dir')).trim(), 'mlops-agents.index')
  try {
    await git.write(['read-tree', tree], { index })
    await git.write(change, { index, input })
    return (await git.write(['write-tree'], { index })).stdout.trim()
  } finally {
    await rm(index, { force: true })
  }
}
