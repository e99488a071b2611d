// No answer that has arrived is lost or asked for twice; the disk is real, the model is a function.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { requestId } from '../../src/provider/recorded.js'
import type { Model, Turn, TurnRequest } from '../../src/provider/turn.js'
import { openRecord } from '../../src/record/record.js'
import { readRecording, writeRecording } from '../../src/record/recording.js'
import type { RunEvent } from '../../src/run/events.js'
import { readHistory, receivedAnswers } from '../../src/run/history.js'
import { openLedger, replayed } from '../../src/run/ledger.js'
import { temporaryFolder } from '../temporary.js'

const request = (task: string): TurnRequest => ({
  system: 'Rules.',
  tools: [],
  messages: [
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'a: 1', shared: true },
        { type: 'text', text: task },
      ],
    },
  ],
  maxTokens: 100,
})
const answer = (text: string): Turn => ({
  outcome: 'ok',
  stop: 'end',
  reply: [{ type: 'text', text }],
  usage: { input: 3, cacheRead: 0, cacheWrite: 0, output: 2 },
  model: 'acme:one',
})
const STORAGE = { agent: 'data-engineer', deliverable: 'storage' }
const watch = { signal: new AbortController().signal }

/** A run on a real record: a ledger, and how many calls were sent. */
async function opened(root: string, reply: (request: TurnRequest) => Turn | Promise<Turn>) {
  const record = openRecord(root, { clock: () => 0 })
  // A log that nobody closes is closed by Node, with a warning, in the middle of another test.
  onTestFinished(() => record.close())
  const sent: TurnRequest[] = []
  const ledger = openLedger({
    append: (event) => record.append(event),
    received: await receivedAnswers(root),
  })
  const model: Model = {
    name: 'acme:one',
    turn: async (asked) => {
      sent.push(asked)
      return reply(asked)
    },
  }
  return { record, ledger, model, sent, ask: (task: string) => ledger.of(model, STORAGE).turn(request(task), watch) }
}
const log = (root: string, run: number): RunEvent[] =>
  readFileSync(join(root, `.mlops-agents/runs/${run}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('the ledger', () => {
  it('has a call on disk before it is sent, and the answer before it is handed on', async () => {
    const root = temporaryFolder('ledger')
    let seen: RunEvent[] = []
    const { ask } = await opened(root, () => {
      seen = log(root, 1)
      return answer('hello')
    })
    expect(await ask('write')).toEqual(answer('hello'))
    expect(seen).toMatchObject([{ type: 'turn-start', deliverable: 'storage', turn: 1, model: 'acme:one' }])
    const [start, end] = log(root, 1)
    expect(end).toMatchObject({ type: 'turn-end', outcome: 'ok', usage: { output: 2 } })
    expect(end).toMatchObject({ request: start?.type === 'turn-start' ? start.request : '' })
    if (end?.type !== 'turn-end') throw new Error('no end')
    expect(end.answer).toEqual(answer('hello'))
  })

  it('has a call that was lost on disk before the next one is sent, so that a run that is killed then counts both', async () => {
    const root = temporaryFolder('ledger')
    const { ledger, record } = await opened(root, () => answer('never'))
    await record.append({
      type: 'run-start',
      intent: { run: 'one', spec: 'blob', level: 'none' },
    } as unknown as RunEvent)
    let seen: RunEvent[] = []
    const killed: Model = {
      name: 'acme:one',
      turn: async (_, { onLost }) => {
        await onLost?.('the stream was cut')
        seen = log(root, 1)
        throw new Error('killed while the second try was out')
      },
    }
    await expect(ledger.of(killed, STORAGE).turn(request('write'), watch)).rejects.toThrow('killed')
    expect(seen.slice(1)).toMatchObject([{ type: 'turn-start' }, { type: 'turn-lost', reason: 'the stream was cut' }])
    const { last } = await readHistory(root)
    expect(last?.calls.uncertain).toHaveLength(2)
    expect(last?.calls.uncertain.every(({ most }) => most?.output === 100)).toBe(true)
  })

  it('asks no second time after a run that was cut off, also where keys come in another order', async () => {
    const root = temporaryFolder('ledger')
    const first = await opened(root, () => answer('hello'))
    await first.ask('write')
    await first.record.close()
    const again = await opened(root, () => answer('other'))
    const pieces: string[] = []
    const { messages, system, tools, maxTokens } = request('write')
    const got = await again.ledger
      .of(again.model, STORAGE)
      .turn({ maxTokens, messages, tools, system }, { ...watch, onText: (text) => pieces.push(text) })
    expect([got, again.sent, pieces]).toEqual([answer('hello'), [], ['hello']])
    expect(await again.ask('write more')).toEqual(answer('other'))
    expect(again.sent).toHaveLength(1)
  })

  it('asks again where the answer in the record is none', async () => {
    const root = temporaryFolder('ledger')
    const first = await opened(root, () => answer('hello'))
    await first.ask('write')
    await first.record.close()
    const file = join(root, '.mlops-agents/runs/1.jsonl')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"stop":"end"', '"stop":"and"'))
    const again = await opened(root, () => answer('other'))
    expect([await again.ask('write'), again.sent.length]).toEqual([answer('other'), 1])
  })

  it('asks again after a run that ended well, and what came to nothing', async () => {
    const root = temporaryFolder('ledger')
    const failed: Turn = { outcome: 'failed', failure: 'server', reason: '529', sent: true }
    const first = await opened(root, () => failed)
    expect(await first.ask('write')).toEqual(failed)
    await first.record.close()
    const second = await opened(root, () => answer('hello'))
    expect(await second.ask('write')).toEqual(answer('hello'))
    await second.record.append({ type: 'run-end', status: 'done', workspace: root, deliverables: [] })
    await second.record.close()
    const third = await opened(root, () => answer('anew'))
    expect(await third.ask('write')).toEqual(answer('anew'))
  })

  it('shows a call whose answer never came as begun and not ended', async () => {
    const root = temporaryFolder('ledger')
    const { ask, record } = await opened(root, () => Promise.reject(new Error('aborted')))
    await expect(ask('write')).rejects.toThrow('aborted')
    await record.close()
    expect(log(root, 1).map(({ type }) => type)).toEqual(['turn-start'])
    expect((await receivedAnswers(root)).size).toBe(0)
  })
})

describe('a recording', () => {
  const recorded = async (): Promise<string> => {
    const root = temporaryFolder('recording')
    const { ask, ledger, record } = await opened(root, ({ messages }) => answer(JSON.stringify(messages).slice(-9)))
    await ask('write')
    await record.close()
    const file = join(root, 'answers.jsonl')
    await writeRecording(file, { models: { 'data-engineer': 'acme:one' }, answers: ledger.answers() })
    return file
  }

  it('answers as the model did, without it', async () => {
    const file = await recorded()
    const model = replayed(await readRecording(file), file)(STORAGE)
    expect(await model.turn(request('write'), watch)).toMatchObject({ outcome: 'ok', model: 'acme:one' })
  })

  it.each<[string, TurnRequest, string]>([
    ['an assignment', request('draw'), 'in turn 1 of storage, part 3 changed since'],
    ['what all agents read', { ...request('write'), system: 'Other rules.' }, 'part 1 (for all agents) changed'],
    [
      'a tool',
      { ...request('write'), tools: [{ name: 'check', description: '', schema: {} }] },
      'in turn 1 of storage, tools changed',
    ],
  ])('says that %s changed', async (_, asked, words) => {
    const file = await recorded()
    const model = replayed(await readRecording(file), file)(STORAGE)
    await expect(model.turn(asked, watch)).rejects.toThrow(words)
  })

  it('says which turn it does not have', async () => {
    const file = await recorded()
    const model = replayed(await readRecording(file), file)({ ...STORAGE, deliverable: 'cost' })
    await expect(model.turn(request('write more'), watch)).rejects.toThrow('has no answer for turn 1 of cost')
  })

  it('is told from another file, with the line', async () => {
    await expect(readRecording('package.json')).rejects.toThrow(/package\.json:1: expected a JSON object/)
    await expect(readRecording('nowhere.jsonl')).rejects.toThrow('name a file that --record wrote')
  })
})

it('a request has another id for every part of it, and for another model', () => {
  const one = request('write')
  const others: [string, TurnRequest][] = [
    ['acme:two', one],
    ['acme:one', { ...one, system: '' }],
    ['acme:one', { ...one, maxTokens: 101 }],
    ['acme:one', request('draw')],
  ]
  const ids = [requestId('acme:one', one), ...others.map(([model, asked]) => requestId(model, asked))]
  expect(new Set(ids).size).toBe(5)
})
