// What may be put into a conversation again of what a model has said.
import type { ReplyPart } from './turn.js'

/** The parts of a reply that can be handed back: vendors refuse blank texts and halves of character pairs. */
export function solid(reply: readonly ReplyPart[]): ReplyPart[] {
  const parts = reply.filter((part) => part.type !== 'text' || part.text.trim() !== '')
  const says = parts.some(({ type }) => type !== 'vendor')
  return (says ? parts : []).map((part) =>
    part.type === 'text' ? { ...part, text: part.text.replace(/[\ud800-\udfff]/gu, '\ufffd') } : part,
  )
}
