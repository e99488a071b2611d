import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { getRecorded } from '../../src/record/blobs.js'
import { openRecord } from '../../src/record/record.js'
import { readRuns } from '../../src/record/runs.js'
import { MemoryDisk } from './disk.js'

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
      '{"schema":4,"at":"2026-01-02T03:04:05.000Z","type":"run-start","project":"churn"}',
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
    const second = '{"schema":4,"at":"2026-01-02T03:04:05.000Z","type":"second"}\n'
    for (let byte = 0; byte < second.length; byte++) {
      const memory = new MemoryDisk()
      const record = openRecord('/w', { clock, disk: memory.disk })
      await record.append({ type: 'first' })
      memory.free(byte)
      await expect(record.append({ type: 'second' })).rejects.toThrow('ENOSPC')
      memory.free(1000)
      await record.append({ type: 'third' })
      await expect(record.flush()).rejects.toThrow('ENOSPC')
      await expect(record.close()).rejects.toThrow('ENOSPC')
      const root = await scratch()
      memory.copyTo(root, 'now')
      const [run] = await readRuns(join(root, 'w'), anyEvent)
      expect(run?.events.map(({ type }) => type)).toEqual(['first', 'third'])
      expect(run?.torn).toBe(false)
    }
  })

  it('leaves no blob that is not whole when the disk is full at any byte', async () => {
    const text = 'what was asked'
    for (let byte = 0; byte < text.length; byte++) {
      const memory = new MemoryDisk(byte)
      await expect(openRecord('/w', { clock, disk: memory.disk }).putBlob(text)).rejects.toThrow('ENOSPC')
      const root = await scratch()
      memory.copyTo(root, 'now')
      const names = await readdir(join(root, 'w'), { recursive: true })
      expect(names.filter((name) => /[0-9a-f]{64}$/.test(name))).toEqual([])
      const record = openRecord(join(root, 'w'), { clock })
      expect(await getRecorded(join(root, 'w'), await record.putBlob(text))).toBe(text)
    }
  })

  it('has lost nothing of what it said was written when the power goes', async () => {
    const memory = new MemoryDisk()
    const record = openRecord('/home/ada/w', { clock, disk: memory.disk })
    const blobs: string[] = []
    for (let n = 0; n < 5; n++) {
      blobs.push(await record.putBlob(`text ${n}`))
      await record.append({ type: `event-${n}` })
      const root = await scratch()
      memory.copyTo(root, 'after a loss of power')
      const [run] = await readRuns(join(root, 'home/ada/w'), anyEvent)
      expect(run?.events.map(({ type }) => type)).toEqual(blobs.map((_, at) => `event-${at}`))
      for (const [at, sha] of blobs.entries())
        expect(await getRecorded(join(root, 'home/ada/w'), sha)).toBe(`text ${at}`)
      expect(await readFile(join(root, 'home/ada/w/.mlops-agents/.gitignore'), 'utf8')).toBe('*\n')
    }
    await record.close()
  })

  it('does not end the process when nobody waits for an append that fails', async () => {
    const memory = new MemoryDisk(0)
    const record = openRecord('/w', { clock, disk: memory.disk })
    void record.append({ type: 'first' })
    await expect(record.flush()).rejects.toThrow('ENOSPC')
    await expect(record.close()).rejects.toThrow('ENOSPC')
  })

  it('reads what version 1 wrote, and adds to it', async () => {
    const root = await scratch()
    await mkdir(join(root, '.mlops-agents/runs'), { recursive: true })
    await cp(join(import.meta.dirname, 'fixtures/version-1.jsonl'), join(root, '.mlops-agents/runs/1.jsonl'))
    const record = openRecord(root, { clock })
    await record.append({ type: 'run-start' })
    await record.close()
    const [old, fresh] = await readRuns(root, anyEvent)
    expect(old?.events[0]).toMatchObject({ schema: 1, type: 'run-start', maturity: 3 })
    expect(old?.events.at(-1)).toMatchObject({ schema: 1, type: 'run-end', status: 'done' })
    expect(old).not.toHaveProperty('damage')
    expect(fresh).toMatchObject({ number: 2, events: [{ schema: 4 }] })
  })
})
