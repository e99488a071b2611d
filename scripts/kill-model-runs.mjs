// Kills runs that talk to a model and resumes them: whatever the moment and whatever the server does meanwhile, no answer that was
// recorded is lost or asked for again, no budget is exceeded, and the workspace ends as if nothing had been.
//   node scripts/kill-model-runs.mjs [kills] [seed]      after npm run build
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ASKED, smallProduct } from '../test/small/product.mjs'
import { faultyServer } from './faulty-server.mjs'
import { compare, generator, git, listing, must, playRounds, readRuns, run, state } from './killing.mjs'
import { NO_FACTS, SUBMISSION } from './scripted-model.mjs'

const FIRST = ['design', ASKED, '--workspace', 'w', '--verify', 'none', '--yes', '--json']
const SECOND = ['design', '--workspace', 'w', '--feature-store', 'custom', '--verify', 'none', '--yes', '--json']
const RESUME = ['resume', '--workspace', 'w', '--json']
const CHAT = ['--model', 'compatible:scripted']
const MESSAGES = ['--model', 'anthropic:claude-sonnet-5-5']
/** USD per million tokens in workflows/prices.yaml. */
const PRICE = { input: 2, output: 10 }

/** `budget` is what is given at first, `more` what a person gives when it is reached. */
const SCENES = [
  { name: 'chat completions', command: [...FIRST, ...CHAT], budget: ['--budget', 'none'] },
  { name: 'messages', command: [...FIRST, ...MESSAGES], budget: ['--budget', '100'] },
  {
    name: 'chat completions with few tokens',
    command: [...FIRST, ...CHAT],
    budget: ['--budget-tokens', '80000'],
    more: ['--budget-tokens', '9000000'],
  },
  {
    name: 'messages for little money',
    command: [...FIRST, ...MESSAGES],
    budget: ['--budget', '0.7'],
    more: ['--budget', '100'],
  },
  {
    name: 'second run with an option changed',
    command: [...SECOND, ...CHAT],
    budget: ['--budget', 'none'],
    designed: true,
  },
]
/** Of one round; then a run has to come to its end undisturbed. */
const MOST_KILLS = 3
const MOST_RESUMES = 10
const OUTSIDE = '/mlops-outside-canary.md'

/** @returns {Promise<string>} what was seen, in words; throws with the seed and the round where something was wrong */
export async function killModelRuns({ kills, seed = Math.floor(Math.random() * 2 ** 32), say = () => {} }) {
  const random = generator(seed)
  const folder = await mkdtemp(path.join(tmpdir(), 'mlops-model-kills-'))
  const counts = { rounds: 0, kills: 0, resumes: 0, unrecorded: 0, stopped: 0, requests: 0, faults: 0, recorded: 0 }
  try {
    const cli = path.join(smallProduct(path.join(folder, 'product'), { built: true, talks: true }), 'dist', 'cli.js')
    const scenes = []
    for (const scene of SCENES) scenes.push(await prepare(scene, cli, path.join(folder, 'expected'), scenes[0]))
    const more = () => counts.kills < kills
    const one = (scene, place) => play(scene, { cli, place, random, counts })
    await playRounds({ scenes, folder, seed, more, play: one, say })
    await rm(folder, { recursive: true, force: true })
  } catch (error) {
    rmSync(path.join(folder, 'product'), { recursive: true, force: true })
    throw error
  }
  const { rounds, resumes, unrecorded, stopped, requests, faults, recorded } = counts
  return `${counts.kills} processes killed in ${rounds} runs, ${resumes} resumes, ${stopped} at their budget, ${unrecorded} before anything was recorded; ${requests} requests, ${faults} of them failed, ${recorded} answers recorded and none lost or asked for again; seed ${seed}`
}

/** Edits two files, adds to a third, calls tools, and tries two paths outside, which have to be refused. */
function script({ deliverable, mark, turn, baseline }, serial) {
  const call = (name, input) => ({ id: `call_${serial}${name}`, name, input })
  const submits = (...files) => ({
    calls: [call('submit', { ...SUBMISSION, summary: `Looked at, ${deliverable}.`, files })],
  })
  const block = (file, text) => `<file-${mark} path="${file}">\n${text}</file-${mark}>\n`
  const more = 'Read by the café team ☕ (資料 📊), on Mondays and on every other day of the week.\n'
  const text = (...blocks) => ({ text: `Answer ${serial}.\n${blocks.join('')}` })
  const adds = (file, before = '') => `${block(file, `${baseline(file)}\n${before}${more}`)}`
  const steps = {
    sources: () => [{ calls: [call('list_files', { folder: null })] }, submits()],
    shape: () => [text(adds('docs/shape.md', more.repeat(20))), submits('docs/shape.md')],
    build: () => [text(block('../outside.md', more), adds('src/build.py', '# ')), submits('src/build.py')],
    report: () => [text(block(OUTSIDE, more), adds('docs/report.md')), submits('docs/report.md')],
    guard: () => [{ calls: [call('check', {})] }, submits()],
  }
  const own = deliverable === '' ? [{ calls: [call('propose', NO_FACTS)] }] : (steps[deliverable]?.() ?? [submits()])
  return own[turn - 1] ?? own.at(-1)
}

/** Plays the scene without a kill and without a fault: what it gives, and how long it takes. */
async function prepare(scene, cli, folder, first) {
  const place = path.join(folder, String(SCENES.indexOf(scene)))
  const start = `${place}-start`
  mkdirSync(start, { recursive: true })
  if (scene.designed)
    cpSync(path.join(first.place, 'w'), path.join(start, 'w'), { recursive: true, preserveTimestamps: true })
  const server = await faultyServer({ random: () => 0.5, reply: script })
  server.calm(true)
  try {
    cpSync(start, place, { recursive: true, preserveTimestamps: true })
    if (scene.designed) git(path.join(place, 'w'), 'status')
    const { code, err, took, spoke } = await run(cli, [...scene.command, ...(scene.more ?? scene.budget)], place, {
      env: toward(server),
    })
    must(code === 0, `${scene.name} ended with ${code}: ${err}`)
    must(server.seen.length >= (scene.designed ? 2 : 11), `only ${server.seen.length} requests came`)
    must(readFileSync(path.join(place, 'w/docs/shape.md'), 'utf8').includes('☕'), 'nothing was tailored')
    return {
      ...scene,
      place,
      start,
      took,
      spoke,
      requests: server.seen.length,
      beside: besides(place),
      ...state(path.join(place, 'w')),
    }
  } finally {
    await server.stop()
  }
}

const toward = ({ url }) => ({
  OPENAI_BASE_URL: `${url}/v1`,
  ANTHROPIC_BASE_URL: url,
  ANTHROPIC_API_KEY: 'sk-ant-scripted',
})

/** What lies beside the workspace. */
const besides = (place) =>
  readdirSync(place)
    .filter((name) => name !== 'w')
    .sort()
    .join(' ')

async function play(scene, { cli, place, random, counts }) {
  cpSync(scene.start, place, { recursive: true, preserveTimestamps: true })
  const workspace = path.join(place, 'w')
  if (scene.designed) git(workspace, 'status')
  const server = await faultyServer({ random, reply: script })
  const watch = watcher(scene, { server, workspace, place })
  const kills = 1 + Math.floor(random() * MOST_KILLS)
  let [killed, resumes, budget] = [0, 0, scene.budget]
  let next = [...scene.command, ...budget]
  try {
    for (;;) {
      server.newProcess()
      const ended = await run(cli, next, place, {
        env: toward(server),
        ...(killed < kills ? moment(scene, random, server) : {}),
      })
      server.onReply()
      watch.look(budget)
      const begun = existsSync(path.join(workspace, '.mlops-agents/runs')) && known(scene, workspace)
      if (ended.killed) {
        killed++
      } else if (ended.code === 2 && /there is nothing to resume/.test(ended.err)) {
        must(scene.designed || nothingWritten(workspace), 'nothing is recorded, but something was written')
      } else if (ended.code === 5 && scene.more !== undefined) {
        counts.stopped++
        budget = scene.more
      } else {
        must(ended.code === 0, `${next[0]} ended with ${ended.code}: ${ended.err}`)
        if (begun) break
      }
      must(++resumes <= MOST_RESUMES, `not done after ${resumes} processes`)
      if (!begun) counts.unrecorded++
      next = begun ? [...RESUME, ...(budget === scene.budget ? [] : budget)] : [...scene.command, ...budget]
    }
    compare(state(workspace), scene)
    const before = [listing(workspace), server.seen.length]
    const over = await run(cli, RESUME, place, { env: toward(server) })
    must(
      over.code === 0 && /"status":"done"/.test(over.out),
      `a second resume ended with ${over.code}: ${over.out}${over.err}`,
    )
    must(
      listing(workspace) === before[0] && server.seen.length === before[1],
      'a resume after a run that ended well has done something',
    )
    counts.rounds++
    counts.kills += killed
    counts.resumes += resumes
    counts.requests += server.seen.length
    counts.faults += server.seen.filter(({ fault }) => fault !== undefined).length
    counts.recorded += watch.recorded().size
    return `${killed} killed, ${resumes} resumes, ${server.seen.length} requests where ${scene.requests} are needed`
  } finally {
    await server.stop()
  }
}

/** Looks after each process at what it has left. */
function watcher(scene, { server, workspace, place }) {
  const bySerial = (serial) => server.seen.find((one) => one.serial === serial)
  const old = scene.designed ? new Set(readdirSync(path.join(workspace, '.mlops-agents/runs'))) : new Set()
  let recorded = new Set()
  let looked = 0
  /** Serials of the answers that the record holds, each read from where it is kept. */
  const inRecord = () => {
    const folder = path.join(workspace, '.mlops-agents')
    if (!existsSync(path.join(folder, 'runs'))) return new Set()
    const lines = readRuns(workspace, (name) => !old.has(name)).flatMap((text) => text.split('\n').slice(0, -1))
    const ends = lines
      .map((line) => JSON.parse(line))
      .filter(({ type, answer }) => type === 'turn-end' && answer !== undefined)
    return new Set(
      ends.map(({ answer }) => {
        const text = JSON.stringify(answer)
        const [, serial] = /serial-(\d+)-/.exec(text) ?? []
        must(serial !== undefined, `an answer in the record was never given: ${text.slice(0, 200)}`)
        return Number(serial)
      }),
    )
  }
  return {
    recorded: () => recorded,
    look(budget) {
      const hashes = new Set([...recorded].map((serial) => bySerial(serial)?.hash))
      for (const { hash, deliverable, turn, serial } of server.seen.slice(looked))
        must(
          !hashes.has(hash),
          `turn ${turn} of ${deliverable} was asked for again (request ${serial}) although its answer was recorded`,
        )
      looked = server.seen.length
      const now = inRecord()
      for (const serial of recorded) must(now.has(serial), `the recorded answer ${serial} is lost`)
      for (const serial of now)
        must(bySerial(serial)?.fault === undefined, `an answer that was cut (${serial}) was recorded`)
      recorded = now
      const spent = spentOf(server.seen, budget)
      must(
        spent <= Number(budget[1] === 'none' ? Number.POSITIVE_INFINITY : budget[1]),
        `${spent} were spent of ${budget.join(' ')}`,
      )
      must(
        besides(place) === scene.beside && !existsSync(OUTSIDE),
        `there are files outside the workspace: ${besides(place)}`,
      )
    },
  }
}

/** In tokens or USD, as the budget is. */
function spentOf(seen, [flag]) {
  const billed = seen.flatMap(({ billed: one }) => one ?? [])
  const [tokens, price] = flag === '--budget' ? [1e6, PRICE] : [1, { input: 1, output: 1 }]
  return billed.reduce((sum, { input, output }) => sum + (input * price.input + output * price.output) / tokens, 0)
}

/** Whether the record has a word of the run that was asked for. */
const known = ({ designed }, workspace) =>
  readRuns(workspace).some(
    (text) => /"type":"run-start"/.test(text) && (!designed || text.includes('"deliverable":"store"')),
  )

const nothingWritten = (workspace) =>
  !existsSync(workspace) || readdirSync(workspace).every((name) => name === '.mlops-agents')

/** Somewhere in the whole length of a run, or just after one of the replies has left the server. */
function moment({ took, spoke, requests }, random, server) {
  const tree = random() < 0.5
  if (random() < 0.5) return { tree, spoken: true, after: random() * 1.3 * (took - spoke) }
  const [nth, late] = [Math.ceil(random() * requests), random() * 30]
  let replies = 0
  return {
    tree,
    when: (kill) =>
      server.onReply(() => {
        if (++replies === nth) setTimeout(kill, late)
      }),
  }
}

if (process.argv[1] === import.meta.filename) {
  const [kills = '20', seed] = process.argv.slice(2)
  console.log(await killModelRuns({ kills: Number(kills), ...(seed && { seed: Number(seed) }), say: console.log }))
}
