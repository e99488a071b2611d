// Bytes of a requirements file to text, or a clear refusal; nothing else of intake ever sees a bad text.
import { UsageError } from '../errors.js'

export const LARGEST_TEXT = 100_000

const example =
  'Write what is to be predicted, for whom, from which data, e.g. "Predict which of our subscribers will cancel within 30 days. Billing tables land in S3 every night."'

/** @throws UsageError when the text is empty, too long or contains control characters. */
export const checkRequirements = (text: string, name = 'the requirements'): string => {
  if (text.length > LARGEST_TEXT || Buffer.byteLength(text, 'utf8') > LARGEST_TEXT)
    throw new UsageError(
      `${name}: expected at most ${LARGEST_TEXT.toLocaleString('en-US')} bytes, got ${Buffer.byteLength(text, 'utf8').toLocaleString('en-US')}. Keep the parts that say what is needed.`,
    )
  // Tab, line feed, form feed and carriage return are the control characters of a text.
  const control = [...text].findIndex((char) => (char < ' ' && !'\t\n\r\f'.includes(char)) || char === '\u007f')
  if (control >= 0)
    throw new UsageError(
      `${name}: expected plain text, got a control character at position ${control + 1}: this looks like a binary file. Give a UTF-8 text.`,
    )
  const plain = text
    .replace(/^\uFEFF/u, '')
    .replace(/\r\n?/gu, '\n')
    .trim()
  if (plain === '') throw new UsageError(`${name}: expected a description in words, got nothing. ${example}`)
  if (!/\p{L}{2}/u.test(plain)) throw new UsageError(`${name}: expected words, got "${plain.slice(0, 40)}". ${example}`)
  return plain
}

/** @throws UsageError also when the bytes are not UTF-8. */
export const decodeRequirements = (bytes: Uint8Array, name = 'the requirements'): string => {
  if (bytes.byteLength > LARGEST_TEXT)
    throw new UsageError(
      `${name}: expected at most ${LARGEST_TEXT.toLocaleString('en-US')} bytes, got ${bytes.byteLength.toLocaleString('en-US')}. Keep the parts that say what is needed.`,
    )
  if (bytes.includes(0))
    throw new UsageError(
      `${name}: expected plain text, got a NUL byte: this looks like a binary or UTF-16 file. Save it as UTF-8.`,
    )
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${name}: expected UTF-8, got bytes that are not. Save it as UTF-8.`)
  }
  return checkRequirements(text, name)
}
