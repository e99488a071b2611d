// The one way to call git: simple-git where git only answers, a process of our own where git writes or is fed.
// Neither the user's hooks, signing, line-end settings and identity nor inherited GIT_* variables may change what we record.
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import type { SimpleGit } from 'simple-git'
import { WorkspaceError } from '../errors.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** `merge-tree --write-tree` first appeared here. */
const MINIMUM_GIT = '2.38'

const KEPT = /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_\w+)$/

// Settings of the user that would alter our commits, our merges or the text that we parse.
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'commit.gpgsign=false',
  'core.autocrlf=false',
  'core.safecrlf=false',
  'core.attributesFile=/dev/null',
  'core.quotePath=false',
  'core.fsmonitor=false',
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
  'log.showSignature=false',
  'merge.renames=true',
  'merge.directoryRenames=conflict',
  'trailer.separators=:',
]

const IDENTITY = { name: 'mlops-agents', email: 'mlops-agents@localhost' } as const

/** `name <email>` as git writes it into a commit. */
export const SIGNATURE = `${IDENTITY.name} <${IDENTITY.email}>`

interface Written {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Git in one directory. Every failure is a WorkspaceError that carries git's own words. */
export interface Git {
  readonly root: string
  /**
   * Asks git something and returns its output; takes no lock and refreshes no index, so a question never writes.
   * simple-git waits 50 ms before it believes an empty answer: ask so that there is always something to say.
   */
  ask(...args: string[]): Promise<string>
  /** Lets git change something; not interrupted by Ctrl-C, and exit codes outside `accepted` are errors. */
  write(args: readonly string[], options?: WriteOptions): Promise<Written>
}

interface WriteOptions {
  readonly input?: string | Buffer
  readonly accepted?: readonly number[]
  /** Another index than the repository's, for trees that must not touch it. */
  readonly index?: string
}

function environment(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && KEPT.test(name)) kept[name] = value
  // Messages in English, because a few are told apart by their words.
  return { ...kept, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }
}

/** Paths of tracked files that differ from the last commit, in index or folder. */
export async function uncommitted(git: Git): Promise<string[]> {
  // The branch is asked for only because a clean status would otherwise be an empty answer.
  const said = await git.ask('status', '--porcelain=v1', '-z', '--branch', '--no-renames', '--untracked-files=no')
  return said
    .split('\0')
    .filter((line) => line !== '' && !line.startsWith('## '))
    .map((line) => line.slice(3))
}

const failed = (args: readonly string[], words: string) =>
  new WorkspaceError(`git ${args[0] ?? ''} failed: ${words.trim() || 'it gave no reason'}`)

/** Loaded when the first question is asked: what asks none is done sooner. */
async function openQuestions(root: string, base: Record<string, string>): Promise<SimpleGit> {
  const { simpleGit } = await import('simple-git')
  return simpleGit({
    baseDir: root,
    config: SETTINGS,
    // Left alone, simple-git stops listening 50 ms after the exit: on a busy machine that loses the end of an answer.
    completion: { onClose: true, onExit: false },
    allowEnvironment: ['GIT_TERMINAL_PROMPT', 'GIT_OPTIONAL_LOCKS'],
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeConfigPaths: true, allowUnsafeFsMonitor: true },
  }).env({ ...base, GIT_OPTIONAL_LOCKS: '0' })
}

/** Opens git in an existing directory. */
export function openGit(root: string, env: Environment): Git {
  const base = environment(env)
  let questions: Promise<SimpleGit> | undefined
  return {
    root,
    async ask(...args) {
      questions ??= openQuestions(root, base)
      try {
        return await (await questions).raw(args)
      } catch (error) {
        throw failed(args, error instanceof Error ? error.message : String(error))
      }
    },
    async write(args, { input, accepted = [0], index } = {}) {
      const written = await feed([...SETTINGS.flatMap((setting) => ['-c', setting]), ...args], {
        root,
        env: {
          ...base,
          GIT_AUTHOR_NAME: IDENTITY.name,
          GIT_AUTHOR_EMAIL: IDENTITY.email,
          GIT_COMMITTER_NAME: IDENTITY.name,
          GIT_COMMITTER_EMAIL: IDENTITY.email,
          ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
        },
        input,
      })
      if (!accepted.includes(written.code)) throw failed(args, written.stderr || written.stdout)
      return written
    },
  }
}

interface Feed {
  readonly root: string
  readonly env: Record<string, string>
  readonly input: string | Buffer | undefined
}

/** A process group of its own keeps the terminal's Ctrl-C away from a git that is in the middle of writing. */
function feed(args: readonly string[], { root, env, input }: Feed): Promise<Written> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: root, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    // A git that stops reading early says why on stderr; the broken pipe itself adds nothing.
    child.stdin.on('error', () => {})
    child.on('close', (code, signal) => {
      const stderr = Buffer.concat(err).toString()
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(out).toString(),
        stderr: signal ? `killed by ${signal}` : stderr,
      })
    })
    child.stdin.end(input ?? '')
  })
}

/** Version of the git on PATH, e.g. `2.39.5`; a missing or too old one is an error that says how to get it. */
export async function gitVersion(env: Environment): Promise<string> {
  const advice = `git ${MINIMUM_GIT} or newer is needed: install it with your package manager or from https://git-scm.com/downloads`
  const said = await feed(['--version'], { root: '/', env: environment(env), input: undefined }).catch(() => undefined)
  const version = said?.stdout.match(/\d+\.\d+(\.\d+)*/)?.[0]
  if (version === undefined) throw new WorkspaceError(`git was not found on PATH; ${advice}`)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = MINIMUM_GIT.split('.').map(Number)
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    throw new WorkspaceError(`git ${version} is too old; ${advice}`)
  return version
}

/** Makes `root` a repository on branch `main`; an existing one is left as it is. */
export async function createRepository(root: string, env: Environment): Promise<Git> {
  await mkdir(root, { recursive: true })
  const git = openGit(root, env)
  await git.write(['init', '--quiet', '--initial-branch=main', root])
  return git
}
