// Finishes what a killed run was doing to the user's files, or takes it back; what a person has edited since then is never touched.
import { lstat, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { changesBetween, obstacle, removeEmptyFolders } from './checkout.js'
import type { Git } from './git.js'
import { readJournal, removeJournal } from './journal.js'
import { blobId, type Entry, parseTree, type Tree } from './tree.js'

export interface Recovered {
  readonly how: 'finished' | 'taken back'
  /** Paths that a person edited after the run was killed: left as they are. */
  readonly edited: readonly string[]
}

/** To be called under the workspace's lock, when no git is at work any more. Undefined where no run was killed while it changed files. */
export async function recoverFiles(git: Git): Promise<Recovered | undefined> {
  const applying = await readJournal(git.root)
  if (applying === undefined) return undefined
  const { from, to, branch } = applying
  const [checkedOut, head] = await Promise.all([nameOfHead(git), commitOf(git, 'HEAD')])
  // Where the person has committed or switched since then, their commit is what index and files have to agree with.
  const open = checkedOut === branch && head === from
  const paths = (await changesBetween(git, from, to)).map(({ path }) => path)
  const sides: Sides = { from: await treeOf(git, from), to: await treeOf(git, to), head: await treeOf(git, head) }
  const seen = await look(git, paths, sides)
  // With edits in between it goes back: they may rest on the old content, and beside the new one they would read as its removal.
  const finish = open && seen.edited.size === 0
  const target = finish ? sides.to : sides.head
  await bring(git, paths, target, seen)
  if (finish) await git.write(['update-ref', '-m', 'mlops-agents: finish', branch, to, from ?? '0'.repeat(to.length)])
  await removeJournal(git.root)
  const how = finish || head === to ? 'finished' : 'taken back'
  return { how, edited: [...seen.edited].sort() }
}

interface Sides {
  readonly from: Tree
  readonly to: Tree
  readonly head: Tree
}

interface Seen {
  /** What lies at a path now; absent where nothing does. */
  readonly ids: ReadonlyMap<string, string>
  readonly edited: ReadonlySet<string>
  /** Of the edited ones, those that the person has told git of. */
  readonly staged: ReadonlySet<string>
}

const nameOfHead = async (git: Git): Promise<string> => (await git.ask('symbolic-ref', '--quiet', 'HEAD')).trim()

async function commitOf(git: Git, name: string): Promise<string | undefined> {
  const said = await git.write(['rev-parse', '--verify', '--quiet', `${name}^{commit}`], { accepted: [0, 1, 128] })
  return said.code === 0 ? said.stdout.trim() : undefined
}

const treeOf = async (git: Git, commit: string | undefined): Promise<Tree> =>
  commit === undefined ? new Map() : parseTree(await git.ask('ls-tree', '-r', '-z', '--full-tree', commit))

/** What a person may have done: anything that is neither the old nor the new content, nor what a killed git leaves of the new one. */
async function look(git: Git, paths: readonly string[], sides: Sides): Promise<Seen> {
  const ids = await idsOf(git, paths, sides)
  const index = await indexOf(git, paths)
  const known = (path: string, id: string | undefined): boolean =>
    id === undefined || [sides.from, sides.to, sides.head].some((tree) => tree.get(path)?.id === id)
  const edited = new Set<string>()
  for (const path of paths)
    if (!known(path, ids.get(path)) && !(await begun(git, path, sides.to.get(path)))) edited.add(path)
  const touched = new Set(paths)
  for (const path of paths) if (await blocked(git.root, path, touched)) edited.add(path)
  const staged = new Set(paths.filter((path) => !known(path, index.get(path))))
  for (const path of staged) edited.add(path)
  return { ids, edited, staged }
}

/** Ids that git would give to what lies there, so that line ends count as git counts them. */
async function idsOf(git: Git, paths: readonly string[], { to }: Sides): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  const files: string[] = []
  for (const path of paths) {
    if ((await obstacle(git.root, path)) !== path) continue
    const found = await lstat(join(git.root, path))
    if (found.isFile()) files.push(path)
    else if (found.isSymbolicLink()) ids.set(path, linkId(await readlink(join(git.root, path)), to))
    else ids.set(path, 'neither a file nor a link')
  }
  if (files.length === 0) return ids
  // A name with a line end would be read as two; such a file is then taken for edited, and kept.
  const asked = files.filter((path) => !path.includes('\n'))
  for (const path of files) ids.set(path, 'unknown')
  const said = await git.write(['hash-object', '--stdin-paths'], { input: asked.map((path) => `${path}\n`).join('') })
  said.stdout
    .trim()
    .split('\n')
    .forEach((id, at) => void (asked[at] !== undefined && ids.set(asked[at], id)))
  return ids
}

function linkId(target: string, sample: Tree): string {
  const [entry] = sample.values()
  return blobId(target, entry?.id.length === 64 ? 'sha256' : 'sha1')
}

async function indexOf(git: Git, paths: readonly string[]): Promise<Map<string, string>> {
  const touched = new Set(paths)
  const ids = new Map<string, string>()
  for (const line of (await git.ask('ls-files', '--stage', '-z')).split('\0')) {
    const [, id, path] = /^\d+ ([0-9a-f]+) \d\t(.*)$/s.exec(line) ?? []
    if (id !== undefined && path !== undefined && touched.has(path)) ids.set(path, id)
  }
  return ids
}

/** A file that git had begun to write, or that the disk had not kept yet: the beginning of the new content, or nothing but zeros. */
async function begun(git: Git, path: string, entry: Entry | undefined): Promise<boolean> {
  const found = await lstat(join(git.root, path)).catch(() => undefined)
  if (found === undefined || !found.isFile()) return false
  if (found.size === 0) return true
  if (entry === undefined) return false
  const bytes = await readFile(join(git.root, path))
  const whole = Buffer.from(await git.ask('cat-file', 'blob', entry.id))
  return whole.subarray(0, bytes.length).equals(bytes) || bytes.every((byte) => byte === 0)
}

/** Something of the person's stands where a file has to go: a file or a link above it, or a folder that holds more than ours. */
async function blocked(root: string, path: string, touched: ReadonlySet<string>): Promise<boolean> {
  const above = await obstacle(root, path)
  if (above !== undefined) return above !== path && !touched.has(above)
  const found = await lstat(join(root, path)).catch(() => undefined)
  if (found === undefined) return false
  const inside = await readdir(join(root, path), { recursive: true, withFileTypes: true })
  return inside.some(
    (entry) => !entry.isDirectory() && !touched.has(join(entry.parentPath, entry.name).slice(root.length + 1)),
  )
}

/** Makes index and files what the target has at these paths; may be cut off at any time and begun again. */
async function bring(git: Git, paths: readonly string[], target: Tree, seen: Seen): Promise<void> {
  const ours = paths.filter((path) => !seen.edited.has(path))
  for (const path of ours.filter((one) => !target.has(one) && seen.ids.has(one))) {
    await rm(join(git.root, path), { force: true })
    await removeEmptyFolders(git.root, path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.')
  }
  const nobody = '0'.repeat([...target.values()][0]?.id.length ?? 40)
  const told = paths.filter((path) => !seen.staged.has(path))
  const gone = told.filter((path) => !target.has(path)).map((path) => `0 ${nobody}\t${path}\0`)
  const there = told.flatMap((path) => {
    const entry = target.get(path)
    return entry === undefined ? [] : `${entry.mode} ${entry.id}\t${path}\0`
  })
  // What goes makes room for what comes at a path above or below it.
  for (const lines of [gone, there])
    if (lines.length > 0) await git.write(['update-index', '-z', '--index-info'], { input: lines.join('') })
  const back = ours.filter((path) => target.has(path)).map((path) => `${path}\0`)
  if (back.length > 0) await git.write(['checkout-index', '--force', '-q', '-z', '--stdin'], { input: back.join('') })
  await git.write(['update-index', '-q', '--refresh'], { accepted: [0, 1] })
}
