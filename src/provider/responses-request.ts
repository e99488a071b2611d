// A turn's request in the words of OpenAI's responses. Nothing is kept there: each request brings the whole conversation.
import type { ResponseCreateParamsStreaming, ResponseInputItem } from 'openai/resources/responses/responses'
import type { Access } from './models.js'
import { argumentsOf, joinedText } from './reply.js'
import type { Message, ReplyPart, TurnRequest } from './turn.js'

export function responsesBody({ id, name }: Access, request: TurnRequest): ResponseCreateParamsStreaming {
  const { system, tools, messages, maxTokens } = request
  return {
    model: id,
    stream: true,
    store: false,
    max_output_tokens: maxTokens,
    ...(system.trim() === '' ? {} : { instructions: system }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name: tool, description, schema }) => ({
            type: 'function' as const,
            name: tool,
            description,
            parameters: schema as Record<string, unknown>,
            // Said, because the default is strict, which takes only a part of JSON Schema.
            strict: false,
          })),
        }),
    input: messages.flatMap((message) => itemsOf(message, name)),
  }
}

function itemsOf(message: Message, name: string): ResponseInputItem[] {
  if (message.role === 'user') {
    const results = message.parts.flatMap((part): ResponseInputItem[] =>
      part.type === 'tool-result' ? [{ type: 'function_call_output', call_id: part.call, output: part.text }] : [],
    )
    const content = joinedText(message.parts)
    return content === '' ? results : [...results, { role: 'user', content }]
  }
  let phase: Phase | undefined
  return message.parts.flatMap((part): ResponseInputItem[] => {
    if (part.type === 'vendor') {
      const own = ownPart(part, name)
      phase = own?.phase ?? phase
      return own?.item === undefined ? [] : [own.item]
    }
    if (part.type === 'tool-call') {
      return [{ type: 'function_call', call_id: part.call, name: part.name, arguments: argumentsOf(part.input) }]
    }
    const said = phase
    phase = undefined
    return part.text === '' ? [] : [{ role: 'assistant', content: part.text, ...(said && { phase: said }) }]
  })
}

type Phase = 'commentary' | 'final_answer'

/** What only the model that wrote it can read: a thought, or in which phase the text after it was said. */
function ownPart(part: Extract<ReplyPart, { type: 'vendor' }>, name: string) {
  const value = part.value as { readonly of?: string; readonly item?: ResponseInputItem; readonly phase?: Phase }
  return value.of === name ? value : undefined
}
