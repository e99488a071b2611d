// Requirements that a model reads are read before there is a plan: its calls go into the log of the run that then begins, and are
// recorded before and after like all others.
import { answerSchema, requestId } from '../provider/recorded.js'
import type { Model, TurnRequest } from '../provider/turn.js'
import { getRecorded } from '../record/blobs.js'
import { openRecord, type RunRecord } from '../record/record.js'
import type { RecordedAnswer } from '../record/recording.js'
import { readingAnswers } from './history.js'
import { openLedger, READER } from './ledger.js'

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
  const known = await knownIn(root)
  const ledger = openLedger({
    // An answer from an earlier log says nothing of this run, and where none begins there is nothing to keep.
    append: async (event) =>
      !asks || (event.type === 'turn-end' && event.recalled === true) ? undefined : record.append(event),
    putBlob: record.putBlob,
    known,
  })
  return { of: (model) => ledger.of(model, { agent: READER, deliverable: READER }), answers: ledger.answers, record }
}

/** Answers what was answered before and sends nothing; `missed` is told what would be sent. */
export async function recalling(root: string, name: string, missed: (request: TurnRequest) => void): Promise<Model> {
  const known = await knownIn(root)
  return {
    name,
    turn: async (request) => {
      const text = await known(requestId(name, request))
      if (text !== undefined) return answerSchema.parse(JSON.parse(text))
      missed(request)
      return { outcome: 'failed', failure: 'network', reason: 'nothing is sent', sent: false }
    },
  }
}

async function knownIn(root: string): Promise<(request: string) => Promise<string | undefined>> {
  const received = await readingAnswers(root)
  return async (request) => {
    const blob = received.get(request)
    return blob === undefined ? undefined : getRecorded(root, blob).catch(() => undefined)
  }
}
