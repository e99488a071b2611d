// What a model is asked and what can come of it, in words that no vendor owns. A turn is one model call.
import type { Json } from '../types.js'

/** A tool as the model sees it; `schema` is the JSON Schema of its input. */
export interface ToolDescription {
  readonly name: string
  readonly description: string
  readonly schema: Json
}

export type UserPart =
  /** `shared`: other conversations begin with everything up to the end of this part too, so a vendor that keeps prefixes is told. */
  | { readonly type: 'text'; readonly text: string; readonly shared?: true }
  | { readonly type: 'tool-result'; readonly call: string; readonly text: string; readonly failed: boolean }

export type ReplyPart =
  | { readonly type: 'text'; readonly text: string }
  /** `input` as the model wrote it: JSON where all is well. */
  | { readonly type: 'tool-call'; readonly call: string; readonly name: string; readonly input: string }
  /** What only its vendor can read, and wants back as it was. */
  | { readonly type: 'vendor'; readonly value: Json }

export type Message =
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly parts: readonly ReplyPart[] }

/** Everything that a reply depends on, besides the model. */
export interface TurnRequest {
  /** The same for every conversation of a workflow, as `tools` are, so that vendors can keep both. */
  readonly system: string
  readonly tools: readonly ToolDescription[]
  readonly messages: readonly Message[]
  /** Most tokens that the reply may have. */
  readonly maxTokens: number
}

/** Tokens. All of the input is `input + cacheRead + cacheWrite`. */
export interface Usage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
}

interface Answered {
  /** Parts that arrived whole, in their order; the last text of a truncated reply may end anywhere. */
  readonly reply: readonly ReplyPart[]
  /** Absent where the vendor did not say. */
  readonly usage?: Usage
  /** Name of the model that answered, e.g. `anthropic:claude-opus-5-5`: with fallbacks it may be another than was asked. */
  readonly model: string
}

/** Why a call came to nothing. */
export type Failure =
  | 'key' // 401, 403: no other call with this key will do better
  | 'model' // 404: no such model
  | 'request' // 400, 413: the same request cannot succeed
  | 'context' // the request is longer than the model reads
  | 'rate' // 429 after all retries
  | 'server' // 408, 409, 5xx, 529 and error events, after all retries
  | 'network' // reset, DNS, no answer, after all retries
  | 'time' // the call's own limit of time

/** What comes of a turn. */
export type Turn =
  /** `stop`: the model is done (`end`), waits for results of its tool calls (`tools`), or wants to be asked to go on (`pause`). */
  | (Answered & { readonly outcome: 'ok'; readonly stop: 'end' | 'tools' | 'pause' })
  /** The reply was cut by `maxTokens` or by what the model can hold. */
  | (Answered & { readonly outcome: 'truncated'; readonly limit: 'reply' | 'context' })
  | (Answered & { readonly outcome: 'refused'; readonly reason: string })
  /** A reply that cannot be trusted: it ended without saying that it was complete, or was not in the vendor's form. */
  | { readonly outcome: 'invalid'; readonly reason: string }
  /** Not sent, because it could have cost more than is left. */
  | { readonly outcome: 'over budget'; readonly reason: string }
  /** `sent`: the request may have been answered and paid for, although no answer arrived. */
  | { readonly outcome: 'failed'; readonly failure: Failure; readonly reason: string; readonly sent: boolean }

/** Whom a call is made for, so that its cost can be told apart. */
export interface Spender {
  readonly agent: string
  /** Absent where the call serves none, as that which reads the requirements. */
  readonly deliverable?: string
}

/** What is told while a turn goes on. */
export interface Watch {
  readonly signal: AbortSignal
  readonly spender?: Spender
  /** The first sign of a reply: from now on the vendor holds the prefix that others share. Told again when the call is made again. */
  readonly onBegin?: () => void
  /** Each piece of text as it arrives. */
  readonly onText?: (text: string) => void
  /** A call may have been paid for, although its answer never arrived whole. The next one waits until this is noted. */
  readonly onLost?: (reason: string) => void | Promise<void>
  /** The call is made again after `wait` ms, here or at the next model: the text told so far counts no more. */
  readonly onAgain?: (reason: string, wait: number) => void
}

export interface Model {
  /** `vendor:id`, e.g. `anthropic:claude-opus-5-5`. */
  readonly name: string
  /** Gives an outcome and does not throw, but where it was aborted: then it throws the signal's reason. */
  turn(request: TurnRequest, watch: Watch): Promise<Turn>
}
