// What a git that was killed leaves in a repository, and which gits are still at work there: only their locks are theirs.
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { WorkspaceError } from '../errors.js'

/** A git outlives the process that started it, and ends what it does; for anything of ours that takes a second at most. */
const PATIENCE_MS = 10_000

/**
 * Removes locks, crash reports and unfinished objects; to be called only where a run of ours was cut off, and while its lock is held.
 * @throws WorkspaceError where a git is at work
 */
export async function clearLeftovers(
  root: string,
  gitFolders: readonly string[],
  patience = PATIENCE_MS,
): Promise<string[]> {
  const until = Date.now() + patience
  let busy = await gitsAtWork(root)
  while (busy.length > 0 && Date.now() < until) {
    await wait(20)
    busy = await gitsAtWork(root)
  }
  const left = (await Promise.all([...new Set(gitFolders)].map(leftIn))).flat()
  if (busy.length > 0 && left.length > 0)
    throw new WorkspaceError(
      `git is at work in ${root} (process ${busy.join(', ')}), so its lock ${left[0]} stays; let it end, then run the command again`,
    )
  for (const path of left) await rm(path, { force: true })
  return left
}

/** Numbers of the processes of git in a folder or below it. Where the system does not say where a process works, any git counts. */
async function gitsAtWork(root: string): Promise<number[]> {
  const real = await realpath(root)
  const names = await readdir('/proc').catch(() => undefined)
  if (names === undefined || !names.includes('self')) return anyGit()
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
        if (!name.startsWith('git')) return []
        const folder = await readlink(`/proc/${pid}/cwd`).catch((error: NodeJS.ErrnoException) =>
          // Somebody else's process is not ours to ask; one that has ended meanwhile is at work nowhere.
          error.code === 'EACCES' || error.code === 'EPERM' ? real : undefined,
        )
        return folder === real || folder?.startsWith(`${real}/`) ? [Number(pid)] : []
      }),
  )
  return found.flat()
}

async function anyGit(): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,comm=']).catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap((line) => {
    const [, pid] = /^\s*(\d+)\s+(?:\S*\/)?git\S*\s*$/.exec(line) ?? []
    return pid === undefined ? [] : [Number(pid)]
  })
}

const TOP =
  /^(index|HEAD|ORIG_HEAD|config|packed-refs)\.lock$|^(mlops-agents\.index|index\.stash\.\d+)(\.lock)?$|^fast_import_crash_\d+$/

async function leftIn(folder: string): Promise<string[]> {
  const [top, refs, packs] = await Promise.all([
    namesIn(folder),
    namesIn(join(folder, 'refs'), true),
    namesIn(join(folder, 'objects/pack')),
  ])
  const loose = (await namesIn(join(folder, 'objects'))).filter((name) => /^[0-9a-f]{2}$/.test(name))
  const objects = await Promise.all(
    loose.map(async (name) =>
      (await namesIn(join(folder, 'objects', name))).map((inner) => `objects/${name}/${inner}`),
    ),
  )
  const left = [
    ...top.filter((name) => TOP.test(name)),
    ...refs.filter((name) => name.endsWith('.lock')).map((name) => `refs/${name}`),
    ...packs.filter((name) => name.startsWith('tmp_')).map((name) => `objects/pack/${name}`),
    ...objects.flat().filter((name) => /\/tmp_obj_\w+$/.test(name)),
  ].map((name) => join(folder, name))
  for (const name of packs.filter((one) => one.endsWith('.keep'))) {
    const keep = join(folder, 'objects/pack', name)
    // Others mark packs in this way on purpose, with words of their own.
    if ((await readFile(keep, 'utf8').catch(() => '')).trim() === 'fast-import') left.push(keep)
  }
  return left
}

async function namesIn(folder: string, recursive = false): Promise<string[]> {
  return readdir(folder, { recursive }).catch(() => [])
}
