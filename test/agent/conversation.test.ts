// What comes of a conversation when all goes well, and when work has to go back or is dropped.
import { describe, expect, it } from 'vitest'
import { converse } from '../../src/agent/conversation.js'
import { calls, editBlock, fileBlock, inOrder, lastSaid, says, submits } from './scripted.js'
import { assignment, BASELINE, handsFor, MARK } from './world.js'

const file = (path: string, text: string) => fileBlock(MARK, path, text)
const edit = (path: string, ...changes: [string, string][]) => editBlock(MARK, path, ...changes)

describe('a conversation', () => {
  it('ends with the files that differ, once they are submitted', async () => {
    const { hands, model, events } = handsFor(
      inOrder(
        says(
          'Let me look.',
          calls('list_files', { folder: null }),
          calls('read_files', { paths: ['other/d.py'], from_line: null }),
        ),
        says(`${file('src/new.py', 'x = 1\n')}${edit('conf/b.yaml', ['limit: 1\n', 'limit: 2\n'])}`, calls('check')),
        says(file('src/a.py', BASELINE['src/a.py'] ?? ''), submits({ covers: ['REQ-001'], remove: [] })),
      ),
    )
    const result = await converse(assignment(), hands)
    expect(result).toMatchObject({
      outcome: 'tailored',
      turns: 3,
      files: [
        { path: 'conf/b.yaml', content: 'limit: 2\n' },
        { path: 'src/new.py', content: 'x = 1\n' },
      ],
      removed: [],
      dropped: [],
      submission: { covers: ['REQ-001'] },
    })
    expect(result).not.toHaveProperty('unfinished')
    expect(lastSaid(model.requests[1] ?? never())).toContain('of = "somebody else"')
    expect(lastSaid(model.requests[2] ?? never())).toContain('Nothing is broken by what you have written (2 files')
    expect(events.filter(({ type }) => type === 'file-start')).toHaveLength(3)
  })

  it('asks the same requests, byte for byte, when the replies are the same', async () => {
    const once = async () => {
      const { hands, model } = handsFor(
        inOrder(
          says(file('src/a.py', 'BAD\n'), calls('check'), submits()),
          says('well'),
          says(file('src/a.py', 'gives name\n'), submits()),
        ),
      )
      await converse(assignment(), hands)
      return JSON.stringify(model.requests)
    }
    expect(await once()).toBe(await once())
  })

  it('keeps system, tools and everything said so far as they were', async () => {
    const { hands, model } = handsFor(
      inOrder(says('hm'), says(file('src/a.py', 'BAD\ngives name\n'), submits()), says(submits())),
    )
    await converse(assignment(), hands)
    const [first, ...others] = model.requests
    for (const [i, { system, tools, messages }] of others.entries()) {
      expect({ system, tools }).toEqual({ system: first?.system, tools: first?.tools })
      expect(messages.slice(0, -2)).toEqual(model.requests[i]?.messages)
    }
    expect(first?.messages[0]?.parts[0]).toEqual({ type: 'text', text: 'shared text', shared: true })
  })

  it('gives back what fails with tool, file, line and reason, and takes what was mended', async () => {
    const { hands, model, events } = handsFor(
      inOrder(
        says(file('src/a.py', 'gives name\nBAD\n'), file('conf/b.yaml', 'WEAK\n'), submits()),
        says(edit('src/a.py', ['BAD\n', '']), file('conf/b.yaml', 'limit: 3\n'), submits()),
      ),
    )
    expect(await converse(assignment(), hands)).toMatchObject({ outcome: 'tailored', turns: 2, dropped: [] })
    const said = lastSaid(model.requests[1] ?? never())
    expect(said).toContain('- src/a.py:2 [kind/tool, a tool] a line is bad')
    expect(said).toContain('- conf/b.yaml [guard/limit, a tool] a limit was loosened')
    expect(said).toContain('1 of 3 times')
    expect(events).toContainEqual({ type: 'round', round: 1, failures: 2 })
  })

  it('drops for the baseline what still fails after three rounds, file by file', async () => {
    const bad = says(file('src/a.py', 'gives name\nBAD\n'), file('src/new.py', 'fine\n'), submits())
    const { hands, model, events } = handsFor(() => bad)
    expect(await converse(assignment(), hands)).toMatchObject({
      outcome: 'tailored',
      turns: 4,
      files: [{ path: 'src/new.py' }],
      dropped: [{ path: 'src/a.py', reason: 'kind/tool: a line is bad' }],
      unfinished: expect.any(String),
    })
    expect(model.requests).toHaveLength(4)
    expect(events).toContainEqual({ type: 'dropped', path: 'src/a.py', reason: 'kind/tool: a line is bad' })
  })

  it('is content with the baseline where all is dropped, or nothing is to change', async () => {
    const all = handsFor(() => says(file('src/a.py', 'BAD\n'), submits()))
    expect(await converse(assignment(), all.hands)).toMatchObject({ outcome: 'baseline', why: 'all dropped' })
    const nothing = handsFor(inOrder(says(submits({ summary: 'The baseline serves.' }))))
    expect(await converse(assignment(), nothing.hands)).toMatchObject({
      outcome: 'baseline',
      why: 'nothing to change',
      submission: { summary: 'The baseline serves.' },
      turns: 1,
    })
  })

  it('deletes files of the deliverable only, and none that the guard keeps', async () => {
    const { hands, model } = handsFor(
      inOrder(
        says(submits({ remove: ['other/d.py'] })),
        says(submits({ remove: ['conf/b.yaml', 'src/c.py'] })),
        says(submits({ remove: ['src/c.py'] })),
      ),
    )
    expect(await converse(assignment(), hands)).toMatchObject({ outcome: 'tailored', files: [], removed: ['src/c.py'] })
    expect(lastSaid(model.requests[1] ?? never())).toContain('"other/d.py" is no file of this deliverable')
    expect(lastSaid(model.requests[2] ?? never())).toContain('guard/removed')
  })

  it('takes back a file that it wrote itself', async () => {
    const { hands } = handsFor(
      inOrder(says(file('src/new.py', 'BAD\n'), file('src/n.py', 'n\n'), submits({ remove: ['src/new.py'] }))),
    )
    expect(await converse(assignment(), hands)).toMatchObject({
      outcome: 'tailored',
      files: [{ path: 'src/n.py' }],
      removed: [],
    })
  })

  it('stops at once when it is aborted', async () => {
    const controller = new AbortController()
    const { hands, model } = handsFor(
      (_, turn) => {
        if (turn === 2) controller.abort(new Error('interrupted'))
        return says(calls('check'))
      },
      { signal: controller.signal },
    )
    await expect(converse(assignment(), hands)).rejects.toThrow('interrupted')
    expect(model.requests).toHaveLength(2)
  })
})

describe('without a baseline', () => {
  const alone = assignment({ baseline: [], readable: new Map() })
  it('what is accepted stands alone', async () => {
    const { hands } = handsFor(inOrder(says(file('a.txt', 'x\n'), submits())), { check: async () => [] })
    expect(await converse(alone, hands)).toMatchObject({ outcome: 'tailored', files: [{ path: 'a.txt' }] })
  })
  it('what fails is kept out, and the deliverable fails', async () => {
    const { hands } = handsFor(() => says(file('a.txt', 'BAD WEAK\n'), file('b.txt', 'fine\n'), submits()), {
      check: async () => [],
    })
    expect(await converse(alone, hands)).toMatchObject({
      outcome: 'failed',
      why: 'not all accepted',
      files: [{ path: 'b.txt' }],
      dropped: [{ path: 'a.txt' }],
    })
  })
  it('nothing written is a failure, not a baseline', async () => {
    const { hands, model } = handsFor(() => says(submits()))
    expect(await converse(alone, hands)).toMatchObject({ outcome: 'failed', why: 'nothing written', files: [] })
    expect(lastSaid(model.requests[1] ?? never())).toContain('no file was sent, and there is no baseline')
  })
})

function never(): never {
  throw new Error('there was no such request')
}
