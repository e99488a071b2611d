// Calls Anthropic's messages through the vendor's own package, which is loaded with the first call and not before.
import type Anthropic from '@anthropic-ai/sdk'
import { anthropicReply } from './anthropic-reply.js'
import { anthropicBody } from './anthropic-request.js'
import type { Caller } from './call.js'
import { failureOf, shortReason } from './failures.js'
import type { Access } from './models.js'
import type { Redact } from './redact.js'
import { wireFetch } from './wire.js'

export interface Calling {
  readonly redact: Redact
  readonly now: () => number
  /** Most ms without a byte. */
  readonly quiet: number
}

/** The packages talk to the console when asked by variables of their own, with headers and bodies in what they say. */
export const SILENT = { error() {}, warn() {}, info() {}, debug() {} }

export function anthropicCaller(access: Access, { redact, now, quiet }: Calling): Caller {
  let opened: Promise<Anthropic> | undefined
  let answeredBefore = false
  const open = async (): Promise<Anthropic> => {
    const { default: Client } = await import('@anthropic-ai/sdk')
    return new Client({
      baseURL: access.baseUrl,
      ...(access.token ? { authToken: access.key ?? null } : { apiKey: access.key ?? null }),
      // Retries have one owner, and it is not the package: see retry.ts.
      maxRetries: 0,
      timeout: quiet * 2,
      fetch: wireFetch(quiet),
      logger: SILENT,
      logLevel: 'off',
      openTelemetry: false,
    })
  }
  return {
    name: access.name,
    async call(request, { signal, onBegin, onText }) {
      signal.throwIfAborted()
      const reply = anthropicReply(access.name, (text) => onText?.(text))
      try {
        opened ??= open()
        const client = await opened
        const events = await client.messages.create(anthropicBody(access.id, request), { signal })
        for await (const event of events) {
          if (!reply.begun) onBegin?.()
          reply.add(event)
        }
      } catch (error) {
        signal.throwIfAborted()
        return failureOf(error, { begun: reply.begun, answeredBefore, redact, now })
      }
      // The package ends the stream of an aborted request without a word.
      signal.throwIfAborted()
      answeredBefore = true
      const turn = reply.turn()
      return { turn: 'reason' in turn ? { ...turn, reason: shortReason(redact(turn.reason)) } : turn }
    },
  }
}
