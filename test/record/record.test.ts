import { type FileHandle, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openRecord } from '../../src/record/record.js'
import { readRuns } from '../../src/record/runs.js'

const anyEvent = z.looseObject({ type: z.string() })
const clock = () => Date.UTC(2026, 0, 2, 3, 4, 5)
const folders: string[] = []
const scratch = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-record-'))
  folders.push(folder)
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describe('openRecord', () => {
  it('leaves no trace until something happens', async () => {
    const root = await scratch()
    const record = openRecord(root, { clock })
    await record.close()
    expect(await readdir(root)).toEqual([])
    expect(await readRuns(root, anyEvent)).toEqual([])
  })

  it('writes one line per event, in the order of the calls, with schema version and time', async () => {
    const root = await scratch()
    const record = openRecord(root, { clock })
    await record.append({ type: 'run-start', project: 'churn' })
    for (let n = 0; n < 50; n++) void record.append({ type: 'turn-end', n })
    await record.close()
    const text = await readFile(join(root, '.mlops-agents/runs/1.jsonl'), 'utf8')
    expect(text.split('\n')[0]).toBe(
      '{"schema":1,"at":"2026-01-02T03:04:05.000Z","type":"run-start","project":"churn"}',
    )
    const [run] = await readRuns(root, z.looseObject({ type: z.string(), n: z.number().optional() }))
    expect(run?.events.slice(1).map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, n) => n))
    expect(run).toMatchObject({ number: 1, torn: false })
  })

  it('gives each run a file of its own, also when two start at once', async () => {
    const root = await scratch()
    const records = [1, 2, 3].map(() => openRecord(root, { clock }))
    await Promise.all(records.map((record, n) => record.append({ type: `start-${n}` })))
    await Promise.all(records.map((record) => record.close()))
    expect(records.map(({ number }) => number).sort()).toEqual([1, 2, 3])
    expect((await readRuns(root, anyEvent)).map(({ events }) => events.length)).toEqual([1, 1, 1])
  })

  it('keeps what was written whole when the disk is full at any byte, and says so', async () => {
    const whole = '{"schema":1,"at":"2026-01-02T03:04:05.000Z","type":"second"}\n'
    for (let byte = 0; byte < whole.length; byte += 7) {
      const root = await scratch()
      let writes = 0
      const full = async (log: FileHandle, bytes: Buffer) => {
        writes += 1
        await log.appendFile(writes === 2 ? bytes.subarray(0, byte) : bytes)
        if (writes === 2) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      }
      const record = openRecord(root, { clock, write: full })
      await record.append({ type: 'first' })
      await expect(record.append({ type: 'second' })).rejects.toThrow('ENOSPC')
      await record.append({ type: 'third' })
      await expect(record.flush()).rejects.toThrow('ENOSPC')
      await expect(record.close()).rejects.toThrow('ENOSPC')
      const [run] = await readRuns(root, anyEvent)
      expect(run?.events.map(({ type }) => type)).toEqual(['first', 'third'])
      expect(run?.torn).toBe(false)
    }
  })

  it('does not end the process when nobody waits for an append that fails', async () => {
    const root = await scratch()
    const record = openRecord(root, { clock, write: () => Promise.reject(new Error('disk gone')) })
    void record.append({ type: 'first' })
    await expect(record.flush()).rejects.toThrow('disk gone')
    await expect(record.close()).rejects.toThrow('disk gone')
  })
})
