// The branch of generated trees: one commit per attempt, from which any clone can tell status, staleness and what to merge.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkspaceError } from '../errors.js'
import type { EmittedFile, Level } from '../types.js'
import type { Git } from './git.js'
import { type Change, type Files, importStream, type Uncommitted } from './import-stream.js'
import { assertFiles, assertPaths } from './paths.js'
import { type Review, readReviews } from './reviews.js'
import { type Attempt, LOG_FORMAT, readLog, type Tailored } from './trailers.js'
import { blobId, type Entry, type KnownFolders, type ObjectFormat, parseTree, type Tree, treeId } from './tree.js'

export const GENERATED = 'refs/heads/mlops-agents/generated'
const ORIGIN = 'refs/remotes/origin/mlops-agents/generated'

/** An attempt that is to be committed. A file whose own `deliverable` is another one is that one's, patched by this attempt. */
export interface NewAttempt {
  readonly deliverable: string
  readonly key: string
  readonly attempt: number
  readonly files: readonly EmittedFile[]
  /** The files as they were before an agent tailored them; where absent, nothing was tailored. */
  readonly baseline?: readonly EmittedFile[]
  readonly subject: string
  readonly decision: string
  /** Where absent: `none`. */
  readonly level?: Level | 'none'
  /** Where absent: none. */
  readonly inputs?: Readonly<Record<string, string>>
  /** Files that the repository holds already, as `files` in every other respect. */
  readonly stored?: readonly StoredFile[]
  readonly run?: string
  readonly undone?: string
  /** The commit of the tailored attempt that `stored` is from: its baseline lies beside it there. */
  readonly restores?: string
  readonly note?: string
  readonly tailored?: Tailored
}

/** A file of an earlier tree; like an emitted one it is a patch where its `deliverable` is another one. */
export interface StoredFile extends Entry {
  readonly path: string
  readonly deliverable: string
}

export interface GeneratedBranch {
  /** `refs/heads/…`, or origin's where nothing local exists yet. */
  readonly ref: string
  readonly commit: string
}

export interface Branches {
  readonly generated: GeneratedBranch | undefined
  /** Where origin's stands, if that is somewhere else than the local one. */
  readonly origin?: GeneratedBranch
  /** The branch that is checked out; undefined on a detached HEAD and on a branch without commits. */
  readonly current: { readonly ref: string; readonly commit: string } | undefined
}

/** Where the generated branch and the user's branch stand, in one question to git. */
export async function readBranches(git: Git): Promise<Branches> {
  const format = '--format=%(HEAD) %(refname) %(objectname)'
  const rows = (await git.ask('for-each-ref', format, 'refs/heads', ORIGIN)).split('\n').map((line) => {
    const [ref = '', commit = ''] = line.slice(2).split(' ')
    return { ref, commit, current: line.startsWith('*') }
  })
  const named = (name: string) => rows.find(({ ref }) => ref === name)
  const [local, origin] = [named(GENERATED), named(ORIGIN)]
  const elsewhere = local !== undefined && origin !== undefined && origin.commit !== local.commit
  return {
    generated: local ?? origin,
    current: rows.find(({ current }) => current),
    ...(elsewhere ? { origin } : {}),
  }
}

/** Where the generated branch stands, or undefined in a workspace that has none. */
export async function generatedBranch(git: Git): Promise<GeneratedBranch | undefined> {
  return (await readBranches(git)).generated
}

/** Every attempt and every review from oldest to newest; one question to git where it is known already where the branch stands. */
export async function history(
  git: Git,
  known?: GeneratedBranch,
): Promise<{ readonly attempts: Attempt[]; readonly reviews: Review[] }> {
  const branch = known ?? (await generatedBranch(git))
  if (branch === undefined) return { attempts: [], reviews: [] }
  const log = await git.ask('log', '-z', '--date-order', `--format=${LOG_FORMAT}`, branch.commit, '--')
  return { attempts: readLog(log), reviews: readReviews(log) }
}

export const attempts = async (git: Git, known?: GeneratedBranch): Promise<Attempt[]> =>
  (await history(git, known)).attempts

/** The newest attempt of each deliverable, in the order in which they were made. */
export function latest(all: readonly Attempt[]): Map<string, Attempt> {
  const newest = new Map<string, Attempt>()
  for (const attempt of all) {
    newest.delete(attempt.deliverable)
    newest.set(attempt.deliverable, attempt)
  }
  return newest
}

/** Paths and contents' ids of the newest generated tree; empty where nothing was generated yet. */
export async function generatedTree(git: Git): Promise<Tree> {
  const branch = await generatedBranch(git)
  return branch === undefined ? new Map() : treeOf(git, branch.commit)
}

/** Paths and contents' ids of a commit. */
export const treeOf = async (git: Git, commit: string): Promise<Map<string, Entry>> =>
  parseTree(await git.ask('ls-tree', '-r', '-z', '--full-tree', commit))

/** The tree on which a commit was made; empty before the first one. */
export async function treeBefore(git: Git, commit: string): Promise<Tree> {
  const [, parent] = (await git.ask('rev-list', '--parents', '-1', commit, '--')).trim().split(' ')
  return parent === undefined ? new Map() : treeOf(git, parent)
}

/** The text of one path at several commits, each distinct one read once; a commit that has no such path is left out. */
export async function textsAt(git: Git, commits: readonly string[], path: string): Promise<Map<string, string>> {
  const wanted = [...new Set(commits)]
  if (wanted.length === 0) return new Map()
  const { stdout } = await git.write(['cat-file', '--batch-check=%(objectname)'], {
    input: wanted.map((commit) => `${commit}:${path}\n`).join(''),
  })
  const ids = stdout.trim().split('\n')
  const found = wanted.flatMap((commit, at): [string, string][] => {
    const id = ids[at] ?? ''
    return /^[0-9a-f]+$/.test(id) ? [[commit, id]] : []
  })
  const texts = await blobs(git, [...new Set(found.map(([, id]) => id))])
  return new Map(found.map(([commit, id]) => [commit, texts.get(id) ?? '']))
}

export interface StoredText {
  readonly path: string
  readonly mode: '100644' | '100755'
  readonly content: string
}

/** Texts of some paths of a commit; those that it has not are left out. */
export async function filesAt(git: Git, commit: string, paths: readonly string[]): Promise<StoredText[]> {
  const tree = await treeOf(git, commit)
  const entries = paths.flatMap((path) => {
    const entry = tree.get(path)
    return entry === undefined ? [] : [{ path, ...entry }]
  })
  const texts = await blobs(git, [...new Set(entries.map(({ id }) => id))])
  return entries.map(({ path, mode, id }) => ({
    path,
    mode: mode === '100755' ? '100755' : '100644',
    content: texts.get(id) ?? '',
  }))
}

/** Contents by id, in one question. */
async function blobs(git: Git, ids: readonly string[]): Promise<Map<string, string>> {
  const { stdout } = await git.write(['cat-file', '--batch'], { input: ids.map((id) => `${id}\n`).join('') })
  const bytes = Buffer.from(stdout)
  const texts = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at)
    const [id = '', , size = '0'] = bytes.subarray(at, end).toString().split(' ')
    texts.set(id, bytes.subarray(end + 1, end + 1 + Number(size)).toString())
    at = end + 1 + Number(size) + 1
  }
  return texts
}

/** What each attempt changed, as git prints it, by commit; one question for all of them. */
export async function patchesOf(git: Git, made: readonly Attempt[]): Promise<Map<string, string>> {
  if (made.length === 0) return new Map()
  // The second parent of a tailored attempt is its baseline, which is not what was there before.
  const form = [
    '--format=%x00%H',
    '--patch',
    '--diff-merges=first-parent',
    '--no-renames',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
  ]
  const said = await git.ask(
    'show',
    ...form,
    '--src-prefix=a/',
    '--dst-prefix=b/',
    ...made.map(({ commit }) => commit),
    '--',
  )
  const commit = new RegExp(`^\\0(${made.map((one) => one.commit).join('|')})$`, 'm')
  const parts = said.split(commit).slice(1)
  return new Map(made.map((_, at) => [parts[at * 2] ?? '', (parts[at * 2 + 1] ?? '').trimStart()]))
}

interface State {
  readonly tree: Map<string, Entry>
  /** Which deliverable's newest attempt owns a path. */
  readonly owner: Map<string, string>
  readonly newest: Map<string, Uncommitted>
  /** What a path's owner last gave it, for paths that a patch lets go of. */
  readonly unpatched: Map<string, Entry>
  readonly folders: KnownFolders
}

/** What one attempt does to the tree; moves `state` on to the tree after it. */
function change(state: State, next: NewAttempt, format: ObjectFormat): Change {
  const {
    deliverable,
    key,
    attempt,
    decision,
    subject,
    level = 'none',
    inputs = {},
    stored = [],
    run,
    undone,
    restores,
    note,
    tailored,
  } = next
  const before = state.newest.get(deliverable)
  const untailored = next.baseline === undefined ? undefined : baselineOf(state, next, next.baseline, format)
  const all = [...next.files, ...stored]
  const now = new Set(all.map((file) => file.path))
  const own = all.filter((file) => file.deliverable === deliverable).map((file) => file.path)
  const patched = all.filter((file) => file.deliverable !== deliverable).map((file) => file.path)

  const removed = (before?.files ?? []).filter(
    (path) => !now.has(path) && state.owner.get(path) === deliverable && state.tree.has(path),
  )
  const put: Files['put'][number][] = [
    ...next.files.map((file) => ({ ...file, id: blobId(file.content, format) })),
    ...stored,
  ]
  for (const path of before?.patched ?? []) {
    const entry = state.unpatched.get(path)
    if (!now.has(path) && entry !== undefined && state.tree.has(path)) put.push({ path, ...entry })
  }
  for (const path of removed) {
    state.tree.delete(path)
    state.owner.delete(path)
  }
  for (const { path, mode, id } of put) state.tree.set(path, { mode, id })
  for (const path of own) {
    state.owner.set(path, deliverable)
    const entry = state.tree.get(path)
    if (entry !== undefined) state.unpatched.set(path, entry)
  }
  assertPaths(state.tree.keys())

  const tree = treeId(state.tree, format, state.folders)
  const made: Uncommitted = {
    deliverable,
    key,
    attempt,
    decision,
    inputs,
    level,
    baselineTree: untailored?.tree ?? tree,
    acceptedTree: tree,
    files: own.sort(),
    patched: patched.sort(),
    subject,
    ...(run === undefined ? {} : { run }),
    ...(undone === undefined ? {} : { undone }),
    ...(restores === undefined ? {} : { restores }),
    ...(note === undefined ? {} : { note }),
    ...(tailored === undefined ? {} : { tailored }),
  }
  state.newest.set(deliverable, made)
  return { attempt: made, removed, put, ...(untailored === undefined ? {} : { baseline: untailored.files }) }
}

/** The tree with the baseline in place; `state` stays as it is. */
function baselineOf(
  state: State,
  { deliverable }: NewAttempt,
  baseline: readonly EmittedFile[],
  format: ObjectFormat,
): { readonly tree: string; readonly files: Files } {
  const tree = new Map(state.tree)
  const now = new Set(baseline.map((file) => file.path))
  const old = state.newest.get(deliverable)?.files ?? []
  const removed = old.filter((path) => !now.has(path) && tree.has(path))
  for (const path of removed) tree.delete(path)
  const put = baseline.map((file) => ({ ...file, id: blobId(file.content, format) }))
  for (const { path, mode, id } of put) tree.set(path, { mode, id })
  return { tree: treeId(tree, format, state.folders), files: { removed, put } }
}

async function ownersVersions(
  git: Git,
  newest: ReadonlyMap<string, Attempt>,
  news: readonly NewAttempt[],
): Promise<Map<string, Entry>> {
  const versions = new Map<string, Entry>()
  for (const { deliverable, files } of news) {
    const now = new Set(files.map((file) => file.path))
    for (const path of newest.get(deliverable)?.patched ?? []) {
      const owner = [...newest.values()].find((attempt) => attempt.files.includes(path))
      if (now.has(path) || owner === undefined) continue
      const entry = parseTree(await git.ask('ls-tree', '-z', '--full-tree', owner.commit, '--', path)).get(path)
      if (entry !== undefined) versions.set(path, entry)
    }
  }
  return versions
}

async function objectFormat(git: Git, branch: GeneratedBranch | undefined): Promise<ObjectFormat> {
  const sha256 = branch
    ? branch.commit.length === 64
    : (await git.ask('rev-parse', '--show-object-format')).trim() === 'sha256'
  return sha256 ? 'sha256' : 'sha1'
}

/** Adds one commit per attempt to the generated branch, all of them or none; the user's branch and files are not touched. */
export async function commitAttempts(git: Git, news: readonly NewAttempt[]): Promise<Attempt[]> {
  if (news.length === 0) return []
  for (const next of news) {
    assertFiles(next.files)
    if (next.deliverable.trim() === '' || next.key.trim() === '')
      throw new WorkspaceError('an attempt needs the id of its deliverable and its key')
  }
  const branch = await generatedBranch(git)
  const [{ newest, tree, commits }, format] = await Promise.all([contentsOf(git, branch), objectFormat(git, branch)])
  const state: State = {
    tree: new Map(tree),
    owner: new Map(
      [...newest.values()].flatMap((attempt) =>
        attempt.files.map((path): [string, string] => [path, attempt.deliverable]),
      ),
    ),
    newest: new Map(newest),
    unpatched: await ownersVersions(git, newest, news),
    folders: new Map(),
  }
  const changes = news.map((next) => change(state, next, format))
  const input = importStream(GENERATED, changes, branch?.commit)
  const { stdout } = await git
    .write(['fast-import', '--quiet', '--date-format=now'], { input })
    .catch((error: unknown) => clearAway(git, error))
  const made = stdout.trim().split('\n')
  const added = changes.map(({ attempt }, index) => ({ ...attempt, commit: made[index] ?? '' }))
  const tip = added.at(-1)?.commit ?? ''
  remembered.set(git, {
    tip,
    newest: latest([...newest.values(), ...added]),
    tree: state.tree,
    commits: new Set([...commits, ...made]),
  })
  return added
}

interface Contents {
  readonly newest: ReadonlyMap<string, Attempt>
  readonly tree: Tree
  /** Of all attempts. */
  readonly commits: ReadonlySet<string>
}

/** What the branch held at its tip when it was last written; as long as the branch stands there, git need not be asked again. */
const remembered = new WeakMap<Git, Contents & { readonly tip: string }>()

async function contentsOf(git: Git, branch: GeneratedBranch | undefined): Promise<Contents> {
  if (branch === undefined) return { newest: new Map(), tree: new Map(), commits: new Set() }
  const known = remembered.get(git)
  if (known?.tip === branch.commit) return known
  const [all, tree] = await Promise.all([attempts(git, branch), treeOf(git, branch.commit)])
  return { newest: latest(all), tree, commits: new Set(all.map(({ commit }) => commit)) }
}

/** Where the history of a commit and that of the generated branch part; empty where they have nothing in common. */
export async function commonAncestor(git: Git, commit: string, generated: GeneratedBranch): Promise<string> {
  const known = remembered.get(git)
  if (known?.tip === generated.commit && known.commits.has(commit)) return commit
  return (await git.ask('merge-base', commit, generated.commit)).trim()
}

/** What git says that it left behind goes, above all where the disk is full; then the error goes on without those lines. */
async function clearAway(git: Git, error: unknown): Promise<never> {
  if (!(error instanceof WorkspaceError)) throw error
  const left = error.message.match(/\.git\/(fast_import_crash_\d+|objects\/pack\/tmp_(pack|idx)_\w+)/g) ?? []
  for (const path of left) await rm(join(git.root, path), { force: true })
  throw new WorkspaceError(error.message.replace(/\n?fast-import: dumping crash report.*/, ''))
}
