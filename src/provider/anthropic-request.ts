// A turn's request in Anthropic's words. The same request always gives the same bytes.
import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { Json } from '../types.js'
import type { Message, ReplyPart, TurnRequest, UserPart } from './turn.js'

const KEEP: CacheControlEphemeral = { type: 'ephemeral' }
/** Four prefixes may be kept: the system text with the tools before it, the whole, and two that are shared. */
const MOST_SHARED = 2

export function anthropicBody(id: string, request: TurnRequest): MessageCreateParamsStreaming {
  const { system, tools, messages, maxTokens } = request
  const kept = keptParts(messages)
  return {
    model: id,
    max_tokens: maxTokens,
    stream: true,
    ...(system.trim() === '' ? {} : { system: [{ type: 'text', text: system, cache_control: KEEP }] }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    messages: messages
      .map((message) => messageOf(message, kept, `anthropic:${id}`))
      .filter(({ content }) => content.length > 0),
  }
}

const toolOf = ({ name, description, schema }: TurnRequest['tools'][number]): Tool => ({
  name,
  description,
  input_schema: schema as unknown as Tool['input_schema'],
})

/** Parts after which the vendor is asked to keep the prefix: the last shared ones, and the end of all, for the next turn. */
function keptParts(messages: readonly Message[]): ReadonlySet<UserPart> {
  const sendable = messages.flatMap((message) => (message.role === 'user' ? sent(message.parts) : []))
  const shared = sendable.filter((part) => part.type === 'text' && part.shared === true)
  return new Set([...shared.slice(-MOST_SHARED), ...sendable.slice(-1)])
}

function messageOf(
  message: Message,
  kept: ReadonlySet<UserPart>,
  name: string,
): MessageParam & { content: ContentBlockParam[] } {
  if (message.role === 'assistant') {
    return { role: 'assistant', content: message.parts.flatMap((part) => replyBlock(part, name)) }
  }
  return { role: 'user', content: sent(message.parts).map((part) => userBlock(part, kept.has(part))) }
}

/** Results have to stand first in a message; the order among them and among the texts stays. */
const sent = (parts: readonly UserPart[]): UserPart[] => [
  ...parts.filter((part) => part.type === 'tool-result'),
  ...parts.filter((part) => part.type === 'text' && part.text.trim() !== ''),
]

function userBlock(part: UserPart, keep: boolean): TextBlockParam | ToolResultBlockParam {
  const mark = keep ? { cache_control: KEEP } : {}
  if (part.type === 'text') return { type: 'text', text: part.text, ...mark }
  const failed = part.failed ? { is_error: true } : {}
  return { type: 'tool_result', tool_use_id: part.call, content: part.text, ...failed, ...mark }
}

/** A text of spaces is refused by the vendor, although its models write them; and a thought, by all models but the one that had it. */
function replyBlock(part: ReplyPart, name: string): ContentBlockParam[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }]
  if (part.type === 'vendor') {
    const { of, block } = part.value as { readonly of?: string; readonly block?: unknown }
    return of === name ? [block as ContentBlockParam] : []
  }
  return [{ type: 'tool_use', id: part.call, name: part.name, input: inputOf(part.input) }]
}

/** An input has to be an object here; one that is not goes back wrapped, so that the model sees what it wrote. */
function inputOf(text: string): Record<string, Json> {
  try {
    const value = JSON.parse(text) as Json
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {}
  return { INVALID_JSON: text }
}
