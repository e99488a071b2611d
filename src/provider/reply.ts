// What requests and replies of several vendors have in common.
import type { Usage, UserPart } from './turn.js'

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

/** A call without any input was not counted: gateways fill in zeros for what the server behind them did not say. */
export const countedUsage = (usage: Usage): Usage | undefined =>
  usage.input + usage.cacheRead + usage.cacheWrite > 0 ? usage : undefined

/** For vendors that count what was kept, or is kept now, within the input. */
export function usageWithin(
  all: number,
  read: number | null | undefined,
  write: number | null | undefined,
  output: number,
) {
  const cacheRead = Math.min(read ?? 0, all)
  const cacheWrite = Math.min(write ?? 0, all - cacheRead)
  return countedUsage({ input: all - cacheRead - cacheWrite, cacheRead, cacheWrite, output })
}
