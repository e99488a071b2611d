// What a file or a commit says must not drive the terminal that it is shown on.

/** Control characters as text: an escape sequence becomes `\x1b[…`, and nothing is hidden or moved. Line ends and tabs stay. */
export function visible(text: string): string {
  // Also what turns the direction of text around, so that a line reads as it runs.
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    if (character === '\n' || character === '\t') return character
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
