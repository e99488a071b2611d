// A turn's request in the words of OpenAI's chat completions, which many servers speak. The same request gives the same bytes.
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import type { Access } from './models.js'
import type { Message, TurnRequest, UserPart } from './turn.js'

export function openaiBody({ vendor, id }: Access, request: TurnRequest): ChatCompletionCreateParamsStreaming {
  const { system, tools, messages, maxTokens } = request
  return {
    model: id,
    stream: true,
    stream_options: { include_usage: true },
    // The vendor's newer models know only the one, other servers often only the other.
    ...(vendor === 'openai' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
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
    const content = joined(message.parts)
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

/** One text: servers that speak this dialect do not all take a list of parts. */
function joined(parts: readonly UserPart[]): string {
  let text = ''
  for (const part of parts) {
    if (part.type !== 'text' || part.text === '') continue
    text += text === '' || text.endsWith('\n') ? part.text : `\n${part.text}`
  }
  return text
}

/** Servers that render arguments into a template of their own fail on what is not JSON, so that goes back wrapped. */
function argumentsOf(text: string): string {
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify({ INVALID_JSON: text })
  }
}
