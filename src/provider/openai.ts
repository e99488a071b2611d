// Calls models through OpenAI's own package: OpenAI's by responses, all others that speak its older dialect by chat completions.
import type OpenAI from 'openai'
import type { ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import type { Caller } from './call.js'
import { chatReply } from './chat-reply.js'
import { chatBody } from './chat-request.js'
import type { Access } from './models.js'
import { responsesReply } from './responses-reply.js'
import { responsesBody } from './responses-request.js'
import { type Calling, SILENT, streamingCaller } from './stream.js'
import { wireFetch } from './wire.js'

/** OpenAI's newer models think only where they are called by responses: with tools, chat completions are refused for them. */
export function openaiCaller(access: Access, calling: Calling): Caller {
  return streamingCaller<OpenAI, ResponseStreamEvent>(
    {
      name: access.name,
      open: () => openOpenai(access, calling),
      send: (client, request, signal) => client.responses.create(responsesBody(access, request), { signal }),
      gather: (_, onText) => responsesReply(access.name, onText),
    },
    calling,
  )
}

export function compatibleCaller(access: Access, calling: Calling): Caller {
  return streamingCaller<OpenAI, ChatCompletionChunk>(
    {
      name: access.name,
      open: () => openOpenai(access, calling),
      send: (client, request, signal) => client.chat.completions.create(chatBody(access.id, request), { signal }),
      gather: ({ messages }, onText) => chatReply(access.name, messages.length, onText),
    },
    calling,
  )
}

async function openOpenai(access: Access, { quiet }: Calling): Promise<OpenAI> {
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
