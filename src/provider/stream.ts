// What calls of all vendors have in common: open once, send, gather the stream, and say what came of it.
import type { Caller } from './call.js'
import { failureOf, shortReason } from './failures.js'
import type { Redact } from './redact.js'
import type { Turn, TurnRequest } from './turn.js'

export interface Calling {
  readonly redact: Redact
  readonly now: () => number
  /** Most ms without a byte. */
  readonly quiet: number
}

/** A reply that is being put together. */
export interface Gathered<Event> {
  add(event: Event): void
  /** Whether anything of it has come. */
  readonly begun: boolean
  turn(): Turn
}

export interface Wire<Client, Event> {
  readonly name: string
  /** Loads the vendor's package. */
  readonly open: () => Promise<Client>
  readonly send: (client: Client, request: TurnRequest, signal: AbortSignal) => Promise<AsyncIterable<Event>>
  readonly gather: (request: TurnRequest, onText: (text: string) => void) => Gathered<Event>
}

/** The packages talk to the console when asked by variables of their own, with headers and bodies in what they say. */
export const SILENT = { error() {}, warn() {}, info() {}, debug() {} }

export function streamingCaller<Client, Event>(wire: Wire<Client, Event>, { redact, now }: Calling): Caller {
  let opened: Promise<Client> | undefined
  let answeredBefore = false
  return {
    name: wire.name,
    async call(request, { signal, onBegin, onText }) {
      signal.throwIfAborted()
      const reply = wire.gather(request, (text) => onText?.(text))
      try {
        opened ??= wire.open()
        for await (const event of await wire.send(await opened, request, signal)) {
          if (!reply.begun) onBegin?.()
          reply.add(event)
        }
      } catch (error) {
        signal.throwIfAborted()
        return failureOf(error, { begun: reply.begun, answeredBefore, redact, now })
      }
      // The packages end the stream of an aborted request without a word.
      signal.throwIfAborted()
      answeredBefore = true
      const turn = reply.turn()
      return { turn: 'reason' in turn ? { ...turn, reason: shortReason(redact(turn.reason)) } : turn }
    },
  }
}
