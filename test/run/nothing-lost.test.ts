// Whatever a person and the product do to a workspace in whatever order: no line that the person wrote is lost, and doing nothing twice is doing
// nothing once. Each line is unique, so that each can be looked for. MLOPS_RUNS and MLOPS_SEED
// make it longer, or the same again; MLOPS_SHRINK looks for the shortest case that fails.
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { DELIVERABLES } from '../small/product.mjs'
import { scratch, user, write } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Played, type Player, player } from './playing.js'

const RUNS = Number(process.env.MLOPS_RUNS ?? 4)
const SEED = Number(process.env.MLOPS_SEED ?? Date.now() % 2 ** 31)
const SECONDS = RUNS <= 4 ? 8 : 3_000

let template: string
beforeAll(async () => {
  template = (await designed()).root
}, 60_000)

/** What may happen; numbers choose among what there is when it happens. */
type Move =
  | { readonly kind: 'edit'; readonly file: number; readonly line: number; readonly replace: boolean }
  | { readonly kind: 'delete' | 'rename'; readonly file: number }
  | { readonly kind: 'add'; readonly file: number }
  | { readonly kind: 'spec'; readonly latency: number }
  | { readonly kind: 'design'; readonly store: number; readonly mode: number; readonly maturity: number }
  | { readonly kind: 'rerun'; readonly deliverable: number; readonly store: number; readonly note: boolean }
  | { readonly kind: 'undo'; readonly deliverable: number }

const number = fc.nat(10_000)
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit'), file: number, line: number, replace: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'rename'), file: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add'), file: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('spec'), latency: fc.integer({ min: 50, max: 900 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('design'),
      store: fc.nat(1),
      mode: fc.nat(1),
      maturity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('rerun'), deliverable: fc.nat(8), store: fc.nat(2), note: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo'), deliverable: fc.nat(12) }) },
)

interface World {
  readonly one: Player
  /** Lines that the person wrote and has not taken away, with the file that they were last put into. */
  readonly mine: Map<string, string>
  written: number
}

const EDITABLE = (path: string) => path !== 'spec.yaml' && path !== 'contract.yaml' && path !== '.gitignore'
const STORES = ['feast', 'custom']
const TARGETS = [...DELIVERABLES, 'collector', 'phase2']
const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % Math.max(1, list.length)]

/** What the person does; committed, as the product asks for. */
function byHand({ one: { root }, mine }: World, what: Move, unique: string): void {
  const files = [...contents(root)].filter(([path]) => EDITABLE(path))
  const [path, text] = ('file' in what ? pick(files, what.file) : undefined) ?? []
  const forget = (gone: string) => {
    for (const line of mine.keys()) if (gone.includes(line)) mine.delete(line)
  }
  if (what.kind === 'add') {
    write(root, `own/${unique}.txt`, `${unique}\n`)
    mine.set(unique, `own/${unique}.txt`)
  } else if (path === undefined || text === undefined) return
  else if (what.kind === 'delete') {
    forget(text)
    rmSync(join(root, path))
  } else if (what.kind === 'rename') user(root, 'mv', path, `${path}.moved`)
  else if (what.kind === 'edit') {
    const lines = text.split('\n')
    const at = what.line % lines.length
    forget(what.replace ? (lines[at] ?? '') : '\0')
    lines.splice(at, what.replace ? 1 : 0, unique)
    writeFileSync(join(root, path), lines.join('\n'))
    mine.set(unique, path)
  }
  commitAll(root, unique)
}

function changeLatency(root: string, latency: number): void {
  const path = join(root, 'spec.yaml')
  const text = readFileSync(path, 'utf8')
  const changed = text.replace(/(latency_ms:\n {4}value: )\d+/, `$1${latency}`)
  if (changed === text) return
  writeFileSync(path, changed)
  commitAll(root, `latency ${latency}`)
}

/** Every line of the person's is where it can be read. */
function nothingLost({ one: { root }, mine }: World, after: string): void {
  const all = [...contents(root).values()].join('\n')
  const lost = [...mine.keys()].filter((line) => !all.includes(line))
  expect(lost, `lost after ${after}`).toEqual([])
  expect(user(root, 'status', '--porcelain'), `left lying about after ${after}`).toBe('')
}

/** As a person would: both sides stay, what one side deleted stays too; then the product goes on. */
async function resolve({ one }: World): Promise<void> {
  try {
    user(one.root, 'merge', '-q', '--no-edit', 'mlops-agents/generated')
    return
  } catch {
    // A conflict, as was announced.
  }
  const conflicting = user(one.root, 'diff', '--name-only', '--diff-filter=U', '-z').split('\0').filter(Boolean)
  expect(conflicting, 'git has no conflict where the product saw one').not.toEqual([])
  for (const path of conflicting) {
    // Taken back with the first run, it is not in the branch any more; then the person keeps their own.
    const theirs = user(one.root, 'ls-tree', '--name-only', 'mlops-agents/generated', '--', path) !== ''
    if (path === 'spec.yaml' && theirs) {
      user(one.root, 'checkout', '--theirs', path)
      continue
    }
    const text = contents(one.root).get(path)
    if (text !== undefined) writeFileSync(join(one.root, path), text.replace(/^(<<<<<<<|=======|>>>>>>>).*\n/gm, ''))
  }
  commitAll(one.root, 'resolved')
}

async function play(world: World, what: Move): Promise<void> {
  const { one } = world
  const unique = `line-of-mine-${++world.written}-`
  let ended: Played
  switch (what.kind) {
    case 'spec':
      // After the first run was taken back there is none.
      if (contents(one.root).has('spec.yaml')) changeLatency(one.root, what.latency)
      return
    case 'design':
      ended = await one.design({
        featureStore: STORES[what.store],
        deploymentMode: ['realtime', 'batch'][what.mode],
        maturity: String(what.maturity),
      })
      break
    case 'rerun': {
      const flags = {
        ...(what.store < STORES.length ? { featureStore: STORES[what.store] } : {}),
        ...(what.note ? { note: unique } : {}),
      }
      ended = await one.rerun(pick(TARGETS, what.deliverable), flags)
      break
    }
    case 'undo':
      ended = await one.undo(DELIVERABLES[what.deliverable])
      break
    default:
      byHand(world, what, unique)
      return
  }
  if (ended.code === 4) {
    nothingLost(world, `a refused ${what.kind}`)
    await resolve(world)
  } else
    expect(ended, ended.error).toMatchObject({
      code: ended.error.match(/nothing to design from|nothing was made|nothing to make again|not in this design/)
        ? 2
        : 0,
    })
  nothingLost(world, what.kind)
}

it(`loses no line that a person wrote, in any order of things (seed ${SEED}, ${RUNS} runs)`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 3, maxLength: 9, size: 'max' }), async (moves) => {
      const root = join(scratch(), 'small')
      execFileSync('cp', ['-a', template, root])
      const world: World = { one: player(root), mine: new Map(), written: 0 }
      for (const what of moves) await play(world, what)
      // What is left open is made; doing it twice is doing it once.
      const last = await world.one.design()
      if (last.code === 0) {
        const tips = user(root, 'for-each-ref')
        await world.one.design()
        expect(user(root, 'for-each-ref')).toBe(tips)
      }
      nothingLost(world, 'the last design')
      rmSync(root, { recursive: true, force: true })
    }),
    {
      numRuns: RUNS,
      seed: SEED,
      interruptAfterTimeLimit: SECONDS * 1000,
      markInterruptAsFailure: false,
      endOnFailure: process.env.MLOPS_SHRINK === undefined,
    },
  )
}, 3_600_000)
