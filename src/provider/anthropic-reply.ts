// Puts a reply together from Anthropic's stream of events, and says what came of the turn.
import type { RawMessageStreamEvent, RefusalStopDetails } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Json } from '../types.js'
import { countedUsage, ENDED_QUIETLY, isJson } from './reply.js'
import type { Gathered } from './stream.js'
import type { ReplyPart, Turn, Usage } from './turn.js'

type Fields = { [key: string]: Json }
interface Block {
  readonly fields: Fields
  /** JSON of a tool's input, piece by piece. */
  input: string
  ended: boolean
}

/** `name` is the model as asked for: the vendor may say a more exact one. */
export function anthropicReply(name: string, onText: (text: string) => void): Gathered<RawMessageStreamEvent> {
  const blocks = new Map<number, Block>()
  let begun = false
  let model = ''
  let usage: Partial<Record<string, number | null>> | undefined
  let stop: string | null | undefined
  let details: RefusalStopDetails | null | undefined
  let complete = false

  const add = (event: RawMessageStreamEvent): void => {
    begun = true
    switch (event.type) {
      case 'message_start':
        model = event.message?.model ?? ''
        usage = numbers(event.message?.usage)
        return
      case 'content_block_start':
        blocks.set(event.index, { fields: { ...(event.content_block as unknown as Fields) }, input: '', ended: false })
        return
      case 'content_block_delta': {
        const block = blocks.get(event.index)
        if (block === undefined) return
        const { delta } = event
        if (delta.type === 'text_delta') {
          append(block.fields, 'text', delta.text)
          onText(delta.text)
        } else if (delta.type === 'input_json_delta') block.input += delta.partial_json
        else if (delta.type === 'thinking_delta') append(block.fields, 'thinking', delta.thinking)
        else if (delta.type === 'signature_delta') append(block.fields, 'signature', delta.signature)
        return
      }
      case 'content_block_stop': {
        const block = blocks.get(event.index)
        if (block !== undefined) block.ended = true
        return
      }
      case 'message_delta':
        stop = event.delta?.stop_reason ?? stop
        details = event.delta?.stop_details ?? details
        // What comes last counts for all of the reply, but may leave out what did not change.
        usage = { ...usage, ...numbers(event.usage) }
        return
      case 'message_stop':
        complete = true
    }
  }

  const turn = (): Turn => {
    if (stop === undefined || stop === null || !complete) {
      return { outcome: 'invalid', reason: ENDED_QUIETLY }
    }
    const cut = stop === 'max_tokens' || stop === 'model_context_window_exceeded'
    const inOrder = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => block)
    const reply = inOrder.flatMap((block, at) => partOf(block, cut && at === inOrder.length - 1, name))
    const counted = usageOf(usage)
    const answered = { reply, ...(counted && { usage: counted }), model: model === '' ? name : `anthropic:${model}` }
    switch (stop) {
      case 'end_turn':
      case 'stop_sequence':
        return { outcome: 'ok', stop: reply.some(({ type }) => type === 'tool-call') ? 'tools' : 'end', ...answered }
      case 'tool_use':
        return { outcome: 'ok', stop: 'tools', ...answered }
      case 'pause_turn':
        return { outcome: 'ok', stop: 'pause', ...answered }
      case 'max_tokens':
        return { outcome: 'truncated', limit: 'reply', ...answered }
      case 'model_context_window_exceeded':
        return { outcome: 'truncated', limit: 'context', ...answered }
      case 'refusal':
        return { outcome: 'refused', reason: refusalOf(details), ...answered }
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

function append(fields: Fields, name: string, piece: string): void {
  fields[name] = `${typeof fields[name] === 'string' ? fields[name] : ''}${piece}`
}

/** `cut`: the block may have been cut by a limit, and only a text is of use then. */
function partOf({ fields, input, ended }: Block, cut: boolean, name: string): ReplyPart[] {
  const whole = ended && !cut
  if (fields.type === 'text') return [{ type: 'text', text: String(fields.text ?? '') }]
  if (fields.type === 'tool_use') {
    const text = input === '' ? JSON.stringify(fields.input ?? {}) : input
    if (!whole && !isJson(text)) return []
    return [{ type: 'tool-call', call: String(fields.id), name: String(fields.name), input: text }]
  }
  // A thought without its signature is not taken back.
  const unsigned = fields.type === 'thinking' && (fields.signature === undefined || fields.signature === '')
  if (!whole && unsigned) return []
  const block = input !== '' && isJson(input) ? { ...fields, input: JSON.parse(input) as Json } : fields
  return [{ type: 'vendor', value: { of: name, block } }]
}

const refusalOf = (details: RefusalStopDetails | null | undefined): string =>
  [details?.category, details?.explanation].filter((part) => typeof part === 'string' && part !== '').join(': ') ||
  'the model refused and gave no reason'

/** Only what is really a number: the rest is null or not said. */
function numbers(usage: object | null | undefined): Record<string, number> | undefined {
  if (usage === undefined || usage === null) return undefined
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => typeof value === 'number'))
}

function usageOf(usage: Partial<Record<string, number | null>> | undefined): Usage | undefined {
  const { input_tokens: input, output_tokens: output } = usage ?? {}
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  const { cache_read_input_tokens: read, cache_creation_input_tokens: write } = usage ?? {}
  return countedUsage({ input, cacheRead: read ?? 0, cacheWrite: write ?? 0, output })
}
