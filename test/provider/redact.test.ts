// No key in any reason, whatever a vendor puts into its errors.
import { afterAll, describe, expect, it, vi } from 'vitest'
import { redactor } from '../../src/provider/redact.js'
import { PATIENCE } from '../../src/provider/retry.js'
import { FORMATS, KEY, listener, opened, REQUEST } from './formats.js'
import { type Answer, wireServer } from './wire-server.js'

const SECRET = 'Zq/9+xV~w0rd:th4t=is%no pattern'
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a redactor', () => {
  const redact = redactor({ MY_KEY: SECRET, PATH: '/usr/bin', OPENAI_CUSTOM_HEADERS: 'x-team: s3cr3t-team-value' })
  it.each([
    ['as it is', SECRET],
    ['url-encoded', encodeURIComponent(SECRET)],
    ['in JSON', JSON.stringify(SECRET)],
    ['in base64', base64(SECRET)],
    ['in base64 after a name', base64(`user:${SECRET}`)],
    ['in base64 after a byte', base64(`:${SECRET}`)],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['as a header', 's3cr3t-team-value'],
  ])('takes out a key %s', (_, form) => {
    const clean = redact(`before ${form} after`)
    expect(clean).toMatch(/^before .*after$/)
    for (const part of [SECRET, 's3cr3t', form.slice(4, -4)]) expect(clean).not.toContain(part)
  })
  it.each([
    'sk-ant-api03-abcdefgh',
    'sk-proj-1234********wxyz',
    'Authorization: Bearer abcdefgh123',
    '"x-api-key": "abcdefgh"',
    'https://user:hunter22@host/v1',
    'AIzaSyA1234567890abcdefgh',
    'eyJhbGciOiJIUzI1NiJ9eyJzdWIiOiIxMjM0NTY3ODkwIn0dozjgNryP4J3jVmNHl0w5N',
  ])('takes out what looks like one: %s', (text) => {
    const clean = redact(`got ${text}, sorry`)
    expect(clean).toContain('[removed]')
    for (const part of ['abcdefgh', '1234***', 'hunter22', 'SyA12345', 'eyJhbGci']) expect(clean).not.toContain(part)
  })
  it.each([
    '404 model: claude-opus-5-5; request req_011CQ6xYgT2hKcVbN8mZpRsa',
    'prompt is too long: 1000001 tokens > 1000000 maximum',
    'read https://platform.claude.com/docs/en/api/errors about /usr/bin',
  ])('leaves the rest alone: %s', (text) => {
    expect(redact(text)).toBe(text)
  })
})

/** The same numbers in each run. */
function* drawn(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state / 2 ** 32
  }
}

const FORMS: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => `Bearer ${key}`,
  encodeURIComponent,
  base64,
  (key) => base64(`user:${key}`),
  (key) => Buffer.from(key).toString('hex'),
  (key) => JSON.stringify({ 'x-api-key': key }),
  (key) => `https://${key}:x@host/`,
  (key) => `${'long '.repeat(57)}${key}`,
]

describe.each(FORMATS)('errors of $title', (format) => {
  const chance = drawn(20261121)
  const next = (below: number): number => Math.floor((chance.next().value as number) * below)
  let leak = (): Answer => ({})
  const server = wireServer(() => leak())
  afterAll(async () => (await server).close())

  it('and the console says nothing, even where the packages are asked to log all', async () => {
    const said: unknown[][] = []
    for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, name).mockImplementation((...words) => void said.push(words))
    }
    vi.stubEnv('ANTHROPIC_LOG', 'debug')
    vi.stubEnv('OPENAI_LOG', 'debug')
    try {
      const { url } = await server
      const model = opened(format, url, { patience })
      for (const pieces of [[`data: {"${KEY}\n\n`], [format.body('error-event')], [format.body('text')]]) {
        leak = () => ({ pieces })
        await model.turn(REQUEST, listener().watch)
      }
    } finally {
      vi.restoreAllMocks()
      vi.unstubAllEnvs()
    }
    expect(said).toEqual([])
  })

  const patience = { ...PATIENCE, tries: 2 }
  it('never carry the key, in 150 of them', async () => {
    const { url } = await server
    for (let n = 0; n < 150; n++) {
      const said = `${'x '.repeat(next(200))}${FORMS[next(FORMS.length)]?.(KEY)}${' y'.repeat(next(100))}`
      const inBody = { type: said, code: said, message: said, detail: said, param: said }
      const bodies = [JSON.stringify({ error: inBody }), JSON.stringify({ error: said }), said, JSON.stringify(inBody)]
      const body = bodies[next(bodies.length)] ?? ''
      const status = [200, 400, 401, 403, 404, 418, 429, 500, 529][next(9)] ?? 200
      const headers = { 'request-id': said.slice(-500), 'x-request-id': said.slice(-500), 'retry-after': '1' }
      const kinds: readonly Answer[] = [
        { status, headers, pieces: [body] },
        { headers: { 'content-type': 'application/json' }, pieces: [body] },
        { headers, pieces: [`event: error\ndata: ${body}\n\n`] },
        {
          headers,
          pieces: [`event: message_start\ndata: {"type":"message_start","message":{"model":"m"}}\n\ndata: ${body}\n\n`],
        },
        {
          headers,
          pieces: [
            format
              .body('refusal')
              .replace(/This request could enable harm\.|I can't help /, said.replaceAll('"', '\\"')),
          ],
        },
        { headers, pieces: [format.body('unknown-end').replaceAll('tired', said.replaceAll('"', '\\"'))] },
      ]
      const answer = kinds[next(kinds.length)] ?? {}
      leak = () => answer
      const heard = listener()
      const turn = await opened(format, url, { patience }).turn(REQUEST, heard.watch)
      const told = JSON.stringify([turn, heard.lost, heard.again])
      for (const form of [
        KEY,
        KEY.slice(10),
        base64(KEY).slice(0, 20),
        Buffer.from(KEY).toString('hex').slice(0, 20),
      ]) {
        if (told.includes(form)) throw new Error(`the key is in what was told of ${JSON.stringify(answer)}: ${told}`)
      }
    }
  })
})
