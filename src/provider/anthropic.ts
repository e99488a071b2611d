// Calls Anthropic's messages through the vendor's own package, which is loaded with the first call and not before.
import type Anthropic from '@anthropic-ai/sdk'
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages'
import { anthropicReply } from './anthropic-reply.js'
import { anthropicBody } from './anthropic-request.js'
import type { Caller } from './call.js'
import type { Access } from './models.js'
import { type Calling, SILENT, streamingCaller } from './stream.js'
import { wireFetch } from './wire.js'

export function anthropicCaller(access: Access, calling: Calling): Caller {
  return streamingCaller<Anthropic, RawMessageStreamEvent>(
    {
      name: access.name,
      open: () => openAnthropic(access, calling),
      send: (client, request, signal) => client.messages.create(anthropicBody(access.id, request), { signal }),
      gather: (_, onText) => anthropicReply(access.name, onText),
    },
    calling,
  )
}

async function openAnthropic(access: Access, { quiet }: Calling): Promise<Anthropic> {
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
