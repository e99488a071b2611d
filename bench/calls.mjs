// What calling models costs, in one table with the vendors' own packages and two frameworks: `npm run build && npm run bench:calls`.
// A server on this machine plays the model, so nothing is said about models. README.md beside it says how.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { median } from './measure.mjs'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' } } })
const rounds = Math.max(1, Math.trunc(Number(values.rounds)) || 5)
const here = path.join(import.meta.dirname, 'calls')
const root = path.join(import.meta.dirname, '..')
const cache = path.join(tmpdir(), 'mlops-agents-bench', 'frameworks')
const scratch = mkdtempSync(path.join(tmpdir(), 'mlops-agents-bench-'))

const FRAMEWORKS = {
  '@langchain/langgraph': '1.7.3',
  '@langchain/core': '1.4.0',
  '@langchain/openai': '1.5.8',
  '@langchain/anthropic': '1.5.11',
  '@openai/agents': '0.20.0',
  zod: '4.6.7',
}
/** Of the bare packages; the frameworks' are looked at beside ours. */
const MOST_CPU = 2
const MOST_WALL = 1.15
/** What a call takes on the server, in ms: for measuring processor time, and for measuring the wall clock of a design. */
const [QUICK, LIKE_A_MODEL] = [20, 2000]
const SIDES = [
  ['bare', 'anthropic'],
  ['ours', 'anthropic'],
  ['langgraph', 'anthropic'],
  ['bare', 'openai'],
  ['ours', 'openai'],
  ['langgraph', 'openai'],
  ['agents', 'openai'],
]
const servers = []
let missed = 0
const verdict = (holds) => {
  if (!holds) missed++
  return holds ? '' : '   MISSED'
}

try {
  if (values.only === undefined || values.only === 'calls') {
    installFrameworks()
    const url = await serve(QUICK)
    perCall('CPU ms per call, 8 conversations at once', url, { conversations: 200, atOnce: 8 }, rounds)
    checks()
    manyAtOnce('500 conversations at once', url, { conversations: 1000, atOnce: 500 }, Math.ceil(rounds / 2))
  }
  if (values.only === undefined || values.only === 'design') {
    sharedPrompts()
    await wallOfDesign(await serve(LIKE_A_MODEL))
  }
  console.log(`load ${loadavg()[0].toFixed(1)}, Node ${process.version}, ${rounds} rounds, medians`)
  process.exitCode = missed > 0 ? 1 : 0
} finally {
  for (const server of servers) server.kill()
  rmSync(scratch, { recursive: true, force: true })
}

function installFrameworks() {
  const wanted = JSON.stringify({ private: true, dependencies: FRAMEWORKS })
  mkdirSync(cache, { recursive: true })
  if (existsSync(path.join(cache, 'node_modules', '@openai', 'agents'))) return
  writeFileSync(path.join(cache, 'package.json'), wanted)
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: cache })
}

function serve(latency) {
  const server = spawn('node', [path.join(here, 'server.mjs'), String(latency)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  servers.push(server)
  return new Promise((resolve) => {
    server.stdout.once('data', (port) => resolve(`http://127.0.0.1:${String(port).trim()}`))
  })
}

/** Every side once in each round, so that a busy machine slows all of them. Runs by `side vendor`. */
function measured(url, { conversations, atOnce }, times) {
  const runs = new Map(SIDES.map((side) => [side.join(' '), []]))
  for (let round = 0; round < times; round++) {
    for (const side of SIDES) {
      const args = [path.join(here, 'worker.mjs'), ...side, url, String(conversations), String(atOnce), cache]
      const run = JSON.parse(execFileSync('node', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
      if (run.calls !== conversations * 3) throw new Error(`${side.join(' ')} made ${run.calls} calls`)
      runs.get(side.join(' ')).push(run)
    }
  }
  return runs
}

function ratio(one, other, what) {
  return median(one.map((run, at) => run[what] / other[at][what]))
}

function perCall(title, url, load, times) {
  const runs = measured(url, load, times)
  console.log(`${title}; to the bare package in the same round`)
  for (const [side, vendor] of SIDES) {
    const own = runs.get(`${side} ${vendor}`)
    const toBare = ratio(own, runs.get(`bare ${vendor}`), 'cpu_ms')
    const others = SIDES.filter(([other, of]) => of === vendor && other !== 'bare' && other !== 'ours')
    const below = others.every((one) => ratio(own, runs.get(one.join(' ')), 'cpu_ms') < 1)
    const said = side === 'ours' ? verdict(toBare <= MOST_CPU && below) : ''
    const cpu = median(own.map(({ cpu_ms }) => cpu_ms)).toFixed(2)
    console.log(`  ${vendor.padEnd(10)} ${side.padEnd(10)} ${cpu.padStart(7)} ms   ${toBare.toFixed(2)} x${said}`)
  }
}

/** In a column of its own: neither the vendors' packages nor the frameworks look at what a model has written. */
function checks() {
  const said = execFileSync('node', [path.join(here, 'checks.mjs')], { encoding: 'utf8' })
  const { first_ms, others_ms, judged } = JSON.parse(said.trim().split('\n').at(-1))
  const [learning, each] = [first_ms, others_ms].map((ms) => ms.toFixed(0))
  console.log(
    `checks, CPU ms of each submission: ${each} (median of ${judged - 1}), and ${learning} for the first, which learns the platform`,
  )
}

function manyAtOnce(title, url, load, times) {
  const runs = measured(url, load, times)
  console.log(`${title}: calls per second, largest memory`)
  for (const [side, vendor] of SIDES) {
    const own = runs.get(`${side} ${vendor}`)
    const others = SIDES.filter(([other, of]) => of === vendor && other !== 'bare' && other !== 'ours')
    const above = others.every((one) => ratio(own, runs.get(one.join(' ')), 'per_s') > 1)
    const [rate, peak] = ['per_s', 'peak_mb'].map((what) => median(own.map((run) => run[what])).toFixed(0))
    const said = side === 'ours' ? verdict(above) : ''
    console.log(`  ${vendor.padEnd(10)} ${side.padEnd(10)} ${rate.padStart(6)} /s ${peak.padStart(5)} MB${said}`)
  }
}

function design(...more) {
  const text = path.join(root, 'examples', 'churn-telecom.txt')
  const args = ['--requirements-file', text, '--workspace', path.join(scratch, 'w'), '--yes', '--budget', 'none']
  return [path.join(root, 'dist', 'cli.js'), 'design', ...args, '--model', 'openai:gpt-of-the-bench', '--json', ...more]
}
function env(url) {
  return { ...process.env, OPENAI_API_KEY: 'sk-of-the-bench', OPENAI_BASE_URL: `${url}/v1` }
}

/** How much of a prompt is what another prompt of the same agent began with: what a vendor's cache can serve. */
function sharedPrompts() {
  const out = execFileSync('node', design('--dry-run'), { env: env('http://127.0.0.1:9'), maxBuffer: 1e9 })
  const lines = String(out).trim().split('\n')
  const prompts = lines.map((line) => JSON.parse(line)).filter(({ prompt }) => prompt !== undefined)
  const sharesOf = ({ prompt }, at) => {
    const before = prompts.slice(0, at).map((earlier) => begunAlike(earlier.prompt, prompt))
    return Math.max(0, ...before)
  }
  const shared = prompts.reduce((sum, one, at) => sum + sharesOf(one, at), 0)
  const all = prompts.reduce((sum, { prompt }) => sum + prompt.length, 0)
  const percent = ((100 * shared) / all).toFixed(0)
  console.log(`prompts: ${prompts.length}, ${percent} % of their characters begin an earlier prompt too`)
}

function begunAlike(one, other) {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}

/** The plan's longest chain of deliverables that read each other, three calls each, is what no order can undercut. */
async function wallOfDesign(url) {
  const { phases } = parse(readFileSync(path.join(root, 'workflows', 'ml-pipeline.yaml'), 'utf8'))
  const depth = new Map()
  for (const { id, reads } of phases.flatMap(({ agents }) => agents.flatMap(({ deliverables }) => deliverables)))
    depth.set(id, 1 + Math.max(0, ...(reads.deliverables ?? []).map((read) => depth.get(read) ?? 0)))
  const longest = Math.max(...depth.values())
  const began = performance.now()
  execFileSync('node', design('--verify', 'none'), { env: env(url), stdio: ['ignore', 'ignore', 'inherit'] })
  const wall = (performance.now() - began) / 1000
  // The first call of all reads the requirements.
  const path_s = ((1 + longest * 3) * LIKE_A_MODEL) / 1000
  const said = verdict(wall / path_s <= MOST_WALL)
  console.log(
    `design with ${LIKE_A_MODEL} ms a call: ${wall.toFixed(1)} s, critical path ${longest} deliverables of 3 calls after one for the text, ${path_s.toFixed(0)} s: ${(wall / path_s).toFixed(2)} x${said}`,
  )
}
