// The long part of the tests: generated platforms, designed by the built command line and really run.
// Finished cases are kept by content below .cache/acceptance, so a run that was cut off goes on where it stopped.
// A case about a generated platform is kept by that platform's files and the part of the product that looks at them: a change that
// leaves both alone does not run it again. Every other case is kept by the whole product.
//   node scripts/acceptance.mjs [--all] [--only TEXT] [--fresh] [--jobs N]
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
const cli = path.join(root, 'dist', 'cli.js')
const { values: flags } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
  },
})

/** Everything that the product is made of. */
const PRODUCT = [
  ...['src', 'agents', 'prompts', 'workflows', 'blueprints', 'validators', 'examples', 'scripts'],
  'package-lock.json',
  'test/small',
]

/** Changes with every byte of the files below these folders, as far as they are or could be committed. */
async function contentOf(folders) {
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

/** Designs the case's platform; what it ran on is then the tree that git names, and who answers for which file of it. */
async function designed({ text, options = [] }, { exec, folder }) {
  const workspace = path.join(folder, 'platform')
  const requirements = path.join(root, 'examples', text)
  const args = ['--requirements-file', requirements, '--workspace', workspace, '--yes', '--verify', 'none']
  const { code, out } = await exec('node', [cli, 'design', ...args, ...options], { minutes: 5 })
  if (code !== 0) throw new Error(`design ended with ${code}: ${out.trim().split('\n').at(-1) ?? ''}`)
  const owners = '--format=%(trailers:key=Deliverable)%(trailers:key=File)%(trailers:key=Patched)'
  const { out: said } = await exec('git', ['-C', workspace, 'log', '--reverse', owners, 'mlops-agents/generated'])
  const { out: id } = await exec('git', ['-C', workspace, 'rev-parse', 'HEAD^{tree}'])
  return { workspace, content: `${id}${said}` }
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

async function runCase(one) {
  const logFile = path.join(cache, `${one.name.replace(/[^A-Za-z0-9]+/g, '-')}.log`)
  const log = createWriteStream(logFile)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'mlops-acceptance-'))
  const context = { root, folder, log, exec: runner(log), cli }
  const began = Date.now()
  let kept
  let result
  try {
    const platform = one.platform && (await designed(one.platform, context))
    const key = [one.name, platform?.content, await contentOf(one.looksWith ?? PRODUCT)].join('\0')
    kept = path.join(cache, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`)
    const before = flags.fresh ? undefined : await readFile(kept, 'utf8').then(JSON.parse, () => undefined)
    if (before?.status === 'passed') return { ...before, kept: true }
    const detail = await one.run({ ...context, workspace: platform?.workspace })
    result = { status: 'passed', detail: detail ?? '' }
  } catch (error) {
    const missing = error instanceof Error && error.name === 'NotRun'
    result = { status: missing ? 'not run' : 'failed', detail: error instanceof Error ? error.message : String(error) }
  } finally {
    log.end()
    await rm(folder, { recursive: true, force: true })
  }
  result = { ...result, seconds: Math.round((Date.now() - began) / 1000), log: path.relative(root, logFile) }
  if (kept && result.status === 'passed') await writeFile(kept, JSON.stringify(result))
  return result
}

/** Cases call uv by its name; where PATH has none they get the one that the product installs for itself. */
async function bringUv() {
  const { ensureUv } = await import('../dist/tool/uv.js')
  const { cacheDir } = await import('../dist/cli/config.js')
  const uv = await ensureUv({ cacheDir: await cacheDir({ env: process.env }), env: process.env })
  if (uv.kind === 'unavailable') throw new Error(uv.reason)
  if (uv.from !== 'PATH') process.env.PATH = `${path.dirname(uv.path)}${path.delimiter}${process.env.PATH}`
}

await bringUv()
await mkdir(cache, { recursive: true })
const chosen = cases.filter((one) =>
  flags.only === undefined ? flags.all || one.slice : one.name.includes(flags.only),
)
if (chosen.length === 0)
  throw new Error(`no case is called like "${flags.only}"; there are:\n${cases.map((one) => one.name).join('\n')}`)
const counts = { passed: 0, failed: 0, 'not run': 0 }
const queue = [...chosen]
/** Takes case after case until none is left. */
async function work() {
  for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
    const result = await runCase(one)
    counts[result.status]++
    const how = result.kept ? 'kept from before' : `${result.seconds} s`
    console.log(
      `${result.status.padEnd(7)} ${one.name} (${how})${result.detail ? `: ${result.detail}` : ''}${result.status === 'failed' ? `   see ${result.log}` : ''}`,
    )
  }
}
await Promise.all(Array.from({ length: Math.max(1, Math.trunc(Number(flags.jobs)) || 1) }, work))
console.log(`${counts['not run']} not run`)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed > 0 || (counts.passed === 0 && counts['not run'] > 0) ? 1 : 0
