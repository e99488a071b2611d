// Calls chat completions through OpenAI's own package, at OpenAI or at any server that speaks the same dialect.
import type OpenAI from 'openai'
import { type Calling, SILENT } from './anthropic.js'
import type { Caller } from './call.js'
import { failureOf, shortReason } from './failures.js'
import type { Access } from './models.js'
import { openaiReply } from './openai-reply.js'
import { openaiBody } from './openai-request.js'
import { wireFetch } from './wire.js'

export function openaiCaller(access: Access, { redact, now, quiet }: Calling): Caller {
  let opened: Promise<OpenAI> | undefined
  let answeredBefore = false
  const open = async (): Promise<OpenAI> => {
    const { default: Client } = await import('openai')
    return new Client({
      baseURL: access.baseUrl,
      // The package insists on some key; a server that needs none is not to get an invented one.
      ...(access.key === undefined
        ? { apiKey: 'none', defaultHeaders: { Authorization: null } }
        : { apiKey: access.key }),
      adminAPIKey: null,
      organization: access.organization ?? null,
      project: access.project ?? null,
      webhookSecret: null,
      // Retries have one owner, and it is not the package: see retry.ts.
      maxRetries: 0,
      timeout: quiet * 2,
      fetch: wireFetch(quiet),
      logger: SILENT,
      logLevel: 'off',
    })
  }
  return {
    name: access.name,
    async call(request, { signal, onBegin, onText }) {
      signal.throwIfAborted()
      const reply = openaiReply(access.name, request.messages.length, (text) => onText?.(text))
      try {
        opened ??= open()
        const client = await opened
        const chunks = await client.chat.completions.create(openaiBody(access, request), { signal })
        for await (const chunk of chunks) {
          if (!reply.begun) onBegin?.()
          reply.add(chunk)
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
