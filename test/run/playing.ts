// Plays commands on a workspace of the small product, inside this process: what a command line would, without starting one each time.
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Config } from '../../src/cli/config.js'
import { type DecisionFlags, decision } from '../../src/cli/decision.js'
import { design } from '../../src/cli/design.js'
import { diff } from '../../src/cli/diff.js'
import { rerun } from '../../src/cli/rerun.js'
import { resume } from '../../src/cli/resume.js'
import { type ReviewFlags, review } from '../../src/cli/review.js'
import { status } from '../../src/cli/status.js'
import { undo } from '../../src/cli/undo.js'
import { upgrade } from '../../src/cli/upgrade.js'
import { UserError } from '../../src/errors.js'
import { ASKED, smallProduct } from '../small/product.mjs'
import { lastingFolder } from '../temporary.js'
import { copyOf, user } from '../workspace/scratch.js'

export { contents } from '../contents.js'

export interface Played {
  readonly code: number
  readonly out: string
  /** Of the error that ended it; empty where it ended well. */
  readonly error: string
  /** What went to standard error. */
  readonly notes: string
}

export interface Player {
  readonly root: string
  design(flags?: Readonly<Record<string, unknown>>, text?: string): Promise<Played>
  rerun(target?: string, flags?: Readonly<Record<string, unknown>>): Promise<Played>
  undo(deliverable?: string, flags?: { dryRun?: boolean; json?: boolean; autostash?: boolean }): Promise<Played>
  diff(target?: string, flags?: { json?: boolean }): Promise<Played>
  resume(): Promise<Played>
  upgrade(flags?: { dryRun?: boolean; json?: boolean }): Promise<Played>
  status(flags?: { json?: boolean }): Promise<Played>
  review(phase?: string, flags?: Partial<ReviewFlags>): Promise<Played>
  approve(phase: string, flags?: Partial<DecisionFlags>): Promise<Played>
  revise(phase: string, flags?: Partial<DecisionFlags>): Promise<Played>
}

let product: string | undefined

/** The folders of the small product, for all that do not change them. */
export const productRoot = (): string => {
  product ??= smallProduct(lastingFolder('product'))
  return product
}

export function player(
  root: string,
  env: Config['env'] = { PATH: process.env.PATH, HOME: '/nonexistent' },
  product = productRoot(),
): Player {
  const config: Config = {
    root: product,
    version: '0',
    env,
    cwd: root,
    interactive: false,
    color: false,
    columns: 100,
  }
  const workspace = { workspace: root }
  return {
    root,
    design: (flags = {}, text) =>
      heard(() => design({ text, flags: { ...workspace, verify: 'none', yes: true, ...flags } }, config)),
    rerun: (target, flags = {}) =>
      heard(() => rerun(target, { ...workspace, verify: 'none', yes: true, ...flags }, config)),
    undo: (deliverable, flags = {}) => heard(() => undo(deliverable, { ...workspace, ...flags }, config)),
    diff: (target, flags = {}) => heard(() => diff(target, { ...workspace, ...flags }, config)),
    resume: () => heard(() => resume(workspace, config)),
    upgrade: (flags = {}) => heard(() => upgrade({ ...workspace, verify: 'none', ...flags }, config)),
    status: (flags = {}) => heard(() => status({ ...workspace, ...flags }, config)),
    review: (phase, flags = {}) => heard(() => review(phase, { ...workspace, verify: 'none', ...flags }, config)),
    approve: (phase, flags = {}) => heard(() => decision('approved', phase, { ...workspace, ...flags }, config)),
    revise: (phase, flags = {}) => heard(() => decision('revise', phase, { ...workspace, ...flags }, config)),
  }
}

/** Runs a command and gives back what it said; an unexpected error is thrown, as it would be a bug. */
export async function heard(command: () => Promise<number>): Promise<Played> {
  const said: string[] = []
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  const notes: string[] = []
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => notes.push(String(text)) > 0)
  try {
    return { code: await command(), out: said.join(''), error: '', notes: notes.join('') }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { code: error.exitCode, out: said.join(''), error: error.message, notes: notes.join('') }
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
}

const designs = new Map<string, Promise<Player>>()

/** A workspace with one design, made once per product and copied from then on: a copy costs a tenth of a design. */
export async function designed(product = productRoot()): Promise<Player> {
  const made = designs.get(product) ?? firstDesign(product)
  designs.set(product, made)
  return player(copyOf((await made).root), undefined, product)
}

async function firstDesign(product: string): Promise<Player> {
  const one = player(join(lastingFolder('designed'), 'small'), undefined, product)
  const { code, error } = await one.design({}, ASKED)
  if (code !== 0) throw new Error(`the first design ended with ${code}: ${error}`)
  return one
}

/** A workspace that several tests begin with: made for the first one, and a copy for each. */
export function copied(make: () => Promise<Player>): () => Promise<Player> {
  let made: Promise<Player> | undefined
  return async () => {
    made ??= make()
    return player(copyOf((await made).root))
  }
}

export function commitAll(root: string, message = 'mine'): void {
  user(root, 'add', '-A')
  user(root, 'commit', '-q', '-m', message)
}
