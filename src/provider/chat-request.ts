// A turn's request in the words of chat completions, which many servers speak. The same request gives the same bytes.
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { argumentsOf, joinedText } from './reply.js'
import type { Message, TurnRequest } from './turn.js'

export function chatBody(id: string, request: TurnRequest): ChatCompletionCreateParamsStreaming {
  const { system, tools, messages, maxTokens } = request
  return {
    model: id,
    stream: true,
    stream_options: { include_usage: true },
    // OpenAI's own newer name for it is not known to all servers that speak the dialect.
    max_tokens: maxTokens,
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, schema }) => ({
            type: 'function' as const,
            function: { name, description, parameters: schema as Record<string, unknown> },
          })),
        }),
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...messages.flatMap(messagesOf),
    ],
  }
}

function messagesOf(message: Message): ChatCompletionMessageParam[] {
  if (message.role === 'user') {
    const results = message.parts.flatMap((part) =>
      part.type === 'tool-result' ? [{ role: 'tool' as const, tool_call_id: part.call, content: part.text }] : [],
    )
    // One text: servers that speak this dialect do not all take a list of parts.
    const content = joinedText(message.parts)
    return content === '' ? results : [...results, { role: 'user', content }]
  }
  const content = message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const calls = message.parts.flatMap((part): ChatCompletionMessageFunctionToolCall[] =>
    part.type === 'tool-call'
      ? [{ type: 'function', id: part.call, function: { name: part.name, arguments: argumentsOf(part.input) } }]
      : [],
  )
  if (content === '' && calls.length === 0) return []
  const said = content === '' ? { content: null } : { content }
  return [{ role: 'assistant', ...said, ...(calls.length === 0 ? {} : { tool_calls: calls }) }]
}
