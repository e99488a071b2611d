import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { LockedError } from '../../src/errors.js'
import { lockWorkspace } from '../../src/workspace/lock.js'
import { scratch } from './scratch.js'

const lockOf = (root: string) => join(root, '.mlops-agents/lock')
const held = (root: string, owner: object) => {
  mkdirSync(join(root, '.mlops-agents'), { recursive: true })
  writeFileSync(
    lockOf(root),
    JSON.stringify({ pid: 1, host: hostname(), start: null, at: '2026-01-01T00:00:00.000Z', ...owner }),
  )
}
const now = () => Date.parse('2026-01-01T00:07:00.000Z')

/** A process that was there and is not any more. */
const deadPid = () => Number(execFileSync('sh', ['-c', 'echo $$']).toString())

/** A program of its own that takes the lock of the folder in its first argument and ends in the way of its second. */
let program: string
/** One that tries for the lock of every folder of a list at a time of its own, and says of which it got it. */
let racer: string
beforeAll(() => {
  const root = join(import.meta.dirname, '../..')
  const out = scratch()
  const options = [
    '--ignoreConfig',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--skipLibCheck',
    '--types',
    'node',
    '--rootDir',
    join(root, 'src'),
  ]
  execFileSync(
    join(root, 'node_modules/.bin/tsc'),
    [...options, '--outDir', out, join(root, 'src/workspace/lock.ts')],
    { cwd: root },
  )
  symlinkSync(join(root, 'node_modules'), join(out, 'node_modules'))
  writeFileSync(join(out, 'package.json'), '{"type":"module"}')
  program = join(out, 'holder.js')
  writeFileSync(
    program,
    `import { lockWorkspace } from './workspace/lock.js'
    await lockWorkspace(process.argv[2])
    if (process.argv[3] === 'listens') process.on('SIGINT', () => process.send('still held'))
    process.on('message', (how) => {
      if (how === 'throw') throw new Error('a bug')
      process.exit(0)
    })
    process.send('held')`,
  )
  racer = join(out, 'racer.js')
  writeFileSync(
    racer,
    `import { lockWorkspace } from './workspace/lock.js'
    // It holds what it wins until it is ended, and each lock listens for that.
    process.setMaxListeners(0)
    process.on('message', async ({ folders, from, every }) => {
      const won = []
      for (const [at, folder] of folders.entries()) {
        const time = from + at * every
        await new Promise((later) => setTimeout(later, Math.max(0, time - Date.now() - 3)))
        while (Date.now() < time) {}
        await lockWorkspace(folder).then(() => won.push(at), (error) => {
          if (error.name !== 'LockedError') throw error
        })
      }
      process.send(won)
    })
    process.send('ready')`,
  )
})
const holder = (root: string, how: string): ChildProcess =>
  fork(program, [root, how], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] })
const message = (child: ChildProcess) => new Promise((resolve) => child.once('message', resolve))

describe('lockWorkspace', () => {
  it('keeps a second run out, with process, host and age, until the first is done', async () => {
    const root = scratch()
    let time = now()
    const lock = await lockWorkspace(root, () => time)
    time += 90_000
    const second = lockWorkspace(root, () => time)
    await expect(second).rejects.toThrow(LockedError)
    await expect(second).rejects.toThrow(
      `another run has held this workspace for 90 seconds (process ${process.pid} on ${hostname()}); wait for it or stop it.`,
    )
    await lock.release()
    expect(readdirSync(join(root, '.mlops-agents'))).toEqual([])
    const third = await lockWorkspace(root, () => time)
    await third.release()
    await third.release()
  })

  it('lets exactly one of many in', async () => {
    const root = scratch()
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockWorkspace(root)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of tries) if (one.status === 'fulfilled') await one.value.release()
    expect(readdirSync(join(root, '.mlops-agents'))).toEqual([])
  })

  it.each([
    ['is dead', () => ({ pid: deadPid() })],
    ['has a number that another process has now', () => ({ pid: process.pid, start: '1' })],
  ])('is taken over by exactly one of many when its owner %s', async (_, owner) => {
    for (let round = 0; round < 10; round++) {
      const root = scratch()
      held(root, owner())
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockWorkspace(root)))
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(JSON.parse(readFileSync(lockOf(root), 'utf8'))).toMatchObject({ pid: process.pid })
      for (const one of tries) if (one.status === 'fulfilled') await one.value.release()
    }
  })

  it('is taken over by exactly one of eight processes, also where others died while they took it over', async () => {
    const folders = Array.from({ length: 40 }, (_, at) => {
      const root = scratch()
      held(root, { pid: deadPid() })
      // A claim by a dead process, and a claim to that claim.
      let path = lockOf(root)
      for (let claims = 0; claims < at % 3; claims++) {
        path += `.${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)}`
        const owner = {
          pid: deadPid(),
          host: hostname(),
          start: null,
          at: '2026-01-01T00:00:00.000Z',
          id: String(claims),
        }
        writeFileSync(path, JSON.stringify(owner))
      }
      writeFileSync(`${lockOf(root)}.takeover`, '1')
      return root
    })
    const racers = Array.from({ length: 8 }, () => fork(racer, { execArgv: [] }))
    try {
      await Promise.all(racers.map(message))
      const ended = racers.map(message)
      for (const child of racers) child.send({ folders, from: Date.now() + 50, every: 20 })
      const won = ((await Promise.all(ended)) as number[][]).flat().sort((a, b) => a - b)
      expect(won).toEqual(folders.map((_, at) => at))
      for (const root of folders) expect(readdirSync(join(root, '.mlops-agents'))).toEqual(['lock'])
    } finally {
      for (const child of racers) child.kill()
    }
  })

  it('is taken over when it is damaged, and what killed processes left of their tries goes', async () => {
    const root = scratch()
    held(root, {})
    writeFileSync(lockOf(root), 'no lock')
    for (const name of ['takeover', '0123456789abcdef', `${deadPid()}-0`, `${deadPid()}-1.fresh`])
      writeFileSync(`${lockOf(root)}.${name}`, '')
    await (await lockWorkspace(root)).release()
    expect(readdirSync(join(root, '.mlops-agents'))).toEqual([])
  })

  it('of a living process of somebody else, or of another machine, stays', async () => {
    const root = scratch()
    held(root, { pid: 1 })
    await expect(lockWorkspace(root, now)).rejects.toThrow(/for 7 minutes \(process 1 on/)
    held(root, { pid: deadPid(), host: 'elsewhere' })
    await expect(lockWorkspace(root, now)).rejects.toThrow(
      `If nothing runs on elsewhere any more, remove ${lockOf(root)}.`,
    )
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['exit', 0],
    ['throw', 1],
  ] as const)('is given free when the process ends by %s', async (how, code) => {
    const root = scratch()
    const child = holder(root, how)
    await message(child)
    expect(existsSync(lockOf(root))).toBe(true)
    if (how.startsWith('SIG')) child.kill(how as NodeJS.Signals)
    else child.send(how)
    const ended = await new Promise((resolve) => child.on('exit', (exitCode, signal) => resolve(signal ?? exitCode)))
    expect(ended).toBe(how.startsWith('SIG') ? how : code)
    expect(existsSync(lockOf(root))).toBe(false)
  })

  it('is left to whoever else listens to the signal', async () => {
    const root = scratch()
    const child = holder(root, 'listens')
    await message(child)
    child.kill('SIGINT')
    expect(await message(child)).toBe('still held')
    expect(existsSync(lockOf(root))).toBe(true)
    child.send('exit')
    await new Promise((resolve) => child.on('exit', resolve))
    expect(existsSync(lockOf(root))).toBe(false)
  })

  it('survives a kill that nobody can catch, and is taken over then', async () => {
    const root = scratch()
    const child = holder(root, 'exit')
    await message(child)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.on('exit', resolve))
    expect(existsSync(lockOf(root))).toBe(true)
    await (await lockWorkspace(root)).release()
  })
})
