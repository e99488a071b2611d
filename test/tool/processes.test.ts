import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { killTree, MARK } from '../../src/tool/processes.js'

/** Starts a shell that prints the id of a child it started, and gives both. */
async function family(
  mark: string,
  script: string,
): Promise<{ leader: number; child: number; ended: Promise<unknown> }> {
  const started = spawn('sh', ['-c', script], {
    detached: true,
    env: { PATH: process.env.PATH, [MARK]: mark },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(started, 'exit')
  const [line] = (await once(started.stdout, 'data')) as [Buffer]
  return { leader: started.pid ?? 0, child: Number(line.toString()), ended }
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && alive(pid); tries += 1) await wait(20)
  return !alive(pid)
}

describe('killTree', () => {
  it('ends what the process started, also what left its group', async () => {
    const { leader, child, ended } = await family('one', 'setsid sleep 60 & echo $!; wait')
    expect(alive(child)).toBe(true)
    await killTree(leader, 'one', 0)
    await ended
    expect(await gone(child)).toBe(true)
  })

  it('asks first: a process that cleans up is given the time for it', async () => {
    const { leader, ended } = await family('two', "trap 'exit 7' TERM; echo $$; while :; do sleep 0.05; done")
    await killTree(leader, 'two', 2000)
    expect((await ended) as [number]).toEqual([7, null])
  })

  it('does not wait for ever for one that ignores being asked', async () => {
    const { leader, ended } = await family('three', "trap '' TERM; echo $$; while :; do sleep 0.05; done")
    const began = performance.now()
    await killTree(leader, 'three', 200)
    await ended
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('leaves processes of another run alone, though its mark begins alike', async () => {
    const other = await family('four-b', 'echo $$; sleep 60')
    await killTree(undefined, 'four', 0)
    expect(alive(other.leader)).toBe(true)
    await killTree(other.leader, 'four-b', 0)
    await other.ended
  })
})
