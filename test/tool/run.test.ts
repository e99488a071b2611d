import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runTool, type ToolRun } from '../../src/tool/run.js'

const folder = mkdtempSync(join(tmpdir(), 'mlops-tool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const env = { PATH: process.env.PATH, HOME: '/home/ada', SECRET_TOKEN: 'hush', LC_ALL: 'C', ANTHROPIC_API_KEY: 'hush' }
const sh = (script: string, more: Partial<ToolRun> = {}) =>
  runTool({ program: 'sh', args: ['-c', script], cwd: folder, env, wallSeconds: 10, ...more })
const running = (pid: number) => {
  // A zombie has ended; it only waits for somebody to read its exit code.
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
const pidIn = (file: string) => Number(readFileSync(join(folder, file), 'utf8'))

describe('runTool', () => {
  it('gives code and output', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toMatchObject({
      kind: 'exited',
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
    })
  })

  it('passes arguments, input and folder as they are', async () => {
    const said = await runTool({
      program: 'sh',
      args: ['-c', 'printf %s "$1"; cat; pwd', 'sh', '$(echo no) "; \n'],
      cwd: folder,
      env,
      wallSeconds: 10,
      input: 'in',
    })
    expect(said).toMatchObject({ stdout: `$(echo no) "; \nin${folder}\n` })
  })

  it('shows the program nothing of the environment but what it needs', async () => {
    const said = await sh('env', { variables: { MLFLOW_DISABLE_TELEMETRY: 'true' } })
    const names = said.kind === 'exited' ? said.stdout.split('\n').map((line) => line.split('=')[0]) : []
    expect(names).toEqual(expect.arrayContaining(['PATH', 'HOME', 'LC_ALL', 'MLFLOW_DISABLE_TELEMETRY']))
    expect(names).not.toContain('SECRET_TOKEN')
    expect(names).not.toContain('ANTHROPIC_API_KEY')
  })

  it.each([undefined, 5])('says that a program is missing (CPU limit %s)', async (cpuSeconds) => {
    const said = await runTool({
      program: 'no-such-program',
      args: [],
      cwd: folder,
      env,
      wallSeconds: 5,
      ...(cpuSeconds ? { cpuSeconds } : {}),
    })
    expect(said).toEqual({ kind: 'missing', program: 'no-such-program' })
  })

  it('tells a program that was killed from one that failed', async () => {
    expect(await sh('kill -SEGV $$')).toMatchObject({ kind: 'killed', by: 'SIGSEGV' })
    expect(await sh('kill -KILL $$', { cpuSeconds: 5 })).toMatchObject({ kind: 'killed', by: 'SIGKILL' })
  })

  it('ends a program that takes too long, with its children and grandchildren', async () => {
    const began = performance.now()
    const said = await sh('sleep 100 & echo $! > child; (sleep 100 & echo $! > grandchild; wait); echo done', {
      wallSeconds: 0.3,
    })
    expect(said).toMatchObject({ kind: 'timed out', limit: 'wall', seconds: 0.3, stdout: '' })
    expect(performance.now() - began).toBeLessThan(4000)
    expect([running(pidIn('child')), running(pidIn('grandchild'))]).toEqual([false, false])
  })

  it('ends what ignores a polite request', async () => {
    const said = await sh("trap '' TERM; echo $$ > stubborn; while :; do sleep 0.1; done", { wallSeconds: 0.3 })
    expect(said).toMatchObject({ kind: 'timed out' })
    expect(running(pidIn('stubborn'))).toBe(false)
  })

  it('ends what left the process group', async () => {
    const script =
      "const c = require('child_process').spawn('sleep', ['100'], { detached: true, stdio: 'ignore' }); c.unref(); console.log(c.pid)"
    const said = await runTool({ program: 'node', args: ['-e', script], cwd: folder, env, wallSeconds: 10 })
    expect(said).toMatchObject({ kind: 'exited', code: 0 })
    expect(running(Number(said.kind === 'exited' && said.stdout))).toBe(false)
  })

  it('does not wait for a background process that keeps the output open', async () => {
    const began = performance.now()
    expect(await sh('sleep 100 & echo $! > background; echo ready')).toMatchObject({
      kind: 'exited',
      code: 0,
      stdout: 'ready\n',
    })
    expect(performance.now() - began).toBeLessThan(3000)
    expect(running(pidIn('background'))).toBe(false)
  })

  it('measures the CPU time of a program and its children', async () => {
    const said = await sh('node -e "const t = Date.now(); while (process.cpuUsage().user < 400000);"; true', {
      cpuSeconds: 20,
    })
    expect(said).toMatchObject({ kind: 'exited', code: 0 })
    expect(said.kind === 'exited' && said.cpuSeconds).toBeGreaterThan(0.39)
    expect(said.kind === 'exited' && said.cpuSeconds).toBeLessThan(5)
  })

  it('ends a program that burns more CPU time than it may', async () => {
    const said = await sh('while :; do :; done', { cpuSeconds: 1, wallSeconds: 60 })
    expect(said).toMatchObject({ kind: 'timed out', limit: 'cpu', seconds: 1 })
  })

  it('never calls it a pass when several children together were over the limit', async () => {
    const burn = 'node -e "while (process.cpuUsage().user < 700000);"'
    expect(await sh(`${burn}; ${burn}; exit 0`, { cpuSeconds: 1 })).toMatchObject({ kind: 'timed out', limit: 'cpu' })
  })

  it('stops when asked to, and does not start when asked before', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 200)
    expect(await sh('echo $$ > asked; sleep 100', { signal: stop.signal })).toMatchObject({ kind: 'interrupted' })
    expect(running(pidIn('asked'))).toBe(false)
    expect(await sh('touch started', { signal: AbortSignal.abort() })).toMatchObject({ kind: 'interrupted' })
    expect(existsSync(join(folder, 'started'))).toBe(false)
  })

  it('keeps what it may of a long output and says that it cut', async () => {
    const seen: string[] = []
    const said = await sh("head -c 100000 /dev/zero | tr '\\0' x", {
      outputBytes: 10,
      onOutput: (text) => seen.push(text),
    })
    expect(said).toMatchObject({ kind: 'exited', stdout: 'x'.repeat(10), truncated: true })
    expect(seen.join('')).toHaveLength(100_000)
  })

  it('ends what a run inside the run has started', async () => {
    writeFileSync(
      join(folder, 'inner.sh'),
      'MLOPS_AGENTS_RUN="$MLOPS_AGENTS_RUN/inner" setsid sh -c "echo \\$\\$ > inner; sleep 100" &\nsleep 100\n',
    )
    expect(await sh('sh inner.sh', { wallSeconds: 0.5 })).toMatchObject({ kind: 'timed out' })
    expect(running(pidIn('inner'))).toBe(false)
  })
})
