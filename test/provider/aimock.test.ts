// Both vendors' packages against a server that nobody here wrote.
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TurnRequest } from '../../src/provider/turn.js'
import { FORMATS, listener, opened, REQUEST } from './formats.js'

const mock = new LLMock({ port: 0 })
beforeAll(async () => {
  // The first that matches answers, and the question still stands before the results.
  mock.onToolResult('toolu_two', { content: 'Both are read.' })
  mock.onMessage('which number', { content: 'It is 42.', usage: { input_tokens: 11, output_tokens: 5 } })
  mock.onMessage('read a file', {
    content: 'I look.',
    toolCalls: [
      { id: 'toolu_one', name: 'read_files', arguments: '{"paths":["a.py"]}' },
      { id: 'toolu_two', name: 'read_files', arguments: '{"paths":["b.py"]}' },
    ],
  })
  await mock.start()
})
afterAll(() => mock.stop())

const ask = (text: string): TurnRequest => ({
  ...REQUEST,
  messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
})

describe.each(FORMATS)('$title', (format) => {
  it('streams text', async () => {
    const heard = listener()
    const turn = await opened(format, mock.url).turn(ask('which number'), heard.watch)
    expect(turn).toMatchObject({ outcome: 'ok', stop: 'end', reply: [{ type: 'text', text: 'It is 42.' }] })
    expect(heard.texts.join('')).toBe('It is 42.')
  })

  it('calls tools and takes their results', async () => {
    const model = opened(format, mock.url)
    const request = ask('read a file')
    const turn = await model.turn(request, listener().watch)
    expect(turn).toMatchObject({ outcome: 'ok', stop: 'tools' })
    if (!('reply' in turn)) throw new Error('expected a reply')
    const calls = turn.reply.flatMap((part) => (part.type === 'tool-call' ? [part] : []))
    expect(calls.map(({ input }) => JSON.parse(input))).toEqual([{ paths: ['a.py'] }, { paths: ['b.py'] }])
    const results = calls.map(({ call }) => ({ type: 'tool-result' as const, call, text: 'x = 1', failed: false }))
    const next = await model.turn(
      {
        ...request,
        messages: [...request.messages, { role: 'assistant', parts: turn.reply }, { role: 'user', parts: results }],
      },
      listener().watch,
    )
    expect(next).toMatchObject({ outcome: 'ok', stop: 'end', reply: [{ type: 'text', text: 'Both are read.' }] })
  })

  it('says that a request matches nothing', async () => {
    const turn = await opened(format, mock.url).turn(ask('something else'), listener().watch)
    expect(turn).toMatchObject({ outcome: 'failed' })
  })
})
