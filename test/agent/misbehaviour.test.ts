// Each way in which a reply can go wrong above the wire, and where it ends: never in a broken file, always in a clear outcome.
import { describe, expect, it } from 'vitest'
import { converse } from '../../src/agent/conversation.js'
import type { ReplyPart, Turn } from '../../src/provider/turn.js'
import {
  calls,
  cutOff,
  editBlock,
  fileBlock,
  inOrder,
  lastSaid,
  type Script,
  says,
  submits,
  textOf,
} from './scripted.js'
import { assignment, handsFor, MARK } from './world.js'

const file = (path: string, text: string) => fileBlock(MARK, path, text)
const good = file('src/new.py', 'x = 1\n')
const taken = { outcome: 'tailored', files: [{ path: 'src/new.py', content: 'x = 1\n' }], dropped: [] }
const failed = (failure: Extract<Turn, { outcome: 'failed' }>['failure']): Turn => ({
  outcome: 'failed',
  failure,
  reason: `a ${failure}`,
  sent: true,
})
const cut = `${good}<file-${MARK} path="src/lost.py">\ny = `
const paused: Turn = { ...says('Thinking about it.'), stop: 'pause' }

/** Name, script, what comes of it, what the second request says last. */
type Case = readonly [string, Script, object, RegExp?]

const mended: Case[] = [
  ['an empty reply', inOrder(says(), says(good, submits())), { ...taken, turns: 2 }, /was empty/],
  ['a blank reply', inOrder(says(' \n'), says(good, submits())), { ...taken, turns: 2 }, /was empty/],
  [
    'prose instead of files',
    inOrder(says('I would add a file.'), says(good, submits())),
    { ...taken, turns: 2 },
    /only submit ends the work/,
  ],
  ['files without a submission', inOrder(says(good), says(submits())), { ...taken, turns: 2 }, /src\/new\.py/],
  [
    'an unclosed block',
    inOrder(says(cut, submits()), says(submits())),
    { ...taken, turns: 2 },
    /src\/lost\.py: the block was never closed/,
  ],
  [
    'a wrong mark',
    inOrder(says(fileBlock('guess', 'src/lost.py', 'y\n') + good), says(submits())),
    taken,
    /does not carry the mark/,
  ],
  [
    'a duplicate path',
    inOrder(says(file('src/a.py', 'x\n') + file('src/a.py', 'y\n') + good), says(submits())),
    taken,
    /more than once/,
  ],
  ['a binary file', inOrder(says(file('src/a.py', '\x7fELF\0') + good), says(submits())), taken, /control characters/],
  [
    'a file that is too large',
    inOrder(says(file('src/a.py', 'x\n'.repeat(150_000)) + good), says(submits())),
    taken,
    /larger than the 200 KB/,
  ],
  [
    'an edit of nothing',
    inOrder(says(editBlock(MARK, 'src/no.py', ['a\n', 'b\n']) + good), says(submits())),
    taken,
    /no file of this path to edit/,
  ],
  [
    'an edit that does not fit',
    inOrder(says(editBlock(MARK, 'src/a.py', ['import so\n', '']) + good), says(submits())),
    taken,
    /comes nearest: "import os"/,
  ],
  [
    'a call with broken JSON',
    inOrder(says(good, calls('check', '{"a":')), says(submits())),
    taken,
    /the input is not JSON/,
  ],
  [
    'a call with a wrong input',
    inOrder(says(good, calls('read_files', { paths: 'a' })), says(submits())),
    taken,
    /paths: Invalid input/,
  ],
  [
    'a submission in broken JSON',
    inOrder(says(good, calls('submit', '{"summary": "x"')), says(submits())),
    { ...taken, turns: 2 },
    /only its form is wrong/,
  ],
  [
    'a submission of unknown ids',
    inOrder(says(good, submits({ covers: ['REQ-999'] })), says(submits())),
    taken,
    /no requirement is called "REQ-999"; expected one of REQ-001/,
  ],
  [
    'an unknown tool',
    inOrder(says(good, calls('run_shell', { cmd: 'id' })), says(submits())),
    taken,
    /no tool of this name[\s\S]*list_files, read_files/,
  ],
  [
    'two submissions at once',
    inOrder(says(good, submits({ covers: ['no'] }), submits()), says(submits())),
    taken,
    /once in a reply/,
  ],
  [
    'a cut in the middle of a file',
    inOrder(cutOff(cut), says(submits())),
    taken,
    /came whole[\s\S]*src\/new\.py[\s\S]*src\/lost\.py was cut/,
  ],
  ['a cut in the middle of a tag', inOrder(cutOff(`${good}<file-${MARK} pa`), says(submits())), taken, /was cut/],
  [
    'a cut in the middle of a call',
    inOrder(cutOff(good), says(submits())),
    { ...taken, turns: 2 },
    /came whole and are kept/,
  ],
  ['a cut before anything', inOrder(cutOff(), says(good, submits())), { ...taken, turns: 2 }, /was cut/],
  ['a cut after the submission', inOrder(cutOff(good, submits())), { ...taken, turns: 1 }],
  ['a pause', inOrder(paused, says(good, submits())), { ...taken, turns: 2 }, /Go on where you stopped/],
  [
    'an invalid reply',
    inOrder({ outcome: 'invalid', reason: 'ended quietly' }, says(good, submits())),
    { ...taken, turns: 2 },
    /could not be used/,
  ],
  [
    'a reply of 50 MB',
    inOrder(says(file('src/a.py', 'x'.repeat(50_000_000))), says(good, submits())),
    { ...taken, turns: 2 },
    /could not be used/,
  ],
  [
    'half of a character pair',
    inOrder(
      says(`\ud83d${good}`, calls('read_files', '{"paths": ["\\ud83d"], "from_line": null}')),
      says(good, submits()),
    ),
    taken,
  ],
]

const PATHS = [
  ['../outside.py', /climbs out/],
  ['src/../../outside.py', /climbs out/],
  ['/etc/passwd', /absolute/],
  ['C:\\x', /drive letter/],
  ['src\\x.py', /not every system/],
  ['.git/hooks/pre-commit', /git’s own folder/],
  ['.mlops-agents/log', /where runs are recorded/],
  ['link -> /etc/passwd', /not every system/],
  ['nul', /reserved/],
  ['other/d.py', /belongs to another deliverable/],
  ['Other/e.py', /differ only in case/],
  ['src/a.py/x', /both a file and a folder/],
  ['src', /both a file and a folder/],
  ['', /it is empty/],
  ['src/\u202egpj.py', /not every system/],
] as const

const ended: Case[] = [
  ['only empty replies', () => says(), { outcome: 'baseline', why: 'not submitted', turns: 3 }],
  ['only prose', () => says('I would.'), { outcome: 'baseline', why: 'not submitted', turns: 3 }],
  [
    'submit never called',
    (_, turn) => says(file(`src/n${turn}.py`, 'x\n')),
    { outcome: 'baseline', why: 'not submitted', turns: 40 },
  ],
  [
    'endless tool calls',
    () => says(calls('list_files', { folder: null })),
    { outcome: 'baseline', why: 'not submitted', turns: 40 },
  ],
  ['endless pauses', () => paused, { outcome: 'baseline', why: 'not submitted', turns: 40 }],
  ['blocks that never fit', () => says(file('../x', 'x\n')), { outcome: 'baseline', why: 'not submitted', turns: 7 }],
  [
    'a submission that is always wrong',
    () => says(good, calls('submit', '{}')),
    { outcome: 'baseline', why: 'not submitted', turns: 3 },
  ],
  [
    'the same file cut again and again',
    () => cutOff(`<file-${MARK} path="big.py">\n1`),
    { outcome: 'baseline', why: 'failed', turns: 3 },
  ],
  [
    'a full context',
    inOrder({ ...says('well'), outcome: 'truncated', limit: 'context' } as Turn),
    { outcome: 'baseline', why: 'failed', failure: 'context' },
  ],
  [
    'two invalid replies',
    () => ({ outcome: 'invalid', reason: 'ended quietly' }),
    { outcome: 'baseline', why: 'failed', reason: 'ended quietly', turns: 2 },
  ],
  [
    'a refusal',
    inOrder({ ...says('No.'), outcome: 'refused', reason: 'policy' } as Turn),
    { outcome: 'baseline', why: 'refused', reason: 'policy' },
  ],
  ['a failed call', inOrder(failed('server')), { outcome: 'baseline', why: 'failed', failure: 'server' }],
  ['a wrong key', inOrder(failed('key')), { outcome: 'stopped', why: 'key' }],
  ['an unknown model', inOrder(failed('model')), { outcome: 'stopped', why: 'model' }],
  [
    'an empty budget',
    inOrder(says(good), { outcome: 'over budget', reason: 'cap' }),
    { outcome: 'stopped', why: 'over budget', reason: 'cap' },
  ],
  [
    'a refusal to mend',
    inOrder(says(good, file('src/a.py', 'BAD\n'), submits()), {
      ...says('No.'),
      outcome: 'refused',
      reason: 'policy',
    } as Turn),
    {
      outcome: 'tailored',
      files: [{ path: 'src/new.py' }],
      dropped: [{ path: 'src/a.py' }, { path: 'src/c.py' }].slice(0, 1),
      unfinished: 'policy',
    },
  ],
]

describe('a conversation goes on after', () => {
  it.each(mended.map((one) => [one[0], one] as const))('%s', async (_, [, script, end, said]) => {
    const { hands, model } = handsFor(script)
    expect(await converse(assignment(), hands)).toMatchObject(end)
    if (said !== undefined) expect(lastSaid(model.requests[1] ?? never())).toMatch(said)
  })
  it.each(PATHS)('a file at %j', async (path, reason) => {
    const { hands, model } = handsFor(inOrder(says(file(path, 'x\n') + good), says(submits())))
    expect(await converse(assignment(), hands)).toMatchObject(taken)
    expect(lastSaid(model.requests[1] ?? never())).toMatch(reason)
  })
})

describe('a conversation ends after', () => {
  it.each(ended.map((one) => [one[0], one] as const))('%s', async (_, [, script, end]) => {
    const { hands, model } = handsFor(script)
    const result = await converse(assignment(), hands)
    expect(result).toMatchObject(end)
    expect(result.turns).toBe(model.requests.length)
  })
})

describe('what is said to a model', () => {
  it('stays within bounds, however much it asks for', async () => {
    const readable = new Map(
      Array.from({ length: 3000 }, (_, i) => [`big/f${i}.txt`, `${'word '.repeat(400)}\n`.repeat(20)]),
    )
    const all = [...readable.keys()].slice(0, 500)
    const many: ReplyPart[] = Array.from({ length: 60 }, (_, i) =>
      calls('read_files', { paths: all, from_line: null }, `c${i}`),
    )
    const { hands, model } = handsFor(() =>
      says(...many, calls('search_files', { text: 'word', folder: null }), calls('list_files', {})),
    )
    await converse(assignment({ readable }), hands)
    const parts = model.requests.at(-1)?.messages.flatMap(({ role, parts }) => (role === 'user' ? parts : [])) ?? []
    const said = parts.reduce((sum, part) => sum + part.text.length, 0)
    expect(said).toBeGreaterThan(400_000)
    expect(said).toBeLessThan(500_000)
    expect(textOf(model.requests.at(-1)?.messages.at(-1))).toContain('was not called')
  })

  it('answers every call once, in order', async () => {
    const reply = says(
      calls('check', {}, 'c1'),
      calls('nothing', {}, 'c2'),
      calls('list_files', { folder: 'src/' }, 'c3'),
    )
    const { hands, model } = handsFor(inOrder(reply, says(submits())))
    await converse(assignment(), hands)
    const answers = model.requests[1]?.messages.at(-1)?.parts ?? []
    expect(answers).toMatchObject([
      { type: 'tool-result', call: 'c1', failed: false },
      { type: 'tool-result', call: 'c2', failed: true },
      { type: 'tool-result', call: 'c3', failed: false, text: 'src/a.py (3 lines)\nsrc/c.py (1 lines)' },
    ])
  })

  it('never holds a reply that could not be used, nor blank text', async () => {
    const { hands, model } = handsFor(
      inOrder(says(' '), { outcome: 'invalid', reason: 'x' }, says('  ', calls('check')), says(submits())),
    )
    await converse(assignment(), hands)
    const messages = model.requests.at(-1)?.messages ?? []
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    for (const { parts } of messages)
      for (const part of parts) expect('text' in part ? part.text.trim() : 'x').not.toBe('')
  })
})

function never(): never {
  throw new Error('there was no such request')
}
