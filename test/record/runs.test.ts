import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lastRun, readRuns } from '../../src/record/runs.js'

const events = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), name: z.string() }),
  z.object({ type: z.literal('end'), files: z.number() }),
])
const line = (event: object) => JSON.stringify({ schema: 1, at: '2026-01-02T03:04:05.000Z', ...event })
const start = line({ type: 'start', name: 'zürich' })
const end = line({ type: 'end', files: 3 })

const folders: string[] = []
async function recorded(text: string | Buffer): Promise<{ root: string; file: string }> {
  const root = await mkdtemp(join(tmpdir(), 'mlops-runs-'))
  folders.push(root)
  await mkdir(join(root, '.mlops-agents/runs'), { recursive: true })
  const file = join(root, '.mlops-agents/runs/1.jsonl')
  await writeFile(file, text)
  return { root, file }
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describe('readRuns', () => {
  it('reads back typed events', async () => {
    const { root, file } = await recorded(`${start}\n${end}\n`)
    expect(await readRuns(root, events)).toEqual([
      {
        number: 1,
        file,
        torn: false,
        events: [
          { type: 'start', name: 'zürich', schema: 1, at: '2026-01-02T03:04:05.000Z' },
          { type: 'end', files: 3, schema: 1, at: '2026-01-02T03:04:05.000Z' },
        ],
      },
    ])
  })

  it('reads runs by number, not by name, and passes over other files', async () => {
    const { root } = await recorded(`${start}\n`)
    for (const name of ['10.jsonl', '2.jsonl', 'notes.txt'])
      await writeFile(join(root, '.mlops-agents/runs', name), `${end}\n`)
    expect((await readRuns(root, events)).map(({ number }) => number)).toEqual([1, 2, 10])
  })

  it('drops a last line that was cut off at any byte, and only that', async () => {
    const whole = Buffer.from(`${end}\n${start}\n`)
    const first = Buffer.byteLength(`${end}\n`)
    for (let cut = first + 1; cut < whole.length; cut++) {
      const { root } = await recorded(whole.subarray(0, cut))
      expect(await readRuns(root, events)).toMatchObject([{ torn: true, events: [{ type: 'end' }] }])
    }
  })

  it.each([
    ['garbage in the middle', `${start}\n{"schema":1,"at\n${end}\n`, 2, /Unterminated|Expected|JSON/],
    ['an empty line', `\n${start}\n`, 1, /JSON/],
    ['a damaged last line with its newline', `${start}\nnot json\n`, 2, /JSON/],
    ['an event that is none of ours', `${line({ type: 'other' })}\n`, 1, /type/],
    ['a field of the wrong type', `${start}\n${line({ type: 'end', files: 'three' })}\n`, 2, /files/],
    ['a line without its envelope', '{"type":"start","name":"x"}\n', 1, /schema/],
  ])('names file, line and byte, and keeps what comes before: %s', async (_, text, number, reason) => {
    const { root, file } = await recorded(text)
    await writeFile(join(root, '.mlops-agents/runs/2.jsonl'), `${end}\n`)
    const [damaged, whole] = await readRuns(root, events)
    const before = text.split('\n').slice(0, number - 1)
    const byte = before.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0)
    expect(damaged?.damage).toContain(`${file}:${number} (byte ${byte}): `)
    expect(damaged?.damage).toMatch(reason)
    expect(damaged?.events).toHaveLength(number - 1)
    expect(whole).toMatchObject({ number: 2, events: [{ type: 'end' }] })
    expect(whole).not.toHaveProperty('damage')
  })

  it('refuses what a newer version wrote, with file and line', async () => {
    const { root, file } = await recorded(`${start}\n${end.replace('"schema":1', '"schema":5')}\n`)
    for (const reading of [() => readRuns(root, events), () => lastRun(root)]) {
      const error = await reading().catch((caught: unknown) => caught)
      expect(error).toMatchObject({ where: { file, line: 2 } })
      expect(String(error)).toMatch(/schema version 5.* reads up to 4; use the newer version/)
    }
  })

  it('names bytes that are no text', async () => {
    const { root, file } = await recorded(Buffer.concat([Buffer.from(start.slice(0, 60)), Buffer.from([0xff, 10])]))
    await appendFile(file, `${end}\n`)
    expect(await readRuns(root, events)).toMatchObject([{ damage: expect.stringContaining(`${file}:1 (byte 0): `) }])
    expect((await readFile(file)).length).toBeGreaterThan(60)
  })
})

describe('lastRun', () => {
  const ended = line({ type: 'run-end', status: 'failed', workspace: '/w', deliverables: [] })

  it('is what the newest run ended with', async () => {
    const { root } = await recorded(`${start}\n`)
    await writeFile(join(root, '.mlops-agents/runs/10.jsonl'), `${start}\n${ended}\n`)
    await writeFile(join(root, '.mlops-agents/runs/9.jsonl'), `${start}\n`)
    expect(await lastRun(root)).toEqual({ file: join(root, '.mlops-agents/runs/10.jsonl'), status: 'failed' })
  })

  it('tells a run that was cut off, before or after its first event, from none at all', async () => {
    expect(await lastRun((await recorded(`${start}\n`)).root)).toMatchObject({ status: 'cut off' })
    expect(await lastRun((await recorded(`${start}\n${ended}`)).root)).toMatchObject({ status: 'cut off' })
    expect(await lastRun((await recorded(ended)).root)).toMatchObject({ status: 'empty' })
    expect(await lastRun((await recorded('')).root)).toMatchObject({ status: 'empty' })
    expect(await lastRun(tmpdir())).toBeUndefined()
  })
})
