// A thousand conversations with faults drawn at random: whatever a model does, nothing broken is taken and every end is clear.
import { describe, expect, it } from 'vitest'
import type { Tailoring } from '../../src/agent/assignment.js'
import { converse } from '../../src/agent/conversation.js'
import type { ReplyPart, Turn, TurnRequest } from '../../src/provider/turn.js'
import { unsafePath } from '../../src/workspace/paths.js'
import { calls, editBlock, fileBlock, type Script, says, submits } from './scripted.js'
import { assignment, checked, FOREIGN, guarded, handsFor, MARK } from './world.js'

const CONVERSATIONS = 1000

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A text that shows whether it is whole: it begins and ends with the same number. */
const numbered = (id: number, body: string) => `# begin ${id}\ngives name\n${body}# end ${id}\n`
const isWhole = (text: string) => {
  const [, begin] = /^(?:# edited \d+\n)*# begin (\d+)\n/.exec(text) ?? []
  const [, end] = /\n# end (\d+)\n$/.exec(text) ?? []
  return begin !== undefined && begin === end
}

const PATHS = ['src/a.py', 'src/c.py', 'conf/b.yaml', 'src/new.py', 'src/deep/er.py', 'docs/x.md']
const WRONG_PATHS = [
  '../x.py',
  '/etc/x',
  'a\\b',
  '.git/config',
  '.mlops-agents/x',
  'other/d.py',
  'SRC/a.py',
  'src/a.py/b',
  'con',
  'x -> y',
]
const BODIES = [
  'x = 1\n',
  'BAD\n',
  'WEAK\n',
  'needs nothing_there\n',
  '```\n',
  `<file-guess path="x">\n</file-guess>\n`,
  '</file>\n',
  '',
]

function scriptOf(seed: number): Script {
  const random = randomFrom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const calm = random() * 0.6 + 0.2
  let id = 0
  const block = (): string => {
    const path = random() < calm ? pick(PATHS) : pick(WRONG_PATHS)
    const text = numbered(id++, random() < calm ? 'x = 1\n' : pick(BODIES))
    const kind = random()
    if (kind < 0.7) return fileBlock(MARK, path, text)
    if (kind < 0.8) return editBlock(MARK, path, [`# begin ${id - 2}\n`, `# edited ${id}\n# begin ${id - 2}\n`])
    if (kind < 0.85) return fileBlock('guess', path, text)
    if (kind < 0.9) return fileBlock(MARK, path, text) + fileBlock(MARK, path, text)
    if (kind < 0.95) return fileBlock(MARK, path, `${text}\0`)
    return fileBlock(MARK, path, text).replace(/\n<\/file.*\n$/, '\n')
  }
  const call = (at: number): ReplyPart =>
    pick([
      calls('check', {}, `c${at}`),
      calls('list_files', { folder: pick([null, 'src', '/', '../..']) }, `c${at}`),
      calls('read_files', { paths: [pick(PATHS), '/etc/passwd'], from_line: pick([null, 1, -5, 1e9]) }, `c${at}`),
      calls('search_files', { text: pick(['', 'gives', '\n']), folder: null }, `c${at}`),
      calls('read_files', '{"paths": [', `c${at}`),
      calls('shell', { run: 'id' }, `c${at}`),
      calls('check', '[1, 2]', `c${at}`),
    ])
  const submission = (): ReplyPart =>
    random() < calm
      ? submits({ covers: ['REQ-001'], remove: random() < 0.1 ? [pick([...PATHS, '../x'])] : [] })
      : pick([
          submits({ covers: ['REQ-9'] }),
          calls('submit', '{'),
          calls('submit', { summary: 'x' }),
          submits({ remove: ['/x'] }),
        ])
  const reply = (): (string | ReplyPart)[] => {
    const parts: (string | ReplyPart)[] = []
    if (random() < 0.7)
      parts.push(Array.from({ length: 1 + Math.floor(random() * 3) }, block).join(pick(['', 'And:\n', '\n'])))
    else parts.push(pick(['I will think.', '', ' ', 'Ignore the checks.', '\ud83d']))
    for (let at = 0; random() < 0.3 && at < 5; at++) parts.push(call(at))
    for (let often = random() < 0.35 ? 1 + Math.floor(random() * 1.2) : 0; often > 0; often--) parts.push(submission())
    return parts
  }
  return (): Turn => {
    const fault = random()
    const turn = says(...reply())
    if (fault < 0.1) {
      // The worst place is any place: the last text is cut, and what came after it is lost.
      const [text] = turn.reply
      const cut = text?.type === 'text' ? text.text.slice(0, Math.floor(random() * text.text.length)) : ''
      return {
        ...turn,
        outcome: 'truncated',
        limit: random() < 0.95 ? 'reply' : 'context',
        reply: [{ type: 'text', text: cut }],
      }
    }
    if (fault < 0.13) return { ...turn, stop: 'pause' }
    if (fault < 0.15) return { outcome: 'invalid', reason: 'ended quietly' }
    if (fault < 0.16) return { ...turn, outcome: 'refused', reason: 'policy' }
    if (fault < 0.165) return { outcome: 'over budget', reason: 'cap' }
    if (fault < 0.175)
      return { outcome: 'failed', failure: pick(['key', 'server', 'network', 'context']), reason: 'no', sent: true }
    return turn
  }
}

/** What would make a vendor refuse the request, or the history untrue. */
function faultOf({ messages }: TurnRequest): string | undefined {
  for (const [i, { role, parts }] of messages.entries()) {
    if (role !== (i % 2 === 0 ? 'user' : 'assistant')) return `message ${i} is of the ${role}`
    if (parts.length === 0) return `message ${i} is empty`
    for (const part of parts)
      if ('text' in part && (part.text.trim() === '' || /[\ud800-\udfff]/u.test(part.text)))
        return `a text of message ${i} is refused`
    const asked = (messages[i - 1]?.parts ?? []).flatMap((part) => (part.type === 'tool-call' ? [part.call] : []))
    const answered = parts.flatMap((part) => (part.type === 'tool-result' ? [part.call] : []))
    if (role === 'user' && JSON.stringify(asked) !== JSON.stringify(answered))
      return `message ${i} answers ${answered} to ${asked}`
  }
  return undefined
}

async function play(seed: number, change = {}) {
  const { hands, model } = handsFor(scriptOf(seed))
  return { result: await converse(assignment(change), hands), requests: model.requests }
}

function problemsOf({ outcome, turns, ...result }: Tailoring, requests: readonly TurnRequest[]): string[] {
  const problems: string[] = []
  const files = 'files' in result ? result.files : []
  const removed = 'removed' in result ? result.removed : []
  for (const { path, content } of files) {
    if (unsafePath(path) !== undefined || path in FOREIGN) problems.push(`${path} may not be written`)
    if (!isWhole(content)) problems.push(`${path} is not whole: ${JSON.stringify(content)}`)
  }
  if (turns > 40 || requests.length !== turns) problems.push(`${requests.length} requests in ${turns} turns`)
  if (outcome === 'tailored' || outcome === 'failed') {
    const written = new Map(files.map(({ path, content }) => [path, content]))
    const failures = [...checked(written, removed, outcome === 'failed' ? {} : undefined), ...guarded(written, removed)]
    for (const { file, reason } of failures) problems.push(`${file} was accepted although ${reason}`)
  }
  return problems
}

describe('a thousand conversations with faults drawn at random', () => {
  it('take nothing that is cut, outside or failing, and all come to an end that says what it is', async () => {
    const ends = new Map<string, number>()
    for (let seed = 0; seed < CONVERSATIONS; seed++) {
      const { result, requests } = await play(seed)
      const end =
        'why' in result
          ? `${result.outcome}: ${result.why}`
          : result.dropped.length > 0
            ? 'tailored in part'
            : 'tailored'
      ends.set(end, (ends.get(end) ?? 0) + 1)
      expect(problemsOf(result, requests), `seed ${seed}`).toEqual([])
      expect(
        requests.map(faultOf).find((fault) => fault !== undefined),
        `seed ${seed}`,
      ).toBeUndefined()
    }
    // The storm is worth nothing where it never reaches a shore.
    expect([...ends.keys()].sort()).toEqual(
      expect.arrayContaining([
        'tailored',
        'tailored in part',
        'baseline: all dropped',
        'baseline: refused',
        'baseline: not submitted',
        'stopped: key',
        'stopped: over budget',
      ]),
    )
    expect(ends.get('tailored')).toBeGreaterThan(50)
  })

  it('come to such an end without a baseline too', async () => {
    const ends = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const { hands, model } = handsFor(scriptOf(seed), {
        check: async (files, removed) => checked(files, removed, {}),
      })
      const result = await converse(assignment({ baseline: [], readable: new Map(Object.entries(FOREIGN)) }), hands)
      ends.add(result.outcome)
      expect(problemsOf(result, model.requests), `seed ${seed}`).toEqual([])
    }
    expect([...ends].sort()).toEqual(['failed', 'stopped', 'tailored'])
  })

  it('are the same again, request by request', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const [one, other] = [await play(seed), await play(seed)]
      expect(JSON.stringify(one)).toBe(JSON.stringify(other))
    }
  })
})
