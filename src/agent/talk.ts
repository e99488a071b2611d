// A conversation in progress: what was said, what was written, what of each limit is used up.
import { createHash } from 'node:crypto'
import type { Failure, Message } from '../provider/turn.js'
import type { CheckResult } from '../types.js'
import type { Assignment, GivenUp, Hands } from './assignment.js'
import { type Ground, groundOf, type Written } from './draft.js'
import type { Judge, Work } from './settle.js'
import type { Submission } from './submission.js'

/** What one conversation may use up. */
export const LIMITS = {
  turns: 40,
  /** Submissions that go back because a check fails. */
  rounds: 3,
  /** Submissions that go back because of their form. */
  forms: 2,
  /** In a row, replies that neither bring a file nor call a tool. */
  reminders: 2,
  /** In a row, replies that were cut before any file was whole. */
  stalled: 2,
  /** Replies with blocks that could not be taken. */
  broken: 6,
  /** Replies that could not be used at all. */
  invalid: 1,
  calls: 32,
  /** Characters that tools may answer. */
  output: 400_000,
} as const

/** How a conversation comes to its end. */
export type Ending =
  | { readonly end: 'accepted'; readonly submission: Submission }
  | { readonly end: 'unmended'; readonly submission: Submission }
  | { readonly end: 'given up'; readonly why: GivenUp; readonly reason: string; readonly failure?: Failure }
  | { readonly end: 'stopped'; readonly why: 'over budget' | 'key' | 'model'; readonly reason: string }

export interface Talk {
  readonly assignment: Assignment
  readonly hands: Hands
  readonly ground: Ground
  readonly judge: Judge
  messages: Message[]
  written: Written
  /** Paths that came whole, in this or an earlier reply. */
  readonly arrived: Set<string>
  /** The last submission that had the right form. */
  submission?: Submission
  turns: number
  readonly used: Record<Exclude<keyof typeof LIMITS, 'turns' | 'calls'>, number>
}

export function beginTalk(assignment: Assignment, hands: Hands): Talk {
  const parts = assignment.parts.map((part) => ({ type: 'text' as const, ...part }))
  return {
    assignment,
    hands,
    ground: groundOf(assignment.baseline, assignment.readable.keys()),
    judge: judgeOnce(hands),
    messages: [{ role: 'user', parts }],
    written: new Map(),
    arrived: new Set(),
    turns: 0,
    used: { rounds: 0, forms: 0, reminders: 0, stalled: 0, broken: 0, invalid: 0, output: 0 },
  }
}

/** Check and guard together; the same work is judged once, as a model may ask for it again and again. */
function judgeOnce({ check, guard, signal }: Hands): Judge {
  const known = new Map<string, readonly CheckResult[]>()
  return async ({ files, removed, contract }) => {
    signal.throwIfAborted()
    const key = createHash('sha256')
      .update(JSON.stringify([[...files].sort(([a], [b]) => (a < b ? -1 : 1)), removed, contract]))
      .digest('hex')
    const before = known.get(key)
    if (before !== undefined) return before
    const results = [...(await check(files, removed, contract)), ...(await guard(files, removed, contract))]
    const failures = results.filter(({ status }) => status === 'fail')
    known.set(key, failures)
    return failures
  }
}

/** Every file that can be read, as it stands after what was written. */
export function filesNow({ assignment: { readable, hidden }, ground, written }: Talk): ReadonlyMap<string, string> {
  return new Map([...[...readable].filter(([path]) => hidden?.has(path) !== true), ...ground.baseline, ...written])
}

/** What the written files and a submission amount to: a file that is to go is not written first. */
export function workOf({ written, ground }: Talk, submission?: Submission): Work {
  const remove = new Set(submission?.remove)
  return {
    files: new Map([...written].filter(([path]) => !remove.has(path)).sort(([a], [b]) => (a < b ? -1 : 1))),
    removed: [...remove].filter((path) => ground.baseline.has(path)).sort(),
    contract: submission?.contract ?? [],
  }
}

export const isEmpty = ({ files, removed, contract }: Work): boolean =>
  files.size + removed.length + contract.length === 0

/** Failures of a work; where nothing is written and there is no baseline, that is one. */
export async function failuresOf(talk: Talk, work: Work): Promise<readonly CheckResult[]> {
  if (!isEmpty(work)) return talk.judge(work)
  if (talk.ground.baseline.size > 0) return []
  const nothing = { check: 'answer/files', level: 'L0', status: 'fail', tool: 'mlops-agents', version: '' } as const
  return [{ ...nothing, reason: 'no file was sent, and there is no baseline that could stand instead' }]
}

/** Says more in the last message, where nothing came back that could be put after it. */
export function addToLast(talk: Talk, text: string): void {
  const last = talk.messages.at(-1)
  if (last?.role !== 'user') throw new Error('the last message is not ours')
  talk.messages = [...talk.messages.slice(0, -1), { role: 'user', parts: [...last.parts, { type: 'text', text }] }]
}
