// Every call of a model is recorded before it is sent, and its answer before anything else happens; an answer that is recorded is
// taken from there and not asked for again. A file of answers stands in for a model altogether.
import { createHash } from 'node:crypto'
import { UsageError } from '../errors.js'
import { type Answer, answerSchema, isAnswer, requestId } from '../provider/recorded.js'
import { inputTokens } from '../provider/tokens.js'
import type { Model, Spender, Turn, TurnRequest, Watch } from '../provider/turn.js'
import type { RecordedAnswer, Recording } from '../record/recording.js'
import type { Json } from '../types.js'
import type { RunEvent } from './events.js'

export interface LedgerParts {
  /** Resolves when the event is on disk. */
  readonly append: (event: RunEvent) => Promise<void>
  /** What the record holds of answers that earlier runs received, by the id of the request. */
  readonly received: ReadonlyMap<string, unknown>
}

/** Who asks, and for what, where a model reads the requirements: no agent or deliverable of a workflow. */
export const READER = 'requirements'

/** For whom a model is asked. */
export type Asker = Spender & { readonly deliverable: string }

export interface Ledger {
  /** The model for one deliverable's conversation. */
  of(model: Model, asker: Asker): Model
  /** What was answered so far, also in runs that this one goes on with, as a recording keeps it. */
  answers(): readonly RecordedAnswer[]
}

export function openLedger({ append, received }: LedgerParts): Ledger {
  const kept: (() => RecordedAnswer)[] = []
  const of = (model: Model, asker: Asker): Model => {
    const { deliverable } = asker
    let turn = 0
    const measure = inputTokens()
    return {
      name: model.name,
      turn: async (request, watch) => {
        const about = { deliverable, turn: ++turn, request: requestId(model.name, request) }
        const answer = recalled(received, about.request)
        if (answer !== undefined) {
          await append({ type: 'turn-end', ...about, recalled: true, ...saidOf(answer) })
          return keep(answer, about, request, watch)
        }
        const most = { input: measure.estimate(request), output: request.maxTokens }
        await append({ type: 'turn-start', ...about, model: model.name, most })
        let lost = 0
        const onLost = async (reason: string): Promise<void> => {
          lost++
          await append({ type: 'turn-lost', ...about, reason })
          await watch.onLost?.(reason)
        }
        const got = await model.turn(request, { ...watch, spender: asker, onLost })
        const missing = lost === 0 ? {} : { lost }
        if (!isAnswer(got)) {
          await append({ type: 'turn-end', ...about, ...saidOf(got), ...missing })
          return got
        }
        await append({ type: 'turn-end', ...about, answer: got, ...saidOf(got), ...missing })
        return keep(got, about, request)
      },
    }
  }
  /** Text that was not streamed now is shown as if it were. */
  const keep = (
    answer: Answer,
    about: { deliverable: string; turn: number; request: string },
    request: TurnRequest,
    watch?: Watch,
  ): Answer => {
    // Only who asks for a recording needs the hashes.
    kept.push(() => ({ ...about, parts: partsOf(request), answer: answer as unknown as Json }))
    for (const part of answer.reply) if (part.type === 'text') watch?.onText?.(part.text)
    return answer
  }
  return { of, answers: () => kept.map((answer) => answer()) }
}

/** One that was damaged is asked for again. */
export const recalled = (received: ReadonlyMap<string, unknown>, request: string): Answer | undefined =>
  answerSchema.safeParse(received.get(request)).data

function saidOf(turn: Turn): Pick<Extract<RunEvent, { type: 'turn-end' }>, 'outcome' | 'model' | 'usage' | 'reason'> {
  return {
    outcome: turn.outcome,
    ...('model' in turn ? { model: turn.model } : {}),
    ...('usage' in turn && turn.usage !== undefined ? { usage: turn.usage } : {}),
    ...('reason' in turn ? { reason: turn.reason } : {}),
  }
}

/** Short hashes of what a request is made of, by names that a person can look for. */
function partsOf({ system, tools, messages }: TurnRequest): Record<string, string> {
  const [first, ...later] = messages
  const opening = (first?.parts ?? []).map((part, at): [string, string] => [`part ${at + 2}`, short(part)])
  return {
    'part 1 (for all agents)': short(system),
    tools: short(tools),
    ...Object.fromEntries(opening),
    ...(later.length > 0 ? { 'the conversation since': short(later) } : {}),
  }
}

const short = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

/** A model that answers from a recording and from nowhere else. */
export function replayed({ models, answers }: Recording, file: string): (asker: Asker) => Model {
  const byRequest = new Map(answers.map((one) => [one.request, one]))
  return ({ agent, deliverable }) => {
    const name = models[agent] ?? ''
    let turn = 0
    return {
      name,
      turn: async (request, watch) => {
        turn++
        const found = byRequest.get(requestId(name, request))
        if (found === undefined) {
          const unheard =
            deliverable === READER && !answers.some((one) => one.deliverable === READER && one.turn === turn)
          // Where no answer came then, none comes now.
          if (unheard) return { outcome: 'failed', failure: 'network', reason: 'there was none', sent: false }
          throw mismatch({ deliverable, turn, request, answers, file })
        }
        const answer = answerSchema.parse(found.answer)
        for (const part of answer.reply) if (part.type === 'text') watch.onText?.(part.text)
        return answer
      },
    }
  }
}

interface Missed {
  readonly deliverable: string
  readonly turn: number
  readonly request: TurnRequest
  readonly answers: readonly RecordedAnswer[]
  readonly file: string
}

function mismatch({ deliverable, turn, request, answers, file }: Missed): UsageError {
  const before = answers.find((one) => one.deliverable === deliverable && one.turn === turn)
  const where = `turn ${turn} of ${deliverable}`
  if (before === undefined)
    return new UsageError(`${file} has no answer for ${where}; record again with --record, or design without --replay`)
  const now = partsOf(request)
  const changed = Object.keys({ ...before.parts, ...now }).filter((name) => before.parts[name] !== now[name])
  return new UsageError(
    `${file} was recorded with another prompt: in ${where}, ${changed.join(', ') || 'the length of replies'} changed since; ` +
      'replay with the requirements, options and version that it was recorded with, or record again',
  )
}
