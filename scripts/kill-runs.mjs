// Kills runs at random points and resumes them: whatever the moment, the workspace ends as if nothing had been.
//   node scripts/kill-runs.mjs [rounds] [seed]      after npm run build
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ASKED, smallProduct } from '../test/small/product.mjs'
import { compare, generator, git, listing, must, playRounds, readRuns, run, state } from './killing.mjs'

const FIRST = ['design', ASKED, '--workspace', 'w', '--verify', 'none', '--yes', '--json']
const SECOND = ['design', '--workspace', 'w', '--feature-store', 'custom', '--verify', 'none', '--yes', '--json']

/** What stands before the run that is killed, and what a person does afterwards. */
const SCENES = [
  { name: 'first run in an empty folder', command: FIRST },
  { name: 'second run with an option changed', command: SECOND, designed: true },
  { name: 'second run on top of own commits', command: SECOND, designed: true, before: ownCommit },
  { name: 'second run, and an own commit after the kill', command: SECOND, designed: true, after: noteCommit },
  {
    name: 'second run around uncommitted work',
    command: [...SECOND, '--autostash'],
    designed: true,
    before: openWork,
    open: true,
  },
]

/** @returns {Promise<string>} what was seen, in words; throws with the seed and the round where something was left */
export async function killRuns({ rounds, seed = Math.floor(Math.random() * 2 ** 32), say = () => {} }) {
  const random = generator(seed)
  const folder = await mkdtemp(path.join(tmpdir(), 'mlops-kills-'))
  try {
    const cli = path.join(smallProduct(path.join(folder, 'product'), { built: true }), 'dist', 'cli.js')
    const scenes = []
    for (const scene of SCENES) scenes.push(await prepare(scene, cli, path.join(folder, 'expected'), scenes[0]))
    const counts = { killed: 0, ended: 0, unrecorded: 0, again: 0 }
    const more = (round) => round < rounds
    const one = (scene, place) => play(scene, { cli, place, random, counts })
    await playRounds({ scenes, folder, seed, more, play: one, say })
    await rm(folder, { recursive: true, force: true })
    const { killed, ended, unrecorded, again } = counts
    return `${killed} of ${rounds} runs killed (${ended} had ended), ${again} of their resumes too, ${unrecorded} before anything was recorded; seed ${seed}`
  } catch (error) {
    rmSync(path.join(folder, 'product'), { recursive: true, force: true })
    throw error
  }
}

/** Plays the scene without a kill: what it gives, and how long it takes. */
async function prepare(scene, cli, folder, first) {
  const place = path.join(folder, String(SCENES.indexOf(scene)))
  mkdirSync(place, { recursive: true })
  const workspace = path.join(place, 'w')
  if (scene.designed) {
    cpSync(path.join(first.place, 'w'), workspace, { recursive: true, preserveTimestamps: true })
    git(workspace, 'status')
  }
  scene.before?.(workspace)
  const start = path.join(folder, `${SCENES.indexOf(scene)}-start`)
  if (existsSync(workspace)) cpSync(workspace, path.join(start, 'w'), { recursive: true, preserveTimestamps: true })
  else mkdirSync(start)
  const { code, err, took, spoke } = await run(cli, scene.command, place)
  must(code === 0, `${scene.name} ended with ${code}: ${err}`)
  scene.after?.(workspace)
  return { ...scene, place, start, took, spoke, ...left(workspace, scene) }
}

async function play(scene, { cli, place, random, counts }) {
  cpSync(scene.start, place, { recursive: true, preserveTimestamps: true })
  const workspace = path.join(place, 'w')
  if (scene.designed) git(workspace, 'status')
  const first = await run(cli, scene.command, place, moment(scene, random))
  if (first.killed) counts.killed++
  else counts.ended++
  const noted = first.killed && scene.after?.(workspace)
  const resume = ['resume', '--workspace', 'w', '--json']
  // Every third resume is killed, too.
  if (random() < 0.34) {
    const cut = await run(cli, resume, place, moment(scene, random))
    if (cut.killed) counts.again++
  }
  let { code, err } = await run(cli, resume, place)
  if (code === 2 && /there is nothing to resume/.test(err)) {
    counts.unrecorded++
    must(nothingWritten(workspace, scene), 'nothing is recorded, but something was written')
    ;({ code, err } = await run(cli, scene.command, place))
  }
  must(code === 0, `resume ended with ${code}: ${err}`)
  // Killed before the record had a word of it, the second run is not known; then the first is what stands.
  if (scene.designed && !JSON.stringify(readRuns(workspace)).includes('custom')) {
    counts.unrecorded++
    ;({ code, err } = await run(cli, scene.command, place))
    must(code === 0, `the second run ended with ${code}: ${err}`)
  }
  if (scene.after && !noted) scene.after(workspace)
  compare(left(workspace, scene), scene)
  const before = listing(workspace)
  const over = await run(cli, resume, place)
  must(
    over.code === 0 && /"status":"done"/.test(over.out),
    `a second resume ended with ${over.code}: ${over.out}${over.err}`,
  )
  must(listing(workspace) === before, 'a resume after a run that ended well has written something')
  return `${first.killed ? `killed after ${first.took} ms` : 'had ended'}`
}

/** Where git itself was killed while it brought open work back, that may be in the list of stashes, or in both. */
const left = (workspace, { open = false }) =>
  open ? state(workspace, openLines(workspace).join(', ')) : state(workspace)

const nothingWritten = (workspace, { designed }) =>
  designed || !existsSync(workspace) || readdirSync(workspace).every((name) => name === '.mlops-agents')

function ownCommit(workspace) {
  appendFileSync(path.join(workspace, 'README.md'), '\nAsk Ada.\n')
  writeFileSync(path.join(workspace, 'mine.txt'), 'mine\n')
  git(workspace, 'add', '-A')
  git(workspace, 'commit', '-qm', 'mine')
}

const OPEN = ['open work of mine', 'staged work of mine']

function openWork(workspace) {
  appendFileSync(path.join(workspace, 'README.md'), `\n${OPEN[0]}\n`)
  writeFileSync(path.join(workspace, 'staged.txt'), `${OPEN[1]}\n`)
  git(workspace, 'add', 'staged.txt')
}

/** Those of the uncommitted lines that are still there. */
function openLines(workspace) {
  const stashed = git(workspace, 'stash', 'list')
    .split('\n')
    .filter(Boolean)
    .map((_, at) => git(workspace, 'stash', 'show', '-p', `stash@{${at}}`))
  const present = ['README.md', 'staged.txt']
    .map((name) => path.join(workspace, name))
    .filter(existsSync)
    .map((name) => readFileSync(name, 'utf8'))
  return OPEN.filter((line) => [...present, ...stashed].some((text) => text.includes(line)))
}

/** Commits one file of the person's own, where git lets them; true where it did. */
function noteCommit(workspace) {
  writeFileSync(path.join(workspace, 'notes.md'), 'a note\n')
  let staged = false
  try {
    git(workspace, 'add', 'notes.md')
    staged = true
    git(workspace, 'commit', '-qm', 'note', '--', 'notes.md')
    return true
  } catch {
    // A git that was killed has left its lock; the person takes the note back and waits for the resume.
    rmSync(path.join(workspace, 'notes.md'))
    // The lock may be that of the branch, after the index has taken the note.
    if (staged) git(workspace, 'rm', '--cached', '-q', 'notes.md')
    return false
  }
}

/** Somewhere in the whole length of a run, more often in the part after it has begun to speak, and so to write. */
function moment({ took, spoke }, random) {
  const tree = random() < 0.5
  const spoken = random() < 0.8
  return { tree, spoken, after: random() * 1.1 * (spoken ? took - spoke : spoke) }
}

if (process.argv[1] === import.meta.filename) {
  const [rounds = '30', seed] = process.argv.slice(2)
  console.log(await killRuns({ rounds: Number(rounds), ...(seed && { seed: Number(seed) }), say: console.log }))
}
