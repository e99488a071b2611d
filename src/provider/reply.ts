// What both vendors' replies have in common when they are put together.

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
