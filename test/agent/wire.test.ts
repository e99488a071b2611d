// A whole conversation through both vendors' packages, against a server that nobody here wrote; what it answers is a script.
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { converse } from '../../src/agent/conversation.js'
import { ANTHROPIC, CHAT, opened } from '../provider/formats.js'
import { calls, fileBlock, submits } from './scripted.js'
import { assignment, handsFor, MARK } from './world.js'

const mock = new LLMock({ port: 0 })
const call = (id: string, { name, input }: { name: string; input: string }) => ({ id, name, arguments: input })
const [check, submit] = [calls('check'), submits({ covers: ['REQ-002'] })]
if (check.type !== 'tool-call' || submit.type !== 'tool-call') throw new Error('these are calls')

beforeAll(async () => {
  mock.onToolResult('call_three', { content: 'never asked' })
  mock.onToolResult('call_two', {
    content: `Mended.\n${fileBlock(MARK, 'src/new.py', 'x = "é€😀"\n')}`,
    toolCalls: [call('call_three', submit)],
  })
  mock.onToolResult('call_one', { content: 'So be it.', toolCalls: [call('call_two', submit)] })
  mock.onMessage('the assignment', {
    content: `Here it is.\n${fileBlock(MARK, 'src/new.py', 'x = 1\nBAD\n')}`,
    toolCalls: [call('call_one', check)],
  })
  await mock.start()
})
afterAll(() => mock.stop())

describe.each([ANTHROPIC, CHAT])('over $title', (format) => {
  it('a file is written, checked, submitted, sent back, mended and accepted', async () => {
    const { hands, events } = handsFor(() => {
      throw new Error('the wire answers')
    })
    const result = await converse(assignment(), { ...hands, model: opened(format, mock.url) })
    expect(result).toMatchObject({
      outcome: 'tailored',
      turns: 3,
      files: [{ path: 'src/new.py', content: 'x = "é€😀"\n' }],
      submission: { covers: ['REQ-002'] },
      dropped: [],
    })
    expect(events.filter(({ type }) => type === 'file-end')).toHaveLength(2)
    expect(events).toContainEqual({ type: 'round', round: 1, failures: 1 })
  })
})
