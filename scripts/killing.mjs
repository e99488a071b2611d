// Whole processes of the product that are killed at a moment of one's choice, and what they leave behind.
import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

/**
 * Runs the command line; with `after` it is killed after so many milliseconds from its start, or from its first word where `spoken`,
 * with `tree` together with the gits that it started. `when` is given what kills it, to be called at any moment.
 */
export function run(cli, args, cwd, { after, spoken = false, tree = false, when, env = {} } = {}) {
  return new Promise((resolve) => {
    const began = Date.now()
    let spoke
    let timer
    const child = spawn(process.execPath, [cli, ...args], { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env } })
    let [out, err, killed] = ['', '', false]
    const strike = () => {
      const gits = tree ? childrenOf(child.pid) : []
      killed = child.kill('SIGKILL')
      for (const pid of gits) kill(pid)
    }
    const arm = () => {
      timer = setTimeout(strike, after)
    }
    when?.(strike)
    if (after !== undefined && !spoken) arm()
    child.stdout.on('data', (chunk) => {
      if (spoke === undefined && after !== undefined && spoken) arm()
      spoke ??= Date.now() - began
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      const end = () =>
        resolve({ code, out, err, took: Date.now() - began, spoke, killed: killed && signal === 'SIGKILL' })
      // Its last words may still be on the way; of one that was killed nobody waits for them, as a git that lives on holds the pipes.
      if (signal === null) child.once('close', end)
      else end()
    })
  })
}

function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) \S /s, '')
          .startsWith(`${pid} `)
      )
    } catch {
      return false
    }
  })
}

function kill(pid) {
  try {
    process.kill(Number(pid), 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

export function git(cwd, ...args) {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return execFileSync('git', [...identity, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

export function must(condition, message) {
  if (!condition) throw new Error(message)
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What has to be equal whatever happened in between, and what must not lie about. */
export function state(workspace, status = git(workspace, 'status', '--porcelain')) {
  const left = ['.git', '.mlops-agents'].flatMap((folder) =>
    readdirSync(path.join(workspace, folder), { recursive: true })
      .map((name) => `${folder}/${name}`)
      .filter((name) =>
        /\.lock$|\/lock(\.|$)|applying|\.draft$|staging|mlops-agents\.index|index\.stash|fast_import_crash|\/tmp_/.test(
          name,
        ),
      ),
  )
  return {
    tree: git(workspace, 'rev-parse', 'HEAD^{tree}'),
    generated: git(workspace, 'rev-parse', 'mlops-agents/generated^{tree}'),
    // An attempt that is made twice would be one commit more.
    attempts: git(workspace, 'rev-list', '--count', 'mlops-agents/generated'),
    branches: git(workspace, 'for-each-ref', '--format=%(refname)'),
    status,
    fsck: git(workspace, 'fsck', '--strict', '--no-dangling', '--no-progress'),
    left: left.join(' '),
  }
}

export function compare(found, expected) {
  for (const name of ['tree', 'generated', 'attempts', 'branches', 'status', 'fsck', 'left'])
    must(found[name] === expected[name], `${name} is "${found[name]}", expected "${expected[name]}"`)
}

/** Texts of the record's runs. */
export function readRuns(workspace, wanted = () => true) {
  const folder = path.join(workspace, '.mlops-agents/runs')
  return readdirSync(folder)
    .filter(wanted)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
}

/** Kinds, times and sizes of everything below a folder. */
export const listing = (folder) =>
  execFileSync('sh', ['-c', "find . -printf '%p %y %m %T@ %s\\n' | LC_ALL=C sort"], { cwd: folder, encoding: 'utf8' })

/** Plays rounds over the scenes in turn, as long as `more` says so. What a failed round leaves is kept and named with its seed. */
export async function playRounds({ scenes, folder, seed, more, play, say }) {
  for (let round = 0; more(round); round++) {
    const scene = scenes[round % scenes.length]
    const where = `round ${round} of seed ${seed} (${scene.name})`
    const place = path.join(folder, `round-${round}`)
    try {
      say(`${where}: ${await play(scene, place)}`)
    } catch (error) {
      throw new Error(`${where}: ${error instanceof Error ? error.message : error}; ${place} is kept`, { cause: error })
    }
    await rm(place, { recursive: true, force: true })
  }
}
