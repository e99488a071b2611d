// One deliverable, talked through with a model: turns until it submits or a limit is hit, then only what was accepted remains.
import type { Turn } from '../provider/turn.js'
import { answerReply, askAgain } from './answer.js'
import type { Assignment, FileText, Hands, Tailoring } from './assignment.js'
import { replyReader } from './reply.js'
import { type Settled, settle } from './settle.js'
import type { Submission } from './submission.js'
import { beginTalk, type Ending, failuresOf, isEmpty, LIMITS, type Talk, workOf } from './talk.js'

/**
 * Has a model tailor the baseline of one deliverable. Given the same replies it asks exactly the same requests, byte for byte.
 * Throws only the signal's reason; whatever a model does is an outcome.
 */
export async function converse(assignment: Assignment, hands: Hands): Promise<Tailoring> {
  const talk = beginTalk(assignment, hands)
  const ending = await untilEnd(talk)
  const { turns } = talk
  switch (ending.end) {
    case 'stopped':
      return { outcome: 'stopped', why: ending.why, reason: ending.reason, turns }
    case 'accepted':
      return concluded(talk, { ...workOf(talk, ending.submission), dropped: [] }, ending.submission)
    case 'unmended':
      return concluded(
        talk,
        await settled(talk, ending.submission),
        ending.submission,
        'its last submission failed too',
      )
    case 'given up': {
      if (talk.submission !== undefined)
        return concluded(talk, await settled(talk, talk.submission), talk.submission, ending.reason)
      const { why, reason, failure } = ending
      const common = { why, reason, dropped: [], turns, ...(failure === undefined ? {} : { failure }) }
      return talk.ground.baseline.size > 0
        ? { outcome: 'baseline', ...common }
        : { outcome: 'failed', files: [], ...common }
    }
  }
}

async function untilEnd(talk: Talk): Promise<Ending> {
  while (talk.turns < LIMITS.turns) {
    talk.turns++
    const ending = await afterTurn(talk, await takeTurn(talk))
    if (ending !== undefined) return ending
  }
  return { end: 'given up', why: 'not submitted', reason: `nothing was submitted in ${LIMITS.turns} turns` }
}

async function takeTurn({ assignment, hands, messages, turns: turn }: Talk): Promise<Turn> {
  const { system, maxTokens, nonce } = assignment
  const { model, tools, signal, spender, tell } = hands
  signal.throwIfAborted()
  tell({ type: 'turn-start', turn })
  let reader = replyReader(nonce)
  const outcome = await model.turn(
    { system, tools, messages, maxTokens },
    {
      signal,
      ...(spender === undefined ? {} : { spender }),
      onBegin: () => tell({ type: 'turn-reply', turn }),
      onText: (text) => {
        for (const progress of reader.feed(text)) tell(progress)
      },
      onAgain: (reason, wait) => {
        reader = replyReader(nonce)
        tell({ type: 'turn-again', turn, reason, wait })
      },
      onLost: (reason) => tell({ type: 'turn-lost', turn, reason }),
    },
  )
  const { model: name, usage } = 'reply' in outcome ? outcome : {}
  const answered = { ...(name === undefined ? {} : { model: name }), ...(usage === undefined ? {} : { usage }) }
  tell({ type: 'turn-end', turn, outcome: outcome.outcome, ...answered })
  return outcome
}

async function afterTurn(talk: Talk, turn: Turn): Promise<Ending | undefined> {
  switch (turn.outcome) {
    case 'ok':
    case 'truncated':
      return answerReply(talk, turn)
    case 'refused':
      return { end: 'given up', why: 'refused', reason: turn.reason }
    case 'invalid':
      return askAgain(talk, turn.reason)
    case 'over budget':
      return { end: 'stopped', why: 'over budget', reason: turn.reason }
    case 'failed': {
      const { failure, reason } = turn
      if (failure === 'key' || failure === 'model') return { end: 'stopped', why: failure, reason }
      return { end: 'given up', why: 'failed', reason, failure }
    }
  }
}

/** What remains of the last submission when it cannot be mended any more. */
async function settled(talk: Talk, submission: Submission): Promise<Settled> {
  const work = workOf(talk, submission)
  const failures = isEmpty(work) ? [] : await failuresOf(talk, work)
  return settle(work, failures, talk.judge)
}

function concluded(talk: Talk, work: Settled, submission: Submission, unfinished?: string): Tailoring {
  const { dropped, removed, contract } = work
  const { turns } = talk
  for (const { path, reason } of dropped) talk.hands.tell({ type: 'dropped', path, reason })
  const files: FileText[] = [...work.files].map(([path, content]) => ({ path, content }))
  const reason = unfinished ?? ''
  if (talk.ground.baseline.size === 0) {
    if (files.length === 0 && dropped.length === 0)
      return { outcome: 'failed', why: 'nothing written', reason, files, dropped, turns }
    if (dropped.length > 0) return { outcome: 'failed', why: 'not all accepted', reason, files, dropped, turns }
  } else if (isEmpty(work)) {
    return dropped.length > 0
      ? { outcome: 'baseline', why: 'all dropped', reason, dropped, turns }
      : { outcome: 'baseline', why: 'nothing to change', reason, submission, dropped, turns }
  }
  const tailored = { outcome: 'tailored' as const, files, removed, contract, submission, dropped, turns }
  return unfinished === undefined ? tailored : { ...tailored, unfinished }
}
