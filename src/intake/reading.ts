// The text as intake sees it: a normalised copy of equal length for matching, and sentences with REQ ids, so that every quote is the user's own words.
import type { Fact } from '../spec/facts.js'

/** A piece of the text by position; the same positions hold in `text` and `norm`. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Sentence extends Span {
  readonly id: string
}

export interface Reading {
  readonly text: string
  /** Lower case, without accents, plain quotes and dashes, blanks for line breaks; as long as `text`. */
  readonly norm: string
  readonly sentences: readonly Sentence[]
}

export interface Match extends Span {
  readonly groups: readonly (string | undefined)[]
  readonly sentence: Sentence
}

const PLAIN: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '–': '-',
  '—': '-',
  '‑': '-',
  '−': '-',
  '×': 'x',
  '，': ',',
  '：': ':',
}

const normaliseUnit = (unit: string): string => {
  if (/\s/u.test(unit)) return ' '
  const plain = PLAIN[unit]
  if (plain) return plain
  const base = unit.normalize('NFKD').charAt(0).toLowerCase()
  return base.length === 1 ? base : unit
}

/** One output unit for each input unit, so that positions stay valid in both. */
export const normalise = (text: string): string => {
  let out = ''
  for (let index = 0; index < text.length; index++) out += normaliseUnit(text.charAt(index))
  return out
}

/** Rows of a table in Markdown read like lines: `| horizon | 14 days |` as "horizon: 14 days". */
const readRows = (norm: string, text: string): string => {
  let out = norm
  for (const row of text.matchAll(/^[ \t]*\|[^\n]*\|[ \t]*$/gmu)) {
    const rule = /^[\s|:-]+$/u.test(row[0])
    let bar = 0
    const line = norm
      .slice(row.index, row.index + row[0].length)
      .replace(/./gu, (unit) => (rule ? ' ' : unit !== '|' ? unit : ++bar === 2 ? ':' : bar === 1 ? ' ' : ','))
      .replace(/,(\s*)$/u, ' $1')
    out = out.slice(0, row.index) + line + out.slice(row.index + row[0].length)
  }
  return out
}

const ABBREVIATIONS =
  /(?:^|[\s(])(?:e\.g|i\.e|approx|ca|z\.b|u\.a|mio|mrd|nr|vs|st|etc|inc|ltd|max|min|avg|dr|mr|mrs|fig|bzw|p\.ej|aprox|a\.m|p\.m)\.$/u

const isEnd = (norm: string, index: number): boolean => {
  const char = norm.charAt(index)
  if (char === '。' || char === '！' || char === '？') return true
  if (char !== '.' && char !== '!' && char !== '?') return false
  const rest = norm.slice(index + 1, index + 4)
  if (rest !== '' && !/^["')\]]?\s/u.test(rest)) return false
  if (char !== '.') return true
  const before = norm.slice(Math.max(0, index - 8), index + 1)
  // "2,4 Mio. Kunden" goes on, "… in S3. Daten" does not: an abbreviation never ends a sentence here.
  // German counts "das 95. Perzentil", "am 5. Tag".
  const ordinal =
    /\d\.$/u.test(before) &&
    /^ (?:perzentil|tag|des |jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|dez)/u.test(norm.slice(index + 1, index + 12))
  return rest === '' || (!ordinal && !ABBREVIATIONS.test(before))
}

/** Line breaks end a sentence only before a bullet, a numbered entry, a heading line or an empty line. */
const breaksAt = (text: string, index: number): boolean =>
  text.charAt(index) === '\n' &&
  (/^\n[ \t]*(?:\n|[-*•·]\s|\d{1,2}[.)]\s|#)/u.test(text.slice(index, index + 12)) ||
    /^\n[ \t]*(?:[\p{L} /_-]{2,30}:|\|)/u.test(text.slice(index, index + 40)))

const cut = (text: string, norm: string): Span[] => {
  const spans: Span[] = []
  let start = 0
  const close = (end: number): void => {
    const piece = text.slice(start, end)
    // Bullets, numbers and heading marks are no part of the sentence.
    const lead = /^\s*(?:(?:[-*•·#|]+|\d{1,2}[.)])\s+)?/u.exec(piece)?.[0].length ?? 0
    const trimmed = piece.slice(lead).replace(/[\s|]+$/u, '')
    if (/[\p{L}\p{N}]/u.test(trimmed)) spans.push({ start: start + lead, end: start + lead + trimmed.length })
    start = end
  }
  for (let index = 0; index < text.length; index++) {
    if (isEnd(norm, index) && !/^\s*\d{1,2}$/u.test(text.slice(start, index))) close(index + 1)
    else if (breaksAt(text, index)) close(index)
  }
  close(text.length)
  return spans
}

const MOST = 999

/** Ids have three digits: a text of more than 999 sentences shares an id among neighbours. */
export const readText = (raw: string): Reading => {
  const text = raw.trim()
  const norm = readRows(normalise(text), text)
  const spans = cut(text, norm)
  const share = Math.max(1, Math.ceil(spans.length / MOST))
  const sentences: Sentence[] = []
  for (let index = 0; index < spans.length; index += share) {
    const first = spans[index]
    const last = spans[Math.min(index + share, spans.length) - 1]
    if (first && last)
      sentences.push({ id: `REQ-${String(sentences.length + 1).padStart(3, '0')}`, start: first.start, end: last.end })
  }
  return { text, norm, sentences }
}

const globals = new WeakMap<RegExp, RegExp>()

const globalOf = (expression: RegExp): RegExp => {
  const known = expression.global ? expression : globals.get(expression)
  if (known) return known
  const global = new RegExp(expression.source, `${expression.flags}g`)
  globals.set(expression, global)
  return global
}

/** Every match of an expression, with the sentence that it starts in; a match never runs over the end of its sentence. */
export const findAll = (reading: Reading, expression: RegExp, within?: Span): Match[] => {
  const found: Match[] = []
  const from = within?.start ?? 0
  for (const match of reading.norm.slice(from, within?.end).matchAll(globalOf(expression))) {
    const start = from + match.index + match[0].length - match[0].trimStart().length
    const end = from + match.index + match[0].trimEnd().length
    if (end <= start) continue
    const sentence = sentenceAt(reading, start)
    if (sentence && end <= sentence.end) found.push({ start, end, groups: match.slice(1), sentence })
  }
  return found
}

export const sentenceAt = (reading: Reading, position: number): Sentence | undefined => {
  let [low, high] = [0, reading.sentences.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const sentence = reading.sentences[middle]
    if (!sentence) return undefined
    if (position < sentence.start) high = middle - 1
    else if (position >= sentence.end) low = middle + 1
    else return sentence
  }
  return undefined
}

export const normOf = (reading: Reading, span: Span): string => reading.norm.slice(span.start, span.end)
export const quoteOf = (reading: Reading, span: Span): string => reading.text.slice(span.start, span.end)

/** Where a stated value was read: the words and the requirement. */
export const origin = (reading: Reading, span: Span): { origin: 'stated'; quote: string; req: string } => ({
  origin: 'stated',
  quote: quoteOf(reading, span),
  req: sentenceAt(reading, span.start)?.id ?? 'REQ-001',
})

export const stated = <T>(reading: Reading, span: Span, value: T, reason?: string): Fact<T> => ({
  value,
  ...origin(reading, span),
  ...(reason ? { reason } : {}),
})
export const assumed = <T>(value: T, reason: string): Fact<T> => ({ value, origin: 'assumed', reason })

/** Runs from the first to the last of some spans, for a quote that needs both. */
export const spanning = (...spans: readonly Span[]): Span => ({
  start: Math.min(...spans.map((s) => s.start)),
  end: Math.max(...spans.map((s) => s.end)),
})

/** The sentences as spec.yaml holds them. */
export const requirementsOf = (reading: Reading): { id: string; text: string }[] =>
  reading.sentences.map(({ id, start, end }) => ({ id, text: reading.text.slice(start, end).replace(/\s+/gu, ' ') }))
