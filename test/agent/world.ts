// A small deliverable with checks that a test can break at will: a line BAD fails its file, WEAK is refused by the guard, and
// `needs <name>` fails as a seam where no file of the deliverable says `gives <name>`.
import type { Assignment, ConversationEvent, Hands } from '../../src/agent/assignment.js'
import type { CheckResult } from '../../src/types.js'
import { type Script, scriptedModel } from './scripted.js'
import { say, tools } from './texts.js'

export const MARK = 'k3y0z'
export const BASELINE: Readonly<Record<string, string>> = {
  'conf/b.yaml': 'limit: 1\n',
  'src/a.py': 'import os\n\ngives name\n',
  'src/c.py': 'needs name\n',
}
export const FOREIGN: Readonly<Record<string, string>> = { 'other/d.py': 'of = "somebody else"\n' }

export function assignment(change: Partial<Assignment> = {}): Assignment {
  const baseline = Object.entries(BASELINE).map(([path, content]) => ({ path, content }))
  return {
    deliverable: 'thing',
    system: 'system text',
    parts: [{ text: 'shared text', shared: true }, { text: 'the assignment' }],
    nonce: MARK,
    baseline,
    readable: new Map([...Object.entries(BASELINE), ...Object.entries(FOREIGN)]),
    requirementIds: ['REQ-001', 'REQ-002'],
    maxTokens: 8000,
    ...change,
  }
}

const failed = (check: string, file: string, reason: string, line?: number): CheckResult => ({
  check,
  level: 'L1',
  status: 'fail',
  tool: 'a tool',
  version: '1',
  reason,
  file,
  ...(line === undefined ? {} : { line }),
})

/** Failures that a work of these files has, beside a baseline of those. */
export function checked(
  files: ReadonlyMap<string, string>,
  removed: readonly string[],
  baseline = BASELINE,
): CheckResult[] {
  const all = new Map([...Object.entries(baseline), ...files])
  for (const path of removed) all.delete(path)
  const given = new Set(
    [...all.values()].flatMap((text) => [...text.matchAll(/^gives (\w+)$/gm)].map(([, name]) => name)),
  )
  return [...all].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, i) => {
      const need = /^needs (\w+)$/.exec(line)?.[1]
      if (line === 'BAD') return [failed('kind/tool', path, 'a line is bad', i + 1)]
      return need === undefined || given.has(need) ? [] : [failed('seam/name', path, `nobody gives ${need}`, i + 1)]
    }),
  )
}

export function guarded(files: ReadonlyMap<string, string>, removed: readonly string[]): CheckResult[] {
  const weak = [...files].filter(([, text]) => text.includes('WEAK'))
  return [
    ...weak.map(([path]) => failed('guard/limit', path, 'a limit was loosened')),
    ...removed.filter((path) => path === 'conf/b.yaml').map((path) => failed('guard/removed', path, 'is needed')),
  ]
}

/** A conversation's hands around a scripted model, with everything it told. */
export function handsFor(script: Script, change: Partial<Hands> = {}) {
  const model = scriptedModel(script)
  const events: ConversationEvent[] = []
  const hands: Hands = {
    model,
    tools,
    say,
    check: async (files, removed) => checked(files, removed),
    guard: async (files, removed) => guarded(files, removed),
    tell: (event) => events.push(event),
    signal: new AbortController().signal,
    ...change,
  }
  return { hands, model, events }
}
