// One text changed on two sides, merged by git as it merges files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Git } from './git.js'

/** Exit codes up to here are numbers of conflicts. */
const CONFLICTS = Array.from({ length: 128 }, (_, code) => code)

export interface Sides {
  readonly base: string
  readonly ours: string
  readonly theirs: string
}

/** Undefined where both sides changed the same lines. */
export type MergeText = (sides: Sides) => Promise<string | undefined>

export async function mergeText(git: Git, { base, ours, theirs }: Sides): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-agents-merge-'))
  try {
    const named = { ours, base, theirs }
    for (const [name, text] of Object.entries(named)) await writeFile(join(folder, name), text)
    const files = Object.keys(named).map((name) => join(folder, name))
    const { code, stdout } = await git.write(['merge-file', '-p', '-q', ...files], { accepted: CONFLICTS })
    return code === 0 ? stdout : undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
