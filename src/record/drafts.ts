// What a process that was killed leaves in the record: files that it had not finished, and a log in which nothing stands.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { recordFolder } from './durable.js'
import { lastRun } from './runs.js'

/** Written beside their place and renamed when they are whole: by this folder, and by the library that writes memories. */
const UNFINISHED = [/\.draft$/, /^memory\/.*\.\d+$/, /^staging(\/|$)/]

/** To be called under the workspace's lock. */
export async function clearDrafts(root: string): Promise<void> {
  const folder = recordFolder(root)
  for (const name of await readdir(folder, { recursive: true }))
    if (UNFINISHED.some((pattern) => pattern.test(name))) await rm(join(folder, name), { recursive: true, force: true })
  const last = await lastRun(root)
  if (last?.status === 'empty') await rm(last.file)
}
