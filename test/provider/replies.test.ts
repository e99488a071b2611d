// What becomes of replies that arrive whole, in each vendor's format.
import { afterEach, describe, expect, it } from 'vitest'
import type { Turn } from '../../src/provider/turn.js'
import { ANTHROPIC, CHAT, FORMATS, type Format, listener, opened, REQUEST, RESPONSES, stream } from './formats.js'
import { type WireServer, wireServer } from './wire-server.js'

let server: WireServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function turnOf(format: Format, body: string): Promise<Turn> {
  server = await wireServer(() => stream(format.body(body)))
  return opened(format, server.url).turn(REQUEST, listener().watch)
}

const USAGE = { input: 120, cacheRead: 2000, cacheWrite: 300, output: 42 }

describe.each(FORMATS)('$title', (format) => {
  it('gives text, usage and the model that answered', async () => {
    expect(await turnOf(format, 'text')).toEqual({
      outcome: 'ok',
      stop: 'end',
      reply: [{ type: 'text', text: 'Grüße, die Zahl ist 42 🙂.' }],
      usage: USAGE,
      model: format.answers,
    })
  })

  it('tells the beginning once, and each piece of text as it comes', async () => {
    server = await wireServer(() => stream(format.body('text')))
    const heard = listener()
    await opened(format, server.url).turn(REQUEST, heard.watch)
    expect(heard.begun).toBe(1)
    expect(heard.texts).toEqual(['Grüße, ', 'die Zahl ist ', '42 🙂.'])
  })

  it('gives several calls of tools, with what the model wrote for each', async () => {
    expect(await turnOf(format, 'calls')).toEqual({
      outcome: 'ok',
      stop: 'tools',
      reply: [
        { type: 'text', text: 'I look first.' },
        { type: 'tool-call', call: format.calls[0], name: 'read_files', input: '{"paths": ["a/b.py", "c.yaml"]}' },
        { type: 'tool-call', call: format.calls[1], name: 'list_files', input: '{}' },
      ],
      usage: USAGE,
      model: format.answers,
    })
  })

  it('hands on a broken input as it was written', async () => {
    expect(await turnOf(format, 'broken-call')).toMatchObject({
      outcome: 'ok',
      stop: 'tools',
      reply: [{ type: 'tool-call', call: format.calls[0], name: 'read_files', input: '{"paths": ["a/b.py"' }],
    })
  })

  it('says that a reply was cut by its limit, and keeps the text so far', async () => {
    expect(await turnOf(format, 'cut-text')).toMatchObject({
      outcome: 'truncated',
      limit: 'reply',
      reply: [{ type: 'text', text: '<file path="a.py">\nprint(123' }],
    })
  })

  it('leaves out a call that was cut by the limit', async () => {
    expect(await turnOf(format, 'cut-call')).toMatchObject({
      outcome: 'truncated',
      reply: [{ type: 'text', text: 'First.' }],
    })
  })

  it('gives a refusal with its reason and what it cost', async () => {
    const turn = await turnOf(format, 'refusal')
    expect(turn).toMatchObject({ outcome: 'refused', model: format.answers, usage: { cacheRead: 2000 } })
    expect('reason' in turn && turn.reason).toMatch(/cyber: This request could enable harm|can't help with that/)
  })

  it('gives an empty reply as one', async () => {
    expect(await turnOf(format, 'empty')).toMatchObject({ outcome: 'ok', stop: 'end', reply: [] })
  })

  it('leaves usage out where the vendor says none', async () => {
    const turn = await turnOf(format, 'no-usage')
    expect(turn).toMatchObject({ outcome: 'ok', reply: [{ text: 'Grüße, die Zahl ist 42 🙂.' }] })
    expect(turn).not.toHaveProperty('usage')
  })

  it('takes zeros for no usage', async () => {
    const zeros = format.body('text').replaceAll(/("\w*tokens": )(2420|2000|300|120)/g, '$10')
    expect(zeros).not.toBe(format.body('text'))
    server = await wireServer(() => stream(zeros))
    const turn = await opened(format, server.url).turn(REQUEST, listener().watch)
    expect(turn.outcome).toBe('ok')
    expect(turn).not.toHaveProperty('usage')
  })

  it('sends a conversation with calls and results, and the same one in the same bytes', async () => {
    server = await wireServer(() => stream(format.body('text')))
    const model = opened(format, server.url)
    const request = {
      ...REQUEST,
      messages: [
        { role: 'user' as const, parts: [{ type: 'text' as const, text: 'Go.' }] },
        {
          role: 'assistant' as const,
          parts: [
            { type: 'text' as const, text: ' ' },
            { type: 'tool-call' as const, call: 'c1', name: 'read_files', input: '{"paths":[]}' },
            { type: 'tool-call' as const, call: 'c2', name: 'read_files', input: '{"paths":' },
          ],
        },
        {
          role: 'user' as const,
          parts: [
            { type: 'text' as const, text: 'Both are here.' },
            { type: 'tool-result' as const, call: 'c1', text: 'none', failed: false },
            { type: 'tool-result' as const, call: 'c2', text: 'not JSON', failed: true },
          ],
        },
      ],
    }
    await model.turn(request, listener().watch)
    await model.turn(structuredClone(request), listener().watch)
    expect(server.seen[0]?.body).toBe(server.seen[1]?.body)
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchSnapshot()
  })
})

describe('messages', () => {
  it.each([
    ['pause', { outcome: 'ok', stop: 'pause', reply: [{ type: 'text', text: 'Searching' }] }],
    ['context', { outcome: 'truncated', limit: 'context', reply: [{ type: 'text', text: 'Half a' }] }],
    ['stop-sequence', { outcome: 'ok', stop: 'end' }],
    ['cut-thinking', { outcome: 'truncated', limit: 'reply', reply: [] }],
  ] as const)('maps %s', async (body, expected) => {
    expect(await turnOf(ANTHROPIC, body)).toMatchObject(expected)
  })

  it('counts as cut without its last event', async () => {
    const [body = ''] = ANTHROPIC.body('text').split('event: message_stop')
    server = await wireServer(() => stream(body))
    const turn = await opened(ANTHROPIC, server.url).turn(REQUEST, listener().watch)
    expect(turn).toMatchObject({ outcome: 'invalid', reason: expect.stringMatching(/ended quietly/) })
  })

  it('hands back unread what only the vendor can read, and to no other model', async () => {
    server = await wireServer(() => stream(ANTHROPIC.body('thinking')))
    const model = opened(ANTHROPIC, server.url)
    const turn = await model.turn(REQUEST, listener().watch)
    if (!('reply' in turn)) throw new Error('expected a reply')
    expect(turn.reply.map(({ type }) => type)).toEqual(['vendor', 'vendor', 'vendor', 'text'])
    const again = { ...REQUEST, messages: [...REQUEST.messages, { role: 'assistant' as const, parts: turn.reply }] }
    await model.turn(again, listener().watch)
    await opened({ ...ANTHROPIC, model: 'anthropic:claude-other' }, server.url).turn(again, listener().watch)
    const sent = server.seen.map(({ body }) => JSON.parse(body).messages[1])
    expect(sent[1].content).toMatchObject([
      { type: 'thinking', thinking: 'Let me see.', signature: 'c2lnbmVk' },
      { type: 'redacted_thinking', data: 'b3BhcXVl' },
      { type: 'server_tool_use', input: { query: 'x' } },
      { type: 'text', text: 'Done.' },
    ])
    expect(sent[2].content).toEqual([{ type: 'text', text: 'Done.' }])
  })

  it('marks the ends of what is shared, at most four', async () => {
    server = await wireServer(() => stream(ANTHROPIC.body('text')))
    const shared = ['spec', 'contract', 'outputs'].map((text) => ({
      type: 'text' as const,
      text,
      shared: true as const,
    }))
    const messages = [{ role: 'user' as const, parts: [...shared, { type: 'text' as const, text: 'task' }] }]
    await opened(ANTHROPIC, server.url).turn({ ...REQUEST, messages }, listener().watch)
    const { system, tools, messages: sent } = JSON.parse(server.seen[0]?.body ?? '')
    const marked = [...tools, ...system, ...sent[0].content].filter((block) => block.cache_control !== undefined)
    expect(marked.map(({ text }) => text)).toEqual(['Be brief.', 'contract', 'outputs', 'task'])
  })
})

describe('responses', () => {
  it.each([
    ['filter', { outcome: 'refused', reply: [{ type: 'text', text: 'I' }] }],
    ['policy', { outcome: 'refused', reason: 'This request is not allowed', reply: [] }],
    ['all-at-end', { outcome: 'ok', stop: 'end', reply: [{ type: 'text', text: 'Grüße, die Zahl ist 42 🙂.' }] }],
  ] as const)('maps %s', async (body, expected) => {
    expect(await turnOf(RESPONSES, body)).toMatchObject(expected)
  })

  it('hands back thoughts and phases, and to no other model', async () => {
    server = await wireServer(() => stream(RESPONSES.body('thinking')))
    const model = opened(RESPONSES, server.url)
    const turn = await model.turn(REQUEST, listener().watch)
    if (!('reply' in turn)) throw new Error('expected a reply')
    const again = { ...REQUEST, messages: [...REQUEST.messages, { role: 'assistant' as const, parts: turn.reply }] }
    await model.turn(again, listener().watch)
    await opened({ ...RESPONSES, model: 'openai:other' }, server.url).turn(again, listener().watch)
    const call = { type: 'function_call', call_id: 'call_1', name: 'list_files', arguments: '{}' }
    const sent = server.seen.map(({ body }) => JSON.parse(body).input.slice(1))
    expect(sent[1]).toEqual([
      { type: 'reasoning', id: 'rs_0', summary: [], encrypted_content: 'b3BhcXVl' },
      { role: 'assistant', content: 'I look.', phase: 'commentary' },
      call,
      { role: 'assistant', content: 'Done.', phase: 'final_answer' },
    ])
    expect(sent[2]).toEqual([{ role: 'assistant', content: 'I look.' }, call, { role: 'assistant', content: 'Done.' }])
  })
})

describe('chat completions', () => {
  it.each([
    ['filter', { outcome: 'refused' }],
    // The reason came, so all of the content did.
    ['no-done', { outcome: 'ok', stop: 'end', usage: USAGE }],
  ] as const)('maps %s', async (body, expected) => {
    expect(await turnOf(CHAT, body)).toMatchObject(expected)
  })

  it.each([
    ['loose-calls', ['call_1_0', 'call_1_1']],
    ['calls-without-index', ['a', 'b']],
  ])('puts %s together', async (body, calls) => {
    expect(await turnOf(CHAT, body)).toMatchObject({
      outcome: 'ok',
      stop: 'tools',
      reply: [
        { call: calls[0], name: 'read_files', input: '{"paths":[]}' },
        { call: calls[1], name: 'list_files', input: '{}' },
      ],
    })
  })

  it('sends no key where there is none', async () => {
    server = await wireServer(() => stream(CHAT.body('text')))
    const keyless = { ...CHAT, env: (url: string) => ({ OPENAI_BASE_URL: `${url}/v1` }) }
    await opened(keyless, server.url).turn(REQUEST, listener().watch)
    expect(server.seen[0]?.headers.authorization).toBeUndefined()
  })
})
