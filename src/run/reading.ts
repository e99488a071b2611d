// Requirements that a model reads are read before there is a plan: its calls go into the log of the run that then begins, and are
// recorded before and after like all others.
import { requestId } from '../provider/recorded.js'
import type { Model, TurnRequest } from '../provider/turn.js'
import { openRecord, type RunRecord } from '../record/record.js'
import type { RecordedAnswer } from '../record/recording.js'
import { readingAnswers } from './history.js'
import { openLedger, READER, recalled } from './ledger.js'

export interface Reading {
  /** The same model, with every call recorded; what was once answered is not asked again. */
  of(model: Model): Model
  answers(): readonly RecordedAnswer[]
  /** The log that the run goes on with. */
  readonly record: RunRecord
}

/** `asks`: calls are really made; those that a recording answers cost nothing and are not kept. */
export async function openReading(root: string, clock: () => number, asks: boolean): Promise<Reading> {
  const record = openRecord(root, { clock })
  const ledger = openLedger({
    // An answer from an earlier log says nothing of this run, and where none begins there is nothing to keep.
    append: async (event) =>
      !asks || (event.type === 'turn-end' && event.recalled === true) ? undefined : record.append(event),
    received: await readingAnswers(root),
  })
  return { of: (model) => ledger.of(model, { agent: READER, deliverable: READER }), answers: ledger.answers, record }
}

/** Answers what was answered before and sends nothing; `missed` is told what would be sent. */
export async function recalling(root: string, name: string, missed: (request: TurnRequest) => void): Promise<Model> {
  const received = await readingAnswers(root)
  return {
    name,
    turn: async (request) => {
      const answer = recalled(received, requestId(name, request))
      if (answer !== undefined) return answer
      missed(request)
      return { outcome: 'failed', failure: 'network', reason: 'nothing is sent', sent: false }
    },
  }
}
