// Two clones each have a generated branch. Where origin's went on alone it is followed; where both did, each deliverable is taken from the
// side that decided last, in a commit that has both as parents, so that nobody's history is lost.
import type { Branches, GeneratedBranch } from './generated.js'
import { attempts, GENERATED, latest, treeOf } from './generated.js'
import type { Git } from './git.js'
import { inOwnIndex } from './index-file.js'
import { type Attempt, writeJoined } from './trailers.js'
import type { Entry, Tree } from './tree.js'

/** A deliverable that both sides made anew since they parted. */
export interface Decided {
  readonly deliverable: string
  readonly kept: Attempt
  readonly side: 'yours' | 'origin'
  readonly other: Attempt
}

export type Joined =
  | { readonly kind: 'nothing' }
  /** The local branch now stands where origin's does. */
  | { readonly kind: 'followed'; readonly commits: number }
  | {
      readonly kind: 'joined'
      readonly commit: string
      readonly decided: readonly Decided[]
      readonly taken: readonly string[]
    }

export type Standing = 'same' | 'behind' | 'ahead' | 'diverged'

/** How the local generated branch stands to origin's; one question to git, and none where only one of them exists. */
export async function standing(git: Git, { generated, origin }: Branches): Promise<Standing> {
  if (generated === undefined || origin === undefined) return 'same'
  const range = `${generated.commit}...${origin.commit}`
  const [ours, theirs] = (await git.ask('rev-list', '--left-right', '--count', range, '--'))
    .trim()
    .split('\t')
    .map(Number)
  if (theirs === 0) return 'ahead'
  return ours === 0 ? 'behind' : 'diverged'
}

/** What both sides changed and can be joined by its meaning: path -> text. `newer` is the side that decided last on the deliverable. */
export type JoinByMeaning = (parted: {
  readonly base: string
  readonly origin: string
  readonly newer: (deliverable: string) => 'yours' | 'origin' | undefined
}) => Promise<ReadonlyMap<string, string>>

/** Brings the local generated branch to what it and origin's hold together; the user's branch is not touched. */
export async function joinOrigin(git: Git, branches: Branches, byMeaning: JoinByMeaning): Promise<Joined> {
  const { generated, origin } = branches
  const how = await standing(git, branches)
  if (generated === undefined || origin === undefined || how === 'same' || how === 'ahead') return { kind: 'nothing' }
  if (how === 'behind') {
    const commits = Number(await git.ask('rev-list', '--count', origin.commit, `^${generated.commit}`, '--'))
    await moveTo(git, generated, origin.commit)
    return { kind: 'followed', commits }
  }
  const [mine, theirs] = [await sideOf(git, generated, origin), await sideOf(git, origin, generated)]
  const decided: Decided[] = []
  for (const [deliverable, own] of mine.fresh) {
    const other = theirs.fresh.get(deliverable)
    if (other === undefined) continue
    const yours = newer(own, other, mine.times, theirs.times)
    decided.push({
      deliverable,
      kept: yours ? own : other,
      side: yours ? 'yours' : 'origin',
      other: yours ? other : own,
    })
  }
  const sides = new Map(decided.map((one) => [one.deliverable, one.side]))
  const tree = joinTrees(mine, theirs, sides)
  const base = (await git.ask('merge-base', generated.commit, origin.commit)).trim()
  const texts = await byMeaning({ base, origin: origin.commit, newer: (id) => sides.get(id) })
  for (const [path, text] of texts) {
    const id = (await git.write(['hash-object', '-w', '--stdin'], { input: text })).stdout.trim()
    tree.set(path, { mode: '100644', id })
  }
  const written = await writeTree(git, mine.tree, tree, generated.commit)
  const taken = [...theirs.fresh.keys()].filter((id) => decided.find((one) => one.deliverable === id)?.side !== 'yours')
  const parents = ['-p', generated.commit, '-p', origin.commit]
  const commit = await git.write(['commit-tree', written, ...parents, '-F', '-'], { input: writeJoined(decided) })
  await moveTo(git, generated, commit.stdout.trim())
  return { kind: 'joined', commit: commit.stdout.trim(), decided, taken }
}

const moveTo = (git: Git, from: GeneratedBranch, to: string) =>
  git.write(['update-ref', '-m', 'mlops-agents: join origin', GENERATED, to, from.commit])

interface Side {
  readonly tree: Tree
  readonly newest: ReadonlyMap<string, Attempt>
  /** The newest attempts among those that the other side has not got. */
  readonly fresh: ReadonlyMap<string, Attempt>
  /** Seconds since the epoch, by commit. */
  readonly times: ReadonlyMap<string, number>
}

async function sideOf(git: Git, own: GeneratedBranch, other: GeneratedBranch): Promise<Side> {
  const [tree, all, said] = await Promise.all([
    treeOf(git, own.commit),
    attempts(git, own),
    git.ask('log', '--format=%H %ct', own.commit, `^${other.commit}`, '--'),
  ])
  const times = new Map(
    said
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([commit = '', time]): [string, number] => [commit, Number(time)]),
  )
  return { tree, newest: latest(all), fresh: latest(all.filter(({ commit }) => times.has(commit))), times }
}

type Times = ReadonlyMap<string, number>

/** Within one second the commits' ids decide, so that both people come to the same. */
function newer(own: Attempt, other: Attempt, mine: Times, theirs: Times): boolean {
  const [one, two] = [mine.get(own.commit) ?? 0, theirs.get(other.commit) ?? 0]
  return one === two ? own.commit > other.commit : one > two
}

/** Each path as the side has it that decided last on a deliverable that owns or patches it. */
function joinTrees(mine: Side, theirs: Side, sides: ReadonlyMap<string, 'yours' | 'origin'>): Map<string, Entry> {
  const winners = new Map<string, { readonly attempt: Attempt; readonly from: Side }>()
  for (const id of new Set([...mine.newest.keys(), ...theirs.newest.keys()])) {
    const origin = sides.has(id) ? sides.get(id) === 'origin' : theirs.fresh.has(id)
    const from = origin ? theirs : mine
    const attempt = from.newest.get(id)
    if (attempt !== undefined) winners.set(id, { attempt, from })
  }
  const joined = new Map<string, Entry>()
  const known = new Set([mine, theirs].flatMap(({ newest }) => [...newest.values()].flatMap(({ files }) => files)))
  // What no attempt names is somebody's own file on this branch; it stays.
  for (const [path, entry] of [...theirs.tree, ...mine.tree]) if (!known.has(path)) joined.set(path, entry)
  const latestTime = new Map<string, number>()
  for (const { attempt, from } of winners.values()) {
    const time = from.times.get(attempt.commit) ?? 0
    for (const path of [...attempt.files, ...attempt.patched]) {
      const entry = from.tree.get(path)
      if (entry === undefined || (latestTime.get(path) ?? -1) > time) continue
      joined.set(path, entry)
      latestTime.set(path, time)
    }
  }
  return joined
}

async function writeTree(git: Git, from: Tree, to: Tree, commit: string): Promise<string> {
  const none = '0'.repeat(commit.length)
  const lines = [
    ...[...from.keys()].filter((path) => !to.has(path)).map((path) => `0 ${none}\t${path}\0`),
    ...[...to].map(([path, { mode, id }]) => `${mode} ${id}\t${path}\0`),
  ]
  return inOwnIndex(git, commit, ['update-index', '-z', '--index-info'], lines.join(''))
}
