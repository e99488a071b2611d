// Every way in which a vendor can misbehave on the wire, played by a real server in each vendor's format.
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { OpenOptions } from '../../src/provider/open.js'
import type { Failure, Turn } from '../../src/provider/turn.js'
import { FORMATS, type Format, KEY, listener, opened, REQUEST, still, stream } from './formats.js'
import { type Answer, type WireServer, wireServer } from './wire-server.js'

const TEXT = 'Grüße, die Zahl ist 42 🙂.'
const good = (format: Format): Answer => stream(format.body('text'))
const error = (format: Format, status: number, name: string | number = status, headers = {}): Answer => ({
  status,
  headers: { 'request-id': `req_${status}`, 'x-request-id': `req_${status}`, ...headers },
  pieces: [format.error(name)],
})

interface Case {
  readonly title: string
  /** Answers in their order; the last one is given again and again. */
  readonly answers: (format: Format) => readonly Answer[]
  readonly expected: 'good' | { readonly outcome: Turn['outcome']; readonly failure?: Failure; readonly sent?: boolean }
  readonly reason?: RegExp
  /** Requests that the server saw. */
  readonly calls: number
  readonly waits?: readonly number[]
  readonly lost?: number
  readonly options?: Partial<OpenOptions>
}

const failed = (failure: Failure, sent = false): Case['expected'] => ({ outcome: 'failed', failure, sent })
const half = (format: Format): Buffer => {
  const bytes = Buffer.from(format.body('text'))
  // In the middle of a piece of text.
  return bytes.subarray(0, bytes.indexOf('ist 42') === -1 ? Math.floor(bytes.length * 0.6) : bytes.indexOf('ist 42'))
}
/** The backoff of a chance of one half. */
const BACKOFF = [500, 1000, 2000, 4000]
const QUICK = { quiet: 150, patience: { tries: 2, total: 300_000, longest: 60_000, first: 1000 } }

/** Long enough for a busy machine, and shorter than the whole of the slow stream. */
const CALM = { ...QUICK, quiet: 500 }

const CASES: readonly Case[] = [
  ...([401, 402, 403] as const).map(
    (status): Case => ({
      title: `${status}`,
      answers: (f) => [error(f, status)],
      expected: failed('key'),
      reason: new RegExp(`^${status} .*request req_${status}$`),
      calls: 1,
    }),
  ),
  {
    title: '429 of an account without money',
    answers: (f) => [error(f, 429, 'no money')],
    expected: failed('key'),
    calls: 1,
  },
  {
    title: '404, no such model',
    answers: (f) => [error(f, 404)],
    expected: failed('model'),
    reason: /^404 .*test-1/,
    calls: 1,
  },
  { title: '400', answers: (f) => [error(f, 400)], expected: failed('request'), reason: /^400 .*message/, calls: 1 },
  {
    title: '400 of a gateway that does not know the model',
    answers: () => [
      { status: 400, pieces: ['{"error":{"message":"Invalid model name passed in model=x.","code":"400"}}'] },
    ],
    expected: failed('model'),
    reason: /^400 Invalid model name/,
    calls: 1,
  },
  { title: '413', answers: (f) => [error(f, 413)], expected: failed('request'), calls: 1 },
  {
    title: '422 with a list',
    answers: () => [{ status: 422, pieces: ['{"detail":[{"msg":"no"}]}'] }],
    expected: failed('request'),
    calls: 1,
  },
  {
    title: 'a redirect elsewhere',
    answers: () => [{ status: 307, headers: { location: 'http://127.0.0.1:1/' } }],
    expected: failed('request'),
    reason: /^307/,
    calls: 1,
  },
  {
    title: 'context overflow',
    answers: (f) => [error(f, 400, 'too long')],
    expected: failed('context'),
    reason: /tokens/,
    calls: 1,
  },
  { title: '408 once', answers: (f) => [error(f, 408), good(f)], expected: 'good', calls: 2, waits: [500] },
  {
    title: '408 for ever',
    answers: (f) => [error(f, 408)],
    expected: failed('server', true),
    reason: /after 5 tries/,
    calls: 5,
    waits: BACKOFF,
  },
  {
    title: '500 twice',
    answers: (f) => [error(f, 500), error(f, 500), good(f)],
    expected: 'good',
    calls: 3,
    waits: [500, 1000],
  },
  { title: '500 for ever', answers: (f) => [error(f, 500)], expected: failed('server'), calls: 5, waits: BACKOFF },
  { title: '500 without a body', answers: () => [{ status: 500 }], expected: failed('server'), calls: 5 },
  {
    title: '502 with a page',
    answers: () => [{ status: 502, headers: { 'content-type': 'text/html' }, pieces: ['<h1>Bad gateway</h1>'] }],
    expected: failed('server', true),
    calls: 5,
  },
  { title: '529', answers: (f) => [error(f, 529), good(f)], expected: 'good', calls: 2 },
  {
    title: '429 without retry-after',
    answers: (f) => [error(f, 429), good(f)],
    expected: 'good',
    calls: 2,
    waits: [500],
  },
  { title: '429 for ever', answers: (f) => [error(f, 429)], expected: failed('rate'), calls: 5, waits: BACKOFF },
  {
    title: '429 with retry-after in seconds',
    answers: (f) => [error(f, 429, 429, { 'retry-after': '7' }), good(f)],
    expected: 'good',
    calls: 2,
    waits: [7500],
  },
  {
    title: '429 with retry-after in ms',
    answers: (f) => [error(f, 429, 429, { 'retry-after-ms': '250' }), good(f)],
    expected: 'good',
    calls: 2,
    waits: [750],
  },
  {
    title: '429 with retry-after as a date',
    answers: (f) => [error(f, 429, 429, { 'retry-after': 'Sat, 21 Nov 2026 12:00:20 GMT' }), good(f)],
    expected: 'good',
    calls: 2,
    waits: [20_500],
  },
  {
    title: '429 with a retry-after that is no time',
    answers: (f) => [error(f, 429, 429, { 'retry-after': 'soon' }), good(f)],
    expected: 'good',
    calls: 2,
    waits: [500],
  },
  {
    title: '429 with a retry-after of an hour',
    answers: (f) => [error(f, 429, 429, { 'retry-after': '3600' })],
    expected: failed('rate'),
    calls: 5,
    waits: [60_000, 60_000, 60_000, 60_000],
  },
  {
    title: 'a reset before any answer',
    answers: (f) => [{ end: 'reset' }, good(f)],
    expected: 'good',
    calls: 2,
    waits: [500],
    lost: 1,
  },
  {
    title: 'resets for ever',
    answers: () => [{ end: 'reset' }],
    expected: failed('network', true),
    reason: /no connection/,
    calls: 5,
    lost: 5,
  },
  {
    title: 'a stream cut inside a block',
    answers: (f) => [{ pieces: [half(f)], end: 'cut' }, good(f)],
    expected: 'good',
    calls: 2,
    lost: 1,
  },
  {
    title: 'streams cut for ever',
    answers: (f) => [{ pieces: [half(f)], end: 'cut' }],
    expected: failed('network', true),
    reason: /the reply was cut/,
    calls: 5,
    lost: 5,
  },
  {
    title: 'a stream that ends quietly',
    answers: (f) => [{ pieces: [half(f)] }, good(f)],
    expected: 'good',
    calls: 2,
    lost: 1,
  },
  {
    title: 'streams that end quietly for ever',
    answers: (f) => [{ pieces: [half(f)] }],
    expected: { outcome: 'invalid' },
    calls: 2,
    lost: 2,
  },
  {
    title: 'a success with nothing in it',
    answers: () => [{}],
    expected: { outcome: 'invalid' },
    reason: /ended quietly/,
    calls: 2,
  },
  {
    title: 'a page where a stream was expected',
    answers: () => [{ headers: { 'content-type': 'text/html' }, pieces: ['<h1>Welcome</h1>'] }],
    expected: { outcome: 'invalid' },
    reason: /text\/html.*Welcome/,
    calls: 2,
  },
  {
    title: 'an event that is not JSON',
    answers: () => [{ pieces: ['event: message_start\ndata: {"type":\n\n'] }],
    expected: { outcome: 'invalid' },
    reason: /not valid JSON/,
    calls: 2,
  },
  {
    title: 'events of some other form',
    answers: () => [
      stream('event: message_start\ndata: {"type":"content_block_start","choices":[{"delta":{"tool_calls":7}}]}\n\n'),
    ],
    expected: { outcome: 'invalid' },
    calls: 2,
  },
  {
    title: 'an end for an unknown reason',
    answers: (f) => [stream(f.body('unknown-end'))],
    expected: { outcome: 'invalid' },
    reason: /tired/,
    calls: 2,
  },
  {
    title: 'an error event in mid-stream',
    answers: (f) => [stream(f.body('error-event')), good(f)],
    expected: 'good',
    calls: 2,
    lost: 1,
  },
  {
    title: 'error events for ever',
    answers: (f) => [stream(f.body('error-event'))],
    expected: failed('server', true),
    reason: /error in mid-reply: .*verloaded/,
    calls: 5,
    lost: 5,
  },
  {
    title: 'an error event of the rate',
    answers: (f) => [stream(f.body('rate-event'))],
    expected: failed('rate', true),
    calls: 5,
  },
  {
    title: 'a slow stream that moves',
    answers: (f) => [{ pieces: slices(f.body('text'), 14), pause: 50 }],
    expected: 'good',
    calls: 1,
    options: CALM,
  },
  {
    title: 'a stream that stops moving',
    answers: (f) => [{ pieces: [half(f)], end: 'hang' }],
    expected: failed('time', true),
    reason: /no byte came for 0.15 s/,
    calls: 2,
    lost: 2,
    options: QUICK,
  },
  {
    title: 'headers and then nothing',
    answers: () => [{ end: 'hang' }],
    expected: failed('time', true),
    calls: 2,
    lost: 2,
    options: QUICK,
  },
  {
    title: 'bytes one by one, so also inside characters',
    answers: (f) => [{ pieces: slices(f.body('text'), 100_000) }],
    expected: 'good',
    calls: 1,
  },
  {
    title: 'an error body that never ends',
    answers: (f) => [{ status: 500, pieces: [f.error(500)], end: 'hang' }, good(f)],
    expected: 'good',
    calls: 2,
    options: CALM,
  },
]

function slices(text: string, count: number): Buffer[] {
  const bytes = Buffer.from(text)
  const size = Math.max(1, Math.ceil(bytes.length / count))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

let server: WireServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe.each(FORMATS)('$title', (format) => {
  it.each(CASES)('$title', async ({ answers, expected, reason, calls, waits, lost, options }) => {
    const given = answers(format)
    server = await wireServer((_, n) => given[Math.min(n, given.length - 1)] ?? {})
    const around = still()
    const heard = listener()
    const turn = await opened(format, server.url, { around, ...options }).turn(REQUEST, heard.watch)
    if (expected === 'good') {
      expect(turn).toMatchObject({ outcome: 'ok', stop: 'end', reply: [{ type: 'text', text: TEXT }] })
    } else expect(turn).toMatchObject(expected)
    if (reason !== undefined) expect('reason' in turn && turn.reason).toMatch(reason)
    expect(server.seen.length).toBe(calls)
    expect(heard.again.length).toBe(calls - 1)
    if (waits !== undefined) expect(around.waits).toEqual(waits)
    if (lost !== undefined) expect(heard.lost.length).toBe(lost)
    expect(JSON.stringify(turn)).not.toContain(KEY)
    // Asked again means the same bytes again.
    expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1)
  })

  it('asks again at once where an idle connection was reset, and only then', async () => {
    server = await wireServer((_, n) => (n === 1 ? { end: 'reset' } : good(format)))
    const around = still()
    const model = opened(format, server.url, { around })
    await model.turn(REQUEST, listener().watch)
    // The connection goes back to the idle ones a moment after the reply's last byte.
    await delay(30)
    const turn = await model.turn(REQUEST, listener().watch)
    expect(turn.outcome).toBe('ok')
    expect(server.seen.map(({ before }) => before)).toEqual([0, 1, 0])
    expect(around.waits).toEqual([0])
  })

  it('says that a name cannot be resolved, and that nothing was sent', async () => {
    const heard = listener()
    const turn = await opened(format, 'http://nowhere.invalid').turn(REQUEST, heard.watch)
    expect(turn).toMatchObject({ outcome: 'failed', failure: 'network', sent: false })
    expect('reason' in turn && turn.reason).toMatch(/host name cannot be resolved/)
    expect(heard.lost).toEqual([])
  })

  it('says that nobody listens', async () => {
    server = await wireServer(() => ({}))
    const { url } = server
    await server.close()
    server = undefined
    const turn = await opened(format, url).turn(REQUEST, listener().watch)
    expect(turn).toMatchObject({ outcome: 'failed', failure: 'network', sent: false })
    expect('reason' in turn && turn.reason).toMatch(/ECONNREFUSED/)
  })

  it.each([
    ['before the call', 0],
    ['while it waits for headers', 1],
    ['while the reply streams', 2],
    ['while it waits to try again', 3],
  ])('stops when it is told to: %s', async (_, when) => {
    const stop = new AbortController()
    const reason = new Error('told to')
    server = await wireServer(async () => {
      if (when === 1) {
        stop.abort(reason)
        return { end: 'hang', pieces: [] }
      }
      return when === 3 ? error(format, 500) : { pieces: [half(format)], end: 'hang' }
    })
    if (when === 0) stop.abort(reason)
    const { watch } = listener(stop.signal)
    const around = when === 3 ? { ...still(), sleep: async () => stop.abort(reason) } : still()
    const turn = opened(format, server.url, { around }).turn(REQUEST, {
      ...watch,
      onText: () => when === 2 && stop.abort(reason),
    })
    await expect(turn).rejects.toBe(reason)
    expect(server.seen.length).toBe(when === 0 ? 0 : 1)
  })
})
