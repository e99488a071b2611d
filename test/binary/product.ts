// Runs the product as a user does: the built file in a process of its own, in real folders, with an environment that holds nothing unasked for.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, inject } from 'vitest'
import { temporaryFolder } from '../temporary.js'
import { user as git, read } from '../workspace/scratch.js'

export { contents } from '../contents.js'
/** The person's own git, and plain files. */
export { read, user as git, write } from '../workspace/scratch.js'

export const PRODUCT = resolve(import.meta.dirname, '..', '..')
export const CHURN = join(PRODUCT, 'examples', 'churn-telecom.txt')
export const SENTENCE =
  'Predict which of our subscribers will cancel their contract within 30 days. Billing tables land in S3 every night.'

/** A folder of its own, removed when the test file is done. */
export const scratch = (): string => temporaryFolder('mlops-binary')

/** A person's environment: a home with these git settings and nothing else, so no identity unless given. */
export function home(settings = '', more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const folder = scratch()
  writeFileSync(join(folder, '.gitconfig'), settings)
  return { PATH: process.env.PATH ?? '', HOME: folder, ...more }
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Start {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Buffer
  /** Another copy of the product. */
  readonly root?: string
  /** In a process group of its own, so that a test can interrupt the whole group as a terminal does. */
  readonly group?: boolean
}

/** Starts it and gives the process at once, for tests that interfere. */
export function start(args: readonly string[], options: Start = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const { cwd = scratch(), env = home(), input, root = PRODUCT, group = false } = options
  const child = spawn(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
    cwd,
    env,
    detached: group,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail)
    // A shell reports a process that a signal ended as 128 + its number.
    child.on('close', (code, signal) =>
      done({
        code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    )
  })
  return { child, ended }
}

export const mlops = (args: readonly string[], options?: Start): Promise<Ended> => start(args, options).ended

/** As `mlops`, for calls that a test needs to succeed before it can begin. */
export async function succeed(args: readonly string[], options?: Start): Promise<Ended> {
  const ended = await mlops(args, options)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended
}

/** A workspace that was designed from the churn example, without verification. */
export function designedCopy(): string {
  const folder = join(scratch(), 'churn')
  // -a keeps times and the index valid, as if the workspace had always been here.
  execFileSync('cp', ['-a', inject('designed'), folder])
  return folder
}

/** Files of the person's last commit, as git names them together. */
export const treeOf = (root: string): string => git(root, 'rev-parse', 'HEAD^{tree}').trim()

export const REAL_GIT = execFileSync('sh', ['-c', 'command -v git']).toString().trim()

/** A folder for PATH with a git that is this script. */
export function fakeGit(script: string): string {
  const bin = scratch()
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return bin
}

/** Everything that could be seen to change below a folder: names, kinds, times of change, sizes; .git and the record included. */
export function snapshot(root: string): string {
  return execFileSync('sh', ['-c', "find . -printf '%p %y %m %T@ %s\\n' | LC_ALL=C sort"], { cwd: root }).toString()
}

/** What a finished or stopped run must not leave behind. A pack that git could not finish is git's own to clear away (git gc). */
export function leftovers(root: string): string[] {
  return ['.git', '.mlops-agents']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((name) => /\.lock$|\/lock(\.|$)|\/staging|mlops-agents\.index|fast_import_crash/.test(name))
}

/** The product with data folders of its own, so that a test can damage them. */
export function productCopy(): string {
  const root = scratch()
  for (const name of ['dist', 'agents', 'prompts', 'workflows', 'blueprints', 'validators', 'package.json'])
    cpSync(join(PRODUCT, name), join(root, name), { recursive: true })
  symlinkSync(join(PRODUCT, 'node_modules'), join(root, 'node_modules'))
  return root
}

/** Puts files of such a copy back as the product has them; what it does not have goes. */
export function restore(copy: string, paths: readonly string[]): void {
  for (const path of paths) {
    rmSync(join(copy, path), { force: true })
    if (existsSync(join(PRODUCT, path))) cpSync(join(PRODUCT, path), join(copy, path))
  }
}

/** Replaces text that must be there, so that a test cannot lose its object unnoticed. */
export function edit(root: string, path: string, from: string | RegExp, to: string): void {
  const before = read(root, path)
  const after = before.replace(from, to)
  if (after === before) throw new Error(`${path} does not hold ${from}`)
  writeFileSync(join(root, path), after)
}

export interface JsonLine {
  readonly type: string
  readonly [key: string]: unknown
}

/** Standard output as events; fails where a line is not JSON. */
export const events = (stdout: string): JsonLine[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonLine)
