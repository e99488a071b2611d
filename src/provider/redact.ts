// Reasons are shown, recorded and handed on, and vendors put into them whatever they like: no key may travel along.
import type { Variables } from './models.js'

/** Takes keys out of a text. */
export type Redact = (text: string) => string

const SHOWN = '[removed]'
/** Shorter ones are words like `none` or `test`, whose removal would garble every message. */
const SHORTEST = 6
const NAMES_OF_SECRETS = /key|token|secret|password|credential|custom_headers/i

/** What looks like a key, whoever it belongs to. Ids of requests (about 30 characters) have to stay readable. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /\b(authorization|x-api-key|api-key|proxy-authorization)\b(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"',;}]+/gi,
    `$1$2${SHOWN}`,
  ],
  [/\b(bearer|basic)\s+[\w.~+/=%-]{6,}/gi, `$1 ${SHOWN}`],
  [/\b(?:sk|pk|rk|key|gsk|xai|hf|ghp|gho|AIza|AKIA)[-_][\w*.-]{4,}/g, SHOWN],
  [/\b(?:AIza|AKIA)\w{12,}/g, SHOWN],
  [/(?<=:\/\/)[^/\s:@]*:[^/\s@]+@/g, `${SHOWN}@`],
  [/[\w+/-]{44,}={0,2}/g, SHOWN],
]

/** All values of `env` that are secrets by their name, and `more`, in whatever form they may come back. */
export function redactor(env: Variables, more: readonly (string | undefined)[] = []): Redact {
  const named = Object.entries(env).flatMap(([name, value]) => (NAMES_OF_SECRETS.test(name) ? [value] : []))
  const values = [...named, ...more].flatMap((value) => [value, ...(value?.split(/[\s:]+/) ?? [])])
  const secrets = new Set(values.map((value) => value?.trim() ?? '').filter(({ length }) => length >= SHORTEST))
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const form of forms) clean = clean.replaceAll(form, SHOWN)
    for (const [pattern, shown] of PATTERNS) clean = clean.replace(pattern, shown)
    return clean
  }
}

/** A secret as it may come back. */
export function formsOf(secret: string): string[] {
  const plain = [secret, encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1)]
  const coded = [0, 1, 2].flatMap((offset) => {
    const base64 = base64At(secret, offset)
    return [base64, base64.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(base64)]
  })
  return [...plain, ...coded, Buffer.from(secret).toString('hex')].filter(({ length }) => length >= SHORTEST)
}

/** The part of a base64 text that only the secret decides, where it begins `offset` bytes after a multiple of three. */
function base64At(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
  const whole = Math.floor(bytes.length / 3) * 4
  return bytes.toString('base64').slice(offset === 0 ? 0 : 4, whole)
}
