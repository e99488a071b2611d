// Every way in which a request can come to nothing, in the words of turn.ts; both vendors' errors have the same shape here.
import type { Tried } from './call.js'
import type { Redact } from './redact.js'
import type { Failure, Turn } from './turn.js'
import { Endless, NoStream, Silence } from './wire.js'

/** What both packages' errors have; a class of one of them would load it. */
interface ApiError extends Error {
  readonly status?: unknown
  readonly headers?: unknown
  readonly error?: unknown
  readonly requestID?: unknown
}

export interface Circumstances {
  /** Whether any part of a reply had arrived. */
  readonly begun: boolean
  /** Whether an earlier call was answered, so that connections may have been kept. */
  readonly answeredBefore: boolean
  readonly redact: Redact
  readonly now: () => number
}

type Failed = Extract<Turn, { outcome: 'failed' }>

/** What an error of a vendor's package, of the network or of our own limit means. */
export function failureOf(thrown: unknown, about: Circumstances): Tried {
  const error: ApiError = thrown instanceof Error ? thrown : new Error(String(thrown))
  const chain = causes(error)
  const failed = (failure: Failure, sent: boolean, ...parts: (string | undefined)[]): Failed => ({
    outcome: 'failed',
    failure,
    reason: shortReason(about.redact(parts.filter((part) => part !== undefined && part !== '').join('; '))),
    sent,
  })
  const silence = chain.find((one) => one instanceof Silence)
  if (silence !== undefined) return { turn: failed('time', true, silence.message) }
  const unexpected = chain.find(
    (one) => one instanceof NoStream || one instanceof Endless || one instanceof SyntaxError,
  )
  if (unexpected !== undefined) {
    const said = unexpected instanceof SyntaxError ? 'an event of the reply is not valid JSON' : unexpected.message
    return { turn: { outcome: 'invalid', reason: shortReason(about.redact(said)) } }
  }
  const body = bodyOf(error)
  const request = typeof error.requestID === 'string' ? `request ${error.requestID}` : undefined
  if (typeof error.status === 'number') {
    const turn = failed(
      ofStatus(error.status, body),
      UNCERTAIN.has(error.status),
      statusLine(error.status, body),
      request,
    )
    const retryAfter = waitOf(error.headers, about.now())
    return retryAfter === undefined ? { turn } : { turn, retryAfter }
  }
  if (body.type !== undefined || body.message !== undefined) {
    // No status, but a body: an error event within a reply that had begun with 200.
    const what = `error in mid-reply: ${body.type ?? body.code ?? 'unnamed'}`
    return { turn: failed(ofEvent(body), true, what, body.message, request) }
  }
  if (!fromNetwork(chain)) {
    const turn: Turn = {
      outcome: 'invalid',
      reason: shortReason(about.redact(`a reply in no known form: ${error.message}`)),
    }
    return { turn }
  }
  return network(chain, about, failed)
}

/** What the platform's fetch throws, beside which only a reply that surprised our own code can throw anything. */
const fromNetwork = (chain: readonly Error[]): boolean =>
  chain.some((one) => ('code' in one && typeof one.code === 'string') || FETCH.test(one.message))
const FETCH = /terminated|fetch failed|other side closed|timed out|connection error/i

function network(
  chain: readonly Error[],
  about: Circumstances,
  failed: (failure: Failure, sent: boolean, ...parts: string[]) => Failed,
): Tried {
  const codes = chain.flatMap((one) => ('code' in one && typeof one.code === 'string' ? [one.code] : []))
  const code = codes[0]
  const last = chain.at(-1)?.message ?? ''
  const never = codes.some((one) => NEVER_SENT.has(one))
  const advice = codes.some((one) => one === 'ENOTFOUND' || one === 'EAI_AGAIN')
    ? 'the host name cannot be resolved'
    : ''
  const what = about.begun ? 'the reply was cut' : 'no connection'
  const turn = failed('network', !never, `${what}: ${[advice, code ?? last].filter((part) => part !== '').join(', ')}`)
  const closed = codes.some((one) => one === 'ECONNRESET' || one === 'EPIPE' || one === 'UND_ERR_SOCKET')
  return closed && !about.begun && about.answeredBefore ? { turn, stale: true } : { turn }
}

/** Somebody on the way stopped waiting: what stands behind him may have gone on, and be on the bill. */
const UNCERTAIN: ReadonlySet<number> = new Set([408, 499, 502, 504, 520, 522, 524])

/** The request cannot have been read by anybody. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_INVALID_URL', 'ERR_SSL_WRONG_VERSION_NUMBER'],
])

interface Body {
  readonly type?: string
  readonly code?: string
  readonly message?: string
}

/** One vendor's package keeps the whole body, the other only what lies in its `error`. */
function bodyOf({ error }: ApiError): Body {
  const outer = record(error)
  const inner = record(outer?.error) ?? outer
  if (inner === undefined) return typeof error === 'string' ? { message: error } : {}
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  const code = typeof inner.code === 'number' ? String(inner.code) : text(inner.code)
  const [type, message] = [text(inner.type), text(inner.message) ?? text(inner.detail)]
  return { ...(type && { type }), ...(code && { code }), ...(message && { message }) }
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined

const statusLine = (status: number, { type, code, message }: Body): string =>
  [...new Set([String(status), code ?? type, message])].filter((part) => part !== undefined).join(' ')

/** How servers say that a request is longer than their model reads: a code of its own at one, words at the others. */
const TOO_LONG =
  /context_length_exceeded|exceed_context_size|prompt is too long|maximum context length|exceeds? (the |its )?(available |model'?s? )?context|context (window|length|size|limit)/i
/** Gateways say it with 400. */
const NO_MODEL = /model_not_found|invalid model name|model [^ ]+ (does not exist|not found)/i
const OUT_OF_MONEY = /insufficient_quota|billing|credit balance|spend limit|payment/i

function ofStatus(status: number, { type, code, message }: Body): Failure {
  const said = `${type} ${code} ${message}`
  if (status === 401 || status === 402 || status === 403 || status === 407) return 'key'
  // Nothing is wrong with the request or the pace of it: the account behind the key cannot pay.
  if ((status === 429 || status === 400) && OUT_OF_MONEY.test(said)) return 'key'
  if (status === 404) return 'model'
  if (status === 429) return 'rate'
  if (status === 408 || status === 409 || status === 425 || status === 499 || status >= 500) return 'server'
  if (NO_MODEL.test(said)) return 'model'
  return TOO_LONG.test(said) ? 'context' : 'request'
}

/** Gateways give the status of the vendor behind them as a code. */
function ofEvent(body: Body): Failure {
  if (/^[45]\d\d$/.test(body.code ?? '')) return ofStatus(Number(body.code), body)
  const kind = OF_TYPE.find(([pattern]) => pattern.test(`${body.type} ${body.code}`))?.[1] ?? 'server'
  return kind === 'request' && TOO_LONG.test(`${body.code} ${body.message}`) ? 'context' : kind
}

/** Types of errors that arrive in mid-reply, without a status. */
const OF_TYPE: readonly (readonly [RegExp, Failure])[] = [
  [/rate_limit/, 'rate'],
  [/authentication|permission|billing|insufficient_quota|invalid_api_key/, 'key'],
  [/not_found/, 'model'],
  [/invalid_request|context_length/, 'request'],
]

/** ms that the vendor asks to wait: its own header in ms, else the standard one in seconds or as a date. */
function waitOf(headers: unknown, now: number): number | undefined {
  if (!(headers instanceof Headers)) return undefined
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(ms) && ms >= 0) return ms
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** The error, what caused it, and so on. */
function causes(error: Error): Error[] {
  const chain: Error[] = []
  for (let one: unknown = error; one instanceof Error && chain.length < 8; one = one.cause) chain.push(one)
  return chain
}

const LONGEST = 300
export const shortReason = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line
}
