// Puts a reply together from a stream of chat completion chunks, and says what came of the turn.
import type { ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import { ENDED_QUIETLY, isJson, usageWithin } from './reply.js'
import type { Gathered } from './stream.js'
import type { ReplyPart, Turn, Usage } from './turn.js'

interface Call {
  id: string
  name: string
  input: string
}

/** `name` is `vendor:id` as asked for; `messages` tells the calls of one turn from those of another where a server names none. */
export function chatReply(
  name: string,
  messages: number,
  onText: (text: string) => void,
): Gathered<ChatCompletionChunk> {
  const calls = new Map<number, Call>()
  const vendor = name.slice(0, name.indexOf(':'))
  let begun = false
  let model = ''
  let text = ''
  let refusal = ''
  let stop: string | undefined
  let usage: CompletionUsage | null | undefined

  const addCall = (delta: ChatCompletionChunk.Choice.Delta.ToolCall): void => {
    const at = indexOf(delta, calls)
    const call = calls.get(at) ?? { id: '', name: '', input: '' }
    calls.set(at, call)
    if (delta.id) call.id = delta.id
    // Some servers say the name again with every piece.
    if (delta.function?.name && call.name !== delta.function.name) call.name += delta.function.name
    call.input += delta.function?.arguments ?? ''
  }
  const add = (chunk: ChatCompletionChunk): void => {
    begun = true
    if (typeof chunk.model === 'string' && chunk.model !== '') model = chunk.model
    usage = chunk.usage ?? usage
    // The chunk that brings the usage has no choice.
    const choice = chunk.choices?.[0]
    if (choice === undefined) return
    const { content, refusal: refused, tool_calls: deltas } = choice.delta ?? {}
    if (content) {
      text += content
      onText(content)
    }
    if (refused) refusal += refused
    for (const delta of deltas ?? []) addCall(delta)
    stop = choice.finish_reason ?? stop
  }

  const turn = (): Turn => {
    // The reason comes with the last piece of content. The closing [DONE] adds nothing to it, and not every server sends one.
    if (stop === undefined) {
      return { outcome: 'invalid', reason: ENDED_QUIETLY }
    }
    const inOrder = [...calls].sort(([a], [b]) => a - b).map(([at, call]) => ({ ...call, at }))
    const made = inOrder.flatMap(({ id, name: tool, input, at }, place): ReplyPart[] => {
      if (stop === 'length' && place === inOrder.length - 1 && !isJson(input)) return []
      const call = id === '' ? `call_${messages}_${at}` : id
      return [{ type: 'tool-call', call, name: tool, input: input === '' ? '{}' : input }]
    })
    const reply: ReplyPart[] = [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...made]
    const counted = usageOf(usage)
    const answered = { reply, ...(counted && { usage: counted }), model: model === '' ? name : `${vendor}:${model}` }
    if (refusal !== '') return { outcome: 'refused', reason: refusal, ...answered }
    switch (stop) {
      case 'stop':
      case 'tool_calls':
        // Servers differ in which of the two they say after calls.
        return { outcome: 'ok', stop: made.length > 0 ? 'tools' : 'end', ...answered }
      case 'length':
        return { outcome: 'truncated', limit: 'reply', ...answered }
      case 'content_filter':
        return { outcome: 'refused', reason: "the vendor's content filter held the reply back", ...answered }
      default:
        return { outcome: 'invalid', reason: `the reply ended for an unknown reason: ${stop}` }
    }
  }
  return {
    add,
    get begun() {
      return begun
    },
    turn,
  }
}

/** Pieces belong together by index; where a server gives none, a new id begins a call and the rest goes on with the last. */
function indexOf(delta: ChatCompletionChunk.Choice.Delta.ToolCall, calls: ReadonlyMap<number, Call>): number {
  if (typeof delta.index === 'number') return delta.index
  const known = [...calls].find(([, { id }]) => id !== '' && id === delta.id)
  if (known !== undefined) return known[0]
  return delta.id || calls.size === 0 ? calls.size : calls.size - 1
}

/** Tokens that were kept count within those of the prompt here. */
function usageOf(usage: CompletionUsage | null | undefined): Usage | undefined {
  if (typeof usage?.prompt_tokens !== 'number' || typeof usage.completion_tokens !== 'number') return undefined
  const { cached_tokens: read, cache_write_tokens: write } = usage.prompt_tokens_details ?? {}
  return usageWithin(usage.prompt_tokens, read, write, usage.completion_tokens)
}
