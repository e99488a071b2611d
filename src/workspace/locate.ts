// Decides, before anything is written, whether a folder may be the workspace, and otherwise says why not and what to do.
import { constants } from 'node:fs'
import { access, lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { WorkspaceError } from '../errors.js'
import { GENERATED, type GeneratedBranch, readBranches } from './generated.js'
import { type Environment, type Git, openGit, uncommitted } from './git.js'
import { standing } from './join.js'

export type Located =
  /** Absent or empty; `repository` where an empty repository is there already. */
  | { readonly kind: 'new'; readonly root: string; readonly repository: boolean }
  /** Ours, clean, on a branch. */
  | {
      readonly kind: 'existing'
      readonly root: string
      readonly branch: string
      readonly generated: GeneratedBranch
      /** Tracked files with changes that are to be set aside. */
      readonly uncommitted?: readonly string[]
    }

export interface InspectOptions {
  readonly env: Environment
  /** Allow a workspace inside another repository that does not ignore it. */
  readonly nested?: boolean
  /** Uncommitted changes will be set aside, so they are no reason to refuse. */
  readonly autostash?: boolean
  /** Nothing will be written, so uncommitted changes, another branch or a merge in progress do not matter. */
  readonly looking?: boolean
}

const OURS = new Set(['.git', '.mlops-agents'])
const RUNNING: Record<string, string> = {
  MERGE_HEAD: 'a merge',
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  BISECT_LOG: 'a bisect',
}
const SHOWN = 10

/** Looks at `dir` and writes nothing; anything but a new or a clean existing workspace is a WorkspaceError. */
export async function inspect(
  dir: string,
  { env, nested = false, looking = false, autostash = false }: InspectOptions,
): Promise<Located> {
  const { folder, rest } = await nearest(resolve(dir))
  const root = rest === '' ? folder : join(folder, rest)
  if (!looking) await writable(folder)
  const names = rest === '' ? await readdir(folder) : []
  const empty = names.every((name) => OURS.has(name))

  const git = openGit(folder, env)
  const repository = await repositoryOf(git)
  if (repository !== undefined && repository !== root) {
    if (!empty) {
      const { generated } = await readBranches(openGit(repository, env))
      if (generated !== undefined)
        throw new WorkspaceError(`${root} lies inside the workspace ${repository}; add --workspace ${repository}`)
      throw looking ? holdsNoDesign(root) : notOurs(root)
    }
    if (!nested && !(await ignored(openGit(repository, env), root)))
      throw new WorkspaceError(
        `${root} lies inside the repository ${repository}, which would take the workspace's files for its own. ` +
          'Either let that repository ignore the folder (add it to its .gitignore), or repeat the command with --nested.',
      )
    return { kind: 'new', root, repository: false }
  }
  if (repository === undefined) {
    if (!empty) throw looking ? holdsNoDesign(root) : notOurs(root)
    return { kind: 'new', root, repository: false }
  }
  return inspectRepository(git, empty, looking, autostash)
}

async function inspectRepository(git: Git, empty: boolean, looking: boolean, autostash: boolean): Promise<Located> {
  const { root } = git
  // Asked side by side, as most of the time goes into starting git; each answer is looked at in its turn.
  const asked = git.ask('rev-parse', '--is-shallow-repository', '--absolute-git-dir')
  const changes = looking ? undefined : uncommitted(git)
  for (const answer of [asked, changes]) answer?.catch(() => undefined)
  const branches = await readBranches(git)
  const { generated, current } = branches
  if (generated === undefined) {
    const unborn = current === undefined && (await git.ask('rev-parse', '--verify', '--quiet', 'HEAD')).trim() === ''
    if (empty && unborn) return { kind: 'new', root, repository: true }
    throw (await lost(git)) ?? (looking ? holdsNoDesign(root) : notOurs(root))
  }
  const [shallow, gitDir = ''] = (await asked).trim().split('\n')
  if (shallow === 'true') throw cutOff(root)
  if (looking) {
    const branch = await nameOfHead(git)
    const behind = branches.origin !== undefined && (await standing(git, branches)) === 'behind'
    return { kind: 'existing', root, branch, generated: behind ? (branches.origin ?? generated) : generated }
  }
  await refuseRunning(root, gitDir)
  const branch = current?.ref ?? (await git.ask('symbolic-ref', '--quiet', 'HEAD')).trim()
  if (branch === '') throw detached(root)
  if (branch === GENERATED)
    throw new WorkspaceError(
      `${root} has the branch mlops-agents/generated checked out, which is written by mlops-agents only; switch to your own, e.g. git switch main`,
    )
  const dirty = (await changes) ?? []
  if (!autostash) refuseUncommitted(git.root, dirty)
  return {
    kind: 'existing',
    root,
    branch: branch.replace('refs/heads/', ''),
    generated,
    ...(dirty.length === 0 ? {} : { uncommitted: dirty }),
  }
}

/** A branch without commits has a name, too: a run that was killed may have left it so. */
async function nameOfHead(git: Git): Promise<string> {
  const said = await git.ask('rev-parse', '--symbolic-full-name', 'HEAD').catch(() => git.ask('symbolic-ref', 'HEAD'))
  return said.trim().replace('refs/heads/', '')
}

/** @throws WorkspaceError where git is in the middle of something that a person has to finish */
async function refuseRunning(root: string, gitDir: string): Promise<void> {
  for (const [file, what] of Object.entries(RUNNING))
    if (await exists(join(gitDir, file)))
      throw new WorkspaceError(`${root} is in the middle of ${what}; finish or abort it first (git status says how)`)
}

const detached = (root: string) =>
  new WorkspaceError(`${root} has no branch checked out (detached HEAD); switch to one, e.g. git switch main`)

const cutOff = (root: string) =>
  new WorkspaceError(
    `${root} is a shallow clone: the older commits are missing, and with them what was made before and where your branch and the generated one met. ` +
      'Fetch them: git fetch --unshallow origin, and git fetch origin mlops-agents/generated:mlops-agents/generated where that branch is absent',
  )

/** The newest commit of a generated branch in the history of the user's own; empty where there is none. */
export async function generatedInHistory(git: Git): Promise<string> {
  const ours = ['--all-match', '--grep=^Deliverable: ', '--grep=^Accepted-Tree: ']
  const joined = ['--grep=^Join the generated branches of two clones$']
  const newest = async (patterns: readonly string[]) =>
    (await git.ask('log', '-1', '--topo-order', '--format=%H', ...patterns, 'HEAD', '--').catch(() => '')).trim()
  const reviews = ['--all-match', '--grep=^Review: ', '--grep=^Tree: ']
  const found = [await newest(ours), await newest(joined), await newest(reviews)].filter((commit) => commit !== '')
  return (await git.ask('rev-list', '-1', '--topo-order', ...found, '--').catch(() => '')).trim()
}

/** Whether `root` may be given a generated branch again. @throws WorkspaceError where a person has to do something first */
export async function inspectForRebuild(git: Git): Promise<{ readonly branch: string; readonly head: string }> {
  const [shallow, gitDir = ''] = (await git.ask('rev-parse', '--is-shallow-repository', '--absolute-git-dir'))
    .trim()
    .split('\n')
  if (shallow === 'true') throw cutOff(git.root)
  await refuseRunning(git.root, gitDir)
  const { current } = await readBranches(git)
  if (current === undefined) throw detached(git.root)
  return { branch: current.ref, head: current.commit }
}

/** What to say where a design was made and its branch is gone; undefined where nothing speaks of one. */
async function lost(git: Git): Promise<WorkspaceError | undefined> {
  const { root } = git
  const shallow = (await git.ask('rev-parse', '--is-shallow-repository')).trim() === 'true'
  if (shallow) return cutOff(root)
  const again = 'To make it again: mlops-agents design --rebuild-base'
  if ((await generatedInHistory(git)) !== '')
    return new WorkspaceError(
      `${root} has lost its branch mlops-agents/generated. If origin has it: git fetch origin mlops-agents/generated:mlops-agents/generated. ` +
        `${again}; your branch's history holds all of it but what was never merged into yours.`,
    )
  if (!((await exists(join(root, 'spec.yaml'))) && (await exists(join(root, 'contract.yaml'))))) return undefined
  return new WorkspaceError(
    `${root} has a spec.yaml and a contract.yaml, but no branch mlops-agents/generated, and its history does not hold one either. ` +
      `If origin has it: git fetch origin mlops-agents/generated:mlops-agents/generated. ` +
      `${again} from spec.yaml; lost are the attempts before and their levels, and every difference to the files of this version counts as an edit of yours.`,
  )
}

/** The nearest folder that exists, with links resolved, and what is still to be made below it. */
async function nearest(path: string): Promise<{ folder: string; rest: string }> {
  let rest = ''
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch((error: NodeJS.ErrnoException) => error.code)
    if (typeof found === 'object') {
      if (!found.isDirectory())
        throw new WorkspaceError(`${at} is a file; the workspace must be a folder, or a path where one can be made`)
      return { folder: await realpath(at), rest }
    }
    if (found !== 'ENOENT' && found !== 'ENOTDIR')
      throw new WorkspaceError(`${at} cannot be read (${found}); choose another --workspace`)
    if (await exists(at))
      throw new WorkspaceError(`${at} is a link that leads nowhere; remove it or choose another --workspace`)
    rest = join(basename(at), rest)
  }
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** A folder without any write permission counts as read-only for the superuser too: somebody meant it. */
async function writable(folder: string): Promise<void> {
  const { mode } = await stat(folder)
  const allowed =
    (mode & 0o222) !== 0 &&
    (await access(folder, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    ))
  if (!allowed) throw new WorkspaceError(`${folder} is read-only; make it writable or choose another --workspace`)
}

/** Top folder of the repository that holds the folder, or undefined; a bare one or its inside is an error. */
async function repositoryOf(git: Git): Promise<string | undefined> {
  const kind = ['--is-bare-repository', '--is-inside-git-dir']
  const said = await git.ask('rev-parse', ...kind, '--show-toplevel').catch((error: Error) => {
    if (error.message.includes('not a git repository')) return undefined
    // Where there are no files, git refuses to name their folder, and the rest is to be asked alone.
    if (error.message.includes('must be run in a work tree')) return git.ask('rev-parse', ...kind)
    throw error
  })
  if (said === undefined) return undefined
  const [bare, inside, top = git.root] = said.trim().split('\n')
  if (bare === 'true')
    throw new WorkspaceError(`${git.root} is a bare repository; a workspace needs files: clone it and use the clone`)
  if (inside === 'true') throw new WorkspaceError(`${git.root} lies in git's own folder; choose another --workspace`)
  return realpath(top)
}

const ignored = async (outer: Git, root: string) => (await outer.ask('check-ignore', `${root}/`)).trim() !== ''

/** For commands that only look: there is nothing to choose another folder for. */
const holdsNoDesign = (root: string) =>
  new WorkspaceError(
    `${root} holds no design (it has no branch mlops-agents/generated); name the workspace with --workspace, ` +
      'or, in a clone of one, fetch that branch first: git fetch origin mlops-agents/generated:mlops-agents/generated',
  )

const notOurs = (root: string) =>
  new WorkspaceError(
    `${root} is not empty and is not a workspace that mlops-agents made (it has no branch mlops-agents/generated); choose an empty or new folder, ` +
      'or, in a clone of a workspace, fetch that branch first: git fetch origin mlops-agents/generated:mlops-agents/generated',
  )

function refuseUncommitted(root: string, files: readonly string[]): void {
  if (files.length === 0) return
  const more = files.length > SHOWN ? `\n  and ${files.length - SHOWN} more` : ''
  throw new WorkspaceError(
    `${root} has changes that are not committed:\n${files
      .slice(0, SHOWN)
      .map((file) => `  ${file}`)
      .join(
        '\n',
      )}${more}\nCommit them or set them aside: git stash, or --autostash with design, rerun, resume, undo and upgrade.`,
  )
}
