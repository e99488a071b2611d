// Temporary folders and repositories for the tests of this folder and those of the command line; everything is real git.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { commitAttempts, type NewAttempt } from '../../src/workspace/generated.js'
import { createRepository, type Environment, type Git } from '../../src/workspace/git.js'
import { mergeGenerated } from '../../src/workspace/merge.js'
import { temporaryFolder } from '../temporary.js'

/** A folder of its own, removed when the test file is done. */
export const scratch = (): string => temporaryFolder('mlops-workspace')

/** An environment whose home holds nothing but the given global git settings: so no identity unless given. */
export function home(settings = '', more: Record<string, string> = {}): Environment {
  const folder = scratch()
  writeFileSync(join(folder, '.gitconfig'), settings)
  return { PATH: process.env.PATH, HOME: folder, ...more }
}

/** The user's own git, with an identity. */
export function user(root: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return execFileSync('git', [...identity, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString()
}

export function write(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}
export const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8')

/** An attempt out of path -> content; `!` in front of a path makes it executable. */
export function attempt(
  deliverable: string,
  number: number,
  contents: Record<string, string>,
  owner = deliverable,
): NewAttempt {
  const files = Object.entries(contents).map(([name, content]) => ({
    path: name.replace(/^!/, ''),
    content,
    mode: name.startsWith('!') ? ('100755' as const) : ('100644' as const),
    deliverable: owner,
    components: ['core'],
    documentation: false,
  }))
  return {
    deliverable,
    key: `${deliverable}-key-${number}`,
    attempt: number,
    inputs: { 'spec.serving': 'abc', 'deliverable = x': '0f', model: 'none' },
    level: 'L1',
    files,
    subject: `${deliverable}, attempt ${number}`,
    decision: 'accepted',
  }
}

/** The same workspace in another folder. */
export function copyOf(root: string): string {
  const folder = join(scratch(), basename(root))
  execFileSync('cp', ['-a', root, folder])
  // The index knows files by where they lie on the disk; git looks at them once and knows the new places.
  user(folder, 'update-index', '-q', '--refresh')
  return folder
}

export const lines = (count: number, word = 'line'): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}\n`).join('')

/** A workspace with one merged design; returns its git. */
export async function workspace(contents: Record<string, string>, env: Environment = home()): Promise<Git> {
  const git = await createRepository(join(scratch(), 'churn'), env)
  await commitAttempts(git, [attempt('training', 1, contents)])
  await mergeGenerated(git)
  return git
}

/** What a person could see change: every ref, the index and every file with its time of change. */
export function snapshot(root: string): string {
  return execFileSync('sh', ['-c', "find . -path ./.git/objects -prune -o -type f -printf '%p %T@ %s\\n' | sort"], {
    cwd: root,
  }).toString()
}

export const REAL_GIT = execFileSync('sh', ['-c', 'command -v git']).toString().trim()

/** An environment whose git runs `script` before the commands that match the shell pattern. */
export function meddled(pattern: string, script: string): Environment {
  const bin = scratch()
  const text = `#!/bin/sh\ncase "$*" in ${pattern}) ${script};; esac\nexec ${REAL_GIT} "$@"\n`
  writeFileSync(join(bin, 'git'), text, { mode: 0o755 })
  return home('', { PATH: `${bin}:${process.env.PATH}` })
}
