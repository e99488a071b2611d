// What a conversation keeps count of, and what it does not do twice.
import { describe, expect, it } from 'vitest'
import { converse } from '../../src/agent/conversation.js'
import type { Model } from '../../src/provider/turn.js'
import type { CheckResult } from '../../src/types.js'
import { calls, fileBlock, inOrder, lastSaid, says, submits } from './scripted.js'
import { assignment, checked, handsFor, MARK } from './world.js'

const file = (path: string, text: string) => fileBlock(MARK, path, text)

describe('a conversation', () => {
  it('judges the same work once, however often a model asks', async () => {
    const judged: string[] = []
    const check = async (files: ReadonlyMap<string, string>, removed: readonly string[]) => {
      judged.push(JSON.stringify([...files]))
      return checked(files, removed)
    }
    const again = says(file('src/new.py', 'x\n'), calls('check', {}, 'c1'), calls('check', {}, 'c2'))
    const { hands } = handsFor(inOrder(again, again, says(submits())), { check })
    expect(await converse(assignment(), hands)).toMatchObject({ outcome: 'tailored', turns: 3 })
    expect(judged).toEqual([...new Set(judged)])
    expect(judged).not.toEqual([])
  })

  it('is not held up by checks that did not run or had nothing to say', async () => {
    const other = (status: CheckResult['status']): CheckResult => ({
      check: 'a/check',
      level: 'L1',
      tool: 'tool',
      version: '',
      reason: '',
      file: 'src/new.py',
      status,
    })
    const { hands } = handsFor(inOrder(says(file('src/new.py', 'x\n'), submits())), {
      check: async () => [other('pass'), other('not run')],
    })
    expect(await converse(assignment(), hands)).toMatchObject({ outcome: 'tailored', turns: 1 })
  })

  it('counts reminders in a row only', async () => {
    const prose = says('Let me think.')
    const { hands } = handsFor(
      inOrder(
        prose,
        prose,
        says(file('src/new.py', 'x\n')),
        prose,
        prose,
        says(calls('check')),
        prose,
        says(submits()),
      ),
    )
    expect(await converse(assignment(), hands)).toMatchObject({ outcome: 'tailored', turns: 8 })
  })

  it('says when few replies are left', async () => {
    const { hands, model } = handsFor((_, turn) =>
      turn < 40 ? says(calls('list_files', { folder: 'src' })) : says(file('src/new.py', 'x\n'), submits()),
    )
    expect(await converse(assignment(), hands)).toMatchObject({ outcome: 'tailored', turns: 40 })
    expect(model.requests.map(lastSaid).filter((said) => said.includes('Replies that are left'))).toHaveLength(3)
    expect(lastSaid(model.requests[39] ?? never())).toContain('left after this message: 1.')
  })

  it('tells what goes on in a call, and begins anew where the call is made again', async () => {
    const { hands, events } = handsFor(() => says(), { spender: { agent: 'an-agent', deliverable: 'thing' } })
    const whole = file('src/new.py', 'x\n')
    const model: Model = {
      name: 'scripted:model',
      async turn(_, { spender, onBegin, onText, onAgain, onLost }) {
        expect(spender).toEqual({ agent: 'an-agent', deliverable: 'thing' })
        onBegin?.()
        onText?.(whole.slice(0, -10))
        onLost?.('reset')
        onAgain?.('reset', 100)
        onText?.(whole)
        return says(whole, submits())
      },
    }
    await converse(assignment(), { ...hands, model })
    expect(events.slice(0, -1)).toEqual([
      { type: 'turn-start', turn: 1 },
      { type: 'turn-reply', turn: 1 },
      { type: 'file-start', path: 'src/new.py' },
      { type: 'turn-lost', turn: 1, reason: 'reset' },
      { type: 'turn-again', turn: 1, reason: 'reset', wait: 100 },
      { type: 'file-start', path: 'src/new.py' },
      { type: 'file-end', path: 'src/new.py', whole: true },
    ])
    expect(events.at(-1)).toMatchObject({
      type: 'turn-end',
      outcome: 'ok',
      model: 'scripted:model',
      usage: { input: 100 },
    })
  })

  it('stops while it looks for what to drop, and before a turn, when it is aborted', async () => {
    const controller = new AbortController()
    const bad = file('src/a.py', 'gives name\nBAD\n') + file('src/c.py', 'BAD\n')
    const { hands, model } = handsFor(() => says(bad, file('src/new.py', 'x\n'), submits()), {
      signal: controller.signal,
      check: async (files, removed) => {
        // Both bad files are gone: whether one of them could come back is what it would look at next.
        if (files.size === 1) controller.abort(new Error('interrupted'))
        return checked(files, removed)
      },
    })
    await expect(converse(assignment(), hands)).rejects.toThrow('interrupted')
    expect(model.requests).toHaveLength(4)

    const before = new AbortController()
    before.abort(new Error('too late'))
    const late = handsFor(() => says(), { signal: before.signal })
    await expect(converse(assignment(), late.hands)).rejects.toThrow('too late')
    expect(late.events).toEqual([])
  })
})

function never(): never {
  throw new Error('there was no such request')
}
