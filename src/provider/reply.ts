// What requests and replies of several vendors have in common.
import type { UserPart } from './turn.js'

export const ENDED_QUIETLY = 'the reply ended quietly, without saying that it was complete'

/** Whether a tool's input arrived as JSON; a cut one did not. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A tool's input on its way back. Servers that put it into a template of their own fail on what is not JSON, so that goes wrapped. */
export const argumentsOf = (input: string): string => (isJson(input) ? input : JSON.stringify({ INVALID_JSON: input }))

/** The texts of a message as one. */
export function joinedText(parts: readonly UserPart[]): string {
  let text = ''
  for (const part of parts) {
    if (part.type !== 'text' || part.text === '') continue
    text += text === '' || text.endsWith('\n') ? part.text : `\n${part.text}`
  }
  return text
}
