// How many tokens a text may have, where nobody has counted: a quarter of its bytes, and more where a model proved to count more.
import type { Message, ReplyPart, TurnRequest, Usage } from './turn.js'

/** Texts full of names and brackets have more tokens than prose. */
const MARGIN = 1.2
const BYTES_PER_TOKEN = 4

export interface InputMeasure {
  /** Tokens that the request has at most, as far as is known. */
  estimate(request: TurnRequest): number
  /** Takes note where a model counts more than was thought. */
  learn(request: TurnRequest, usage: Usage): void
}

export function inputTokens(): InputMeasure {
  let margin = MARGIN
  return {
    estimate: (request) => Math.ceil(plainTokens(request) * margin),
    learn: (request, { input, cacheRead, cacheWrite }) => {
      const plain = plainTokens(request)
      if (plain > 0) margin = Math.max(margin, ((input + cacheRead + cacheWrite) / plain) * 1.05)
    },
  }
}

export const outputTokens = (reply: readonly ReplyPart[]): number =>
  Math.ceil((reply.reduce((sum, part) => sum + bytesOf(part), 0) / BYTES_PER_TOKEN) * MARGIN)

export const textTokens = (bytes: number): number => Math.ceil(Math.ceil(bytes / BYTES_PER_TOKEN) * MARGIN)

function plainTokens({ system, tools, messages }: TurnRequest): number {
  const said = messages.reduce((sum, message) => sum + bytesIn(message), 0)
  const described = tools.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(tools))
  return Math.ceil((Buffer.byteLength(system) + described + said) / BYTES_PER_TOKEN)
}

const bytesIn = (message: Message): number =>
  message.role === 'user'
    ? message.parts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
    : message.parts.reduce((sum, part) => sum + bytesOf(part), 0)

function bytesOf(part: ReplyPart): number {
  if (part.type === 'text') return Buffer.byteLength(part.text)
  if (part.type === 'tool-call') return Buffer.byteLength(part.name) + Buffer.byteLength(part.input)
  return Buffer.byteLength(JSON.stringify(part.value))
}
