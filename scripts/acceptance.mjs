// The long part of the tests: generated platforms, designed by the built command line and really run.
// Finished cases are kept by content below .cache/acceptance, so a run that was cut off goes on where it stopped.
//   node scripts/acceptance.mjs [--all] [--only TEXT] [--fresh]
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './acceptance-cases.mjs'

const root = path.resolve(import.meta.dirname, '..')
const cache = path.join(root, '.cache', 'acceptance')
const { values: flags } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
  },
})

/** Changes with every file that a case can depend on. */
async function contentKey() {
  const folders = [
    'src',
    'agents',
    'prompts',
    'workflows',
    'blueprints',
    'validators',
    'examples',
    'scripts',
    'package-lock.json',
  ]
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...folders], {
    cwd: root,
    encoding: 'utf8',
  })
  const hash = createHash('sha256').update(process.version)
  for (const name of listed.split('\n').filter(Boolean).sort()) {
    const bytes = await readFile(path.join(root, name)).catch(() => Buffer.alloc(0))
    hash.update(`${name}\0`).update(createHash('sha256').update(bytes).digest())
  }
  return hash.digest('hex')
}

/** Runs a program; its output goes to the case's log. Resolves with code and standard output. */
function runner(log) {
  return (program, args, { cwd = root, env = {}, minutes = 15 } = {}) =>
    new Promise((resolve) => {
      log.write(`\n$ ${[program, ...args].join(' ')}   (in ${cwd})\n`)
      const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, detached: true })
      const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), minutes * 60_000)
      let out = ''
      child.stdout.on('data', (chunk) => {
        out += chunk
        log.write(chunk)
      })
      child.stderr.on('data', (chunk) => log.write(chunk))
      child.on('error', (error) => resolve({ code: 127, out: String(error) }))
      child.on('close', (code, signal) => {
        clearTimeout(timer)
        resolve({ code: code ?? 128, out, signal })
      })
    })
}

async function runCase(one, key) {
  const id = createHash('sha256').update(`${key}\0${one.name}`).digest('hex').slice(0, 24)
  const kept = path.join(cache, `${id}.json`)
  if (!flags.fresh) {
    const before = await readFile(kept, 'utf8').then(JSON.parse, () => undefined)
    if (before?.status === 'passed') return { ...before, kept: true }
  }
  const logFile = path.join(cache, `${one.name.replace(/[^A-Za-z0-9]+/g, '-')}.log`)
  const log = createWriteStream(logFile)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'mlops-acceptance-'))
  const began = Date.now()
  let result
  try {
    const detail = await one.run({ root, folder, log, exec: runner(log), cli: path.join(root, 'dist', 'cli.js') })
    result = { status: 'passed', detail: detail ?? '' }
  } catch (error) {
    const missing = error instanceof Error && error.name === 'NotRun'
    result = { status: missing ? 'not run' : 'failed', detail: error instanceof Error ? error.message : String(error) }
  }
  log.end()
  await rm(folder, { recursive: true, force: true })
  result = { ...result, seconds: Math.round((Date.now() - began) / 1000), log: path.relative(root, logFile) }
  if (result.status === 'passed') await writeFile(kept, JSON.stringify(result))
  return result
}

await mkdir(cache, { recursive: true })
const chosen = cases.filter((one) =>
  flags.only === undefined ? flags.all || one.slice : one.name.includes(flags.only),
)
if (chosen.length === 0)
  throw new Error(`no case is called like "${flags.only}"; there are:\n${cases.map((one) => one.name).join('\n')}`)
const key = await contentKey()
const counts = { passed: 0, failed: 0, 'not run': 0 }
for (const one of chosen) {
  const result = await runCase(one, key)
  counts[result.status]++
  const how = result.kept ? 'kept from before' : `${result.seconds} s`
  console.log(
    `${result.status.padEnd(7)} ${one.name} (${how})${result.detail ? `: ${result.detail}` : ''}${result.status === 'failed' ? `   see ${result.log}` : ''}`,
  )
}
console.log(`${counts['not run']} not run`)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed > 0 || (counts.passed === 0 && counts['not run'] > 0) ? 1 : 0
