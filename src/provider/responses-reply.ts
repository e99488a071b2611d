// Puts a reply together from OpenAI's stream of response events, and says what came of the turn.
import type {
  Response,
  ResponseOutputItem,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses'
import type { Json } from '../types.js'
import { ENDED_QUIETLY, isJson, usageWithin } from './reply.js'
import type { Gathered } from './stream.js'
import type { ReplyPart, Turn, Usage } from './turn.js'

/** An item of the output: as it was when it ended, or the pieces of it that came before the reply was cut. */
interface Item {
  done?: ResponseOutputItem
  text: string
}

/** An error that came as an event, in the form in which failures.ts looks for it. */
class ReplyError extends Error {
  constructor(readonly error: { readonly code: string | null; readonly message: string }) {
    super(error.message)
  }
}

/** Errors that are a refusal in other words. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid_prompt', 'bio_policy', 'image_content_policy_violation'])

export function responsesReply(name: string, onText: (text: string) => void): Gathered<ResponseStreamEvent> {
  const items = new Map<number, Item>()
  let begun = false
  let last: Response | undefined
  const itemAt = (at: number): Item => {
    const item = items.get(at) ?? { text: '' }
    items.set(at, item)
    return item
  }

  const add = (event: ResponseStreamEvent): void => {
    begun = true
    switch (event.type) {
      case 'response.output_text.delta':
        itemAt(event.output_index).text += event.delta
        onText(event.delta)
        return
      case 'response.output_item.done':
        itemAt(event.output_index).done = event.item
        return
      case 'response.completed':
      case 'response.incomplete':
        last = event.response
        return
      case 'response.failed':
        last = event.response
        if (!REFUSALS.has(last.error?.code ?? '')) throw new ReplyError(last.error ?? UNNAMED)
        return
      case 'error':
        throw new ReplyError(event)
    }
  }

  const turn = (): Turn => {
    if (last === undefined) return { outcome: 'invalid', reason: ENDED_QUIETLY }
    const { status, error, incomplete_details: incomplete, model, output, usage } = last
    // Servers that send no items on the way still send them all at the end.
    if (items.size === 0) for (const [at, item] of (output ?? []).entries()) itemAt(at).done = item
    const inOrder = [...items].sort(([a], [b]) => a - b).map(([, item]) => item)
    const reply = inOrder.flatMap((item) => partsOf(item, name))
    const counted = usageOf(usage)
    const answered = { reply, ...(counted && { usage: counted }), model: model ? `openai:${model}` : name }
    const refusal = inOrder.map(refusalOf).join('')
    if (refusal !== '') return { outcome: 'refused', reason: refusal, ...answered }
    if (error) return { outcome: 'refused', reason: error.message, ...answered }
    if (status === 'completed') {
      return { outcome: 'ok', stop: reply.some(({ type }) => type === 'tool-call') ? 'tools' : 'end', ...answered }
    }
    const reason = incomplete?.reason
    if (reason === 'max_output_tokens') return { outcome: 'truncated', limit: 'reply', ...answered }
    if (reason === 'content_filter') {
      return { outcome: 'refused', reason: "the vendor's content filter held the reply back", ...answered }
    }
    return { outcome: 'invalid', reason: `the reply ended for an unknown reason: ${reason ?? status}` }
  }
  return {
    add,
    get begun() {
      return begun
    },
    turn,
  }
}

const UNNAMED = { code: null, message: 'the reply failed without a reason' }

function partsOf({ done, text }: Item, name: string): ReplyPart[] {
  if (done === undefined) return text === '' ? [] : [{ type: 'text', text }]
  if (done.type === 'message') {
    const whole = done.content.flatMap((part) => (part.type === 'output_text' ? [part.text] : [])).join('')
    if (whole === '') return []
    const phase: ReplyPart[] = done.phase ? [{ type: 'vendor', value: { of: name, phase: done.phase } }] : []
    return [...phase, { type: 'text', text: whole }]
  }
  if (done.type === 'function_call') {
    // A call that the limit cut has no end.
    if (done.status === 'incomplete' && !isJson(done.arguments)) return []
    const input = done.arguments === '' ? '{}' : done.arguments
    return [{ type: 'tool-call', call: done.call_id, name: done.name, input }]
  }
  // A thought can only go back where it was sent along, encrypted.
  if (done.type !== 'reasoning' || !done.encrypted_content || done.status === 'incomplete') return []
  const { type, id, summary, encrypted_content } = done
  const item = { type, id, summary, encrypted_content }
  return [{ type: 'vendor', value: { of: name, item } as unknown as Json }]
}

function refusalOf({ done }: Item): string {
  if (done?.type !== 'message') return ''
  return done.content.flatMap((part) => (part.type === 'refusal' ? [part.refusal] : [])).join('')
}

/** Tokens that were kept count within those of the input here. */
function usageOf(usage: ResponseUsage | null | undefined): Usage | undefined {
  if (typeof usage?.input_tokens !== 'number' || typeof usage.output_tokens !== 'number') return undefined
  const { cached_tokens: read, cache_write_tokens: write } = usage.input_tokens_details ?? {}
  return usageWithin(usage.input_tokens, read, write, usage.output_tokens)
}
