// What a reply of a model leads to: files taken, tools answered, and either an end or what to say next.
import { solid } from '../provider/solid.js'
import type { Failure, ReplyPart, Turn, UserPart } from '../provider/turn.js'
import { takeBlocks } from './draft.js'
import { failuresShown, problemsShown } from './messages.js'
import { LARGEST_REPLY, type Problem, parseReply, unclosed } from './reply.js'
import { submissionIssues } from './submission.js'
import { addToLast, type Ending, failuresOf, filesNow, LIMITS, type Talk, workOf } from './talk.js'
import { answerCall, readCall, TOOL_NAMES } from './tools.js'

type Answered = Extract<Turn, { reply: readonly ReplyPart[] }>
type ToolCall = Extract<ReplyPart, { type: 'tool-call' }>

/** Takes what a reply brings and puts the next message after it, unless the conversation is at its end. */
export async function answerReply(
  talk: Talk,
  turn: Exclude<Answered, { outcome: 'refused' }>,
): Promise<Ending | undefined> {
  const size = sizeOf(turn.reply)
  if (size > LARGEST_REPLY) return askAgain(talk, `a reply of ${size} bytes is larger than a reply may be`)
  const parts = solid(turn.reply)
  if (parts.length === 0 && turn.outcome === 'ok') return remindOfNothing(talk)

  const texts = turn.reply.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  const { blocks, problems: unread, cut } = parseReply(texts, talk.assignment.nonce)
  const taken = takeBlocks(talk.written, blocks, talk.ground)
  talk.written = taken.written
  for (const path of taken.paths) talk.arrived.add(path)
  const isCut = turn.outcome === 'truncated'
  const problems = [...unread, ...taken.problems, ...(cut === undefined || isCut ? [] : [unclosed(cut)])]

  const calls = parts.filter((part) => part.type === 'tool-call')
  const lost = isCut && cut !== undefined ? [unclosed(cut)] : []
  const { results, ending, shown, answered } = await answerCalls(talk, calls, [...problems, ...lost])
  if (ending !== undefined) return ending

  const { used, hands } = talk
  const notes: string[] = []
  if (problems.length > 0) {
    if (++used.broken > LIMITS.broken) return notSubmitted(`${used.broken} replies held blocks that could not be taken`)
    if (!shown) notes.push(hands.say('problems', { taken: [...taken.paths], ...problemsShown(problems) }))
  }
  const isProgress = taken.paths.length > 0 || answered > 0
  if (isProgress) used.reminders = 0
  if (isCut) {
    if (turn.limit === 'context') return failed('the conversation is longer than the model can hold', 'context')
    used.stalled = isProgress ? 0 : used.stalled + 1
    if (used.stalled > LIMITS.stalled)
      return failed(`${used.stalled} replies in a row were cut before a file was whole`)
    notes.push(hands.say('truncated', { whole: [...talk.arrived].sort(), lost: cut ?? '' }))
  } else if (answered === 0 && problems.length === 0) {
    if (turn.stop === 'pause') notes.push(hands.say('go-on', {}))
    else if (taken.paths.length > 0) notes.push(hands.say('taken', { taken: [...taken.paths] }))
    else if (++used.reminders > LIMITS.reminders) return noProgress(used.reminders)
    else notes.push(hands.say('reminder', { written: [...talk.written.keys()].sort() }))
  }
  const left = LIMITS.turns - talk.turns
  if (left <= 3) notes.push(hands.say('few-turns', { left }))

  if (parts.length === 0) for (const note of notes) addToLast(talk, note)
  else
    talk.messages = [
      ...talk.messages,
      { role: 'assistant', parts },
      { role: 'user', parts: [...results, ...notes.map((text) => ({ type: 'text' as const, text }))] },
    ]
  return undefined
}

const notSubmitted = (reason: string): Ending => ({ end: 'given up', why: 'not submitted', reason })
const noProgress = (count: number): Ending =>
  notSubmitted(`${count} replies in a row brought neither a file nor a call that could be answered`)
const failed = (reason: string, failure?: Failure): Ending => ({
  end: 'given up',
  why: 'failed',
  reason,
  ...(failure === undefined ? {} : { failure }),
})

/** A reply that cannot be used is left out of what is handed back, and asked for once more in words of its own. */
export function askAgain(talk: Talk, reason: string): Ending | undefined {
  if (++talk.used.invalid > LIMITS.invalid) return failed(reason)
  addToLast(talk, talk.hands.say('again', {}))
  return undefined
}

function remindOfNothing(talk: Talk): Ending | undefined {
  if (++talk.used.reminders > LIMITS.reminders) return noProgress(talk.used.reminders)
  addToLast(talk, talk.hands.say('empty', {}))
  return undefined
}

interface Answers {
  readonly results: UserPart[]
  readonly ending?: Ending
  /** The problems of this reply's blocks stand in a result already. */
  readonly shown: boolean
  /** Calls that were looked at at all. */
  readonly answered: number
}

async function answerCalls(talk: Talk, calls: readonly ToolCall[], problems: readonly Problem[]): Promise<Answers> {
  const { hands, used } = talk
  const results: UserPart[] = []
  let shown = false
  let answered = 0
  let submitted = false
  for (const [i, { call, name, input }] of calls.entries()) {
    const give = (text: string, failed: boolean): void => {
      results.push({ type: 'tool-result', call, text, failed })
    }
    if (name === 'submit' && submitted) give(hands.say('submit-once', {}), true)
    else if (name === 'submit') {
      submitted = true
      answered++
      const judged = await judgeSubmission(talk, input, problems)
      if ('ending' in judged) return { results, ending: judged.ending, shown, answered }
      shown = judged.shown
      give(judged.text, true)
    } else if (i >= LIMITS.calls || used.output >= LIMITS.output)
      give(hands.say('calls-used-up', { tool: name.slice(0, 100) }), true)
    else {
      const { text, failed } = await answerTool(talk, name, input)
      used.output += text.length
      answered++
      give(text, failed)
    }
  }
  return { results, shown, answered }
}

async function answerTool(talk: Talk, name: string, input: string): Promise<{ text: string; failed: boolean }> {
  const { hands, assignment } = talk
  const read = readCall(name, input)
  if (!('call' in read) || read.call.tool === 'submit') {
    const issues = 'issues' in read ? [...read.issues] : []
    return {
      text: hands.say('call-refused', { tool: name.slice(0, 100), issues, tools: [...TOOL_NAMES] }),
      failed: true,
    }
  }
  const work = workOf(talk)
  const text = await answerCall(read.call, {
    files: () => filesNow(talk),
    mark: assignment.nonce,
    say: hands.say,
    check: async () => ({ files: work.files.size, failures: await failuresOf(talk, work) }),
  })
  return { text, failed: false }
}

type Judged = { readonly ending: Ending } | { readonly text: string; readonly shown: boolean }

/** What goes back to the model, or the end. A submission beside blocks that were not taken is not what was meant. */
async function judgeSubmission(talk: Talk, input: string, problems: readonly Problem[]): Promise<Judged> {
  const { hands, ground, used, assignment } = talk
  const read = readCall('submit', input)
  const given = 'call' in read && read.call.tool === 'submit' ? read.call.given : undefined
  const removable = new Set([...ground.baseline.keys(), ...talk.written.keys()])
  const formal = 'issues' in read ? read.issues : []
  const issues =
    given === undefined
      ? formal
      : submissionIssues(given, { requirementIds: assignment.requirementIds, removable, arrived: talk.arrived })
  if (given === undefined || issues.length > 0) {
    if (++used.forms > LIMITS.forms)
      return { ending: notSubmitted(`the submission was wrong ${used.forms} times, at last: ${issues[0] ?? ''}`) }
    return { text: hands.say('submission-issues', { issues: issues.slice(0, 40) }), shown: false }
  }
  if (problems.length > 0) return { text: hands.say('submission-blocks', problemsShown(problems)), shown: true }
  talk.submission = given
  const failures = await failuresOf(talk, workOf(talk, given))
  if (failures.length === 0) return { ending: { end: 'accepted', submission: given } }
  if (++used.rounds > LIMITS.rounds) return { ending: { end: 'unmended', submission: given } }
  hands.tell({ type: 'round', round: used.rounds, failures: failures.length })
  const text = hands.say('failures', { round: used.rounds, rounds: LIMITS.rounds, ...failuresShown(failures) })
  return { text, shown: false }
}

function sizeOf(reply: readonly ReplyPart[]): number {
  const sizes = reply.map((part) =>
    part.type === 'vendor' ? 0 : Buffer.byteLength(part.type === 'text' ? part.text : part.input),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
