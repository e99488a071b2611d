// Which files of a phase this person was last shown, so that approving them later cannot mean others.
import { z } from 'zod'
import { openMemory } from '../record/memory.js'

const shownSchema = z.record(z.string(), z.string())

async function read(root: string): Promise<Record<string, string>> {
  const text = await openMemory(root, 'shown.json').read()
  const parsed = shownSchema.safeParse(text === undefined ? {} : JSON.parse(text))
  return parsed.success ? parsed.data : {}
}

/** Id of the tree, by phase; undefined where nothing was shown here. */
export const shownBefore = async (root: string, phase: string): Promise<string | undefined> => (await read(root))[phase]

export async function rememberShown(root: string, phase: string, tree: string): Promise<void> {
  await openMemory(root, 'shown.json').write(JSON.stringify({ ...(await read(root)), [phase]: tree }))
}
