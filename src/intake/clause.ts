// Finds the clause that says who will do what ("which of our 2.4 million mobile subscribers will cancel"), the heart of a requirements text.
import type { Domain } from './domain.js'
import { isDenied } from './phrases.js'
import { findAll, type Match, type Reading, type Span } from './reading.js'
import { singularOf } from './words.js'

/** One candidate: the noun, and what it may do. `future` tells "will cancel" from "is fraudulent". */
export interface Clause {
  readonly noun: Span
  readonly nounWord: string
  /** English name where a domain knows the word. */
  readonly known: string | undefined
  readonly predicate: Span | undefined
  readonly form: 'future' | 'state' | 'foreign'
  readonly negative: boolean
  readonly whole: Span
  readonly score: number
}

const DETERMINER =
  '(?:our|the|all|any|each|every|these|my|your|their|a|an|new|existing|active|current|of|unserer?n?|unsere|die|der|den|das|ein(?:e|er|en|em)?|jede[rsn]?|meiner?|von|de|nuestr[oa]s?|los|las|el|la|un|una|cada|mis|nos|notre|les|le|des|du|une)'
const OPENERS: readonly [RegExp, number][] = [
  [/\b(?:which|what|welche[rsn]?|que|cuales|cual|quels?|quelles?)\b/u, 3],
  [/\b(?:whether|if|ob|si)\b/u, 2],
  [
    /\b(?:likelihood|probability|chances?|risk|odds|propensity|danger|wahrscheinlichkeit|risiko|probabilidad|riesgo)\s*,?\s+(?:that|dass|de que|que)\b/u,
    3,
  ],
  [/\b(?:likelihood|probability|chances?|risk|odds) (?:of|for)\b(?=[^.;]{0,40}\b(?:to|who|will|ing)\b)/u, 1],
  [/\b(?:predict|forecast|estimate|score|identify|flag|find|rank|spot|detect|know|see)\b/u, 1],
  [/\bfor (?:each|every)\b/u, 1],
]
/** "Predict loan default for SME borrowers": counts only with a word that is known as an entity. */
const ABOUT = /\b(?:for|among)\b/u
const LIKELY =
  '(?:is|are) (?:going|likely|about|expected|at risk|in danger) (?:to|of)|likely to|about to|going to|(?:chances?|likelihood|probability|propensity|odds|tendency) to'
/** Says plainly that something may come; preferred over a mere "is" or "that" before it. */
const FUTURE = new RegExp(`\\b(will not|will|won'?t|would|gonna|might|may|could|${LIKELY}|fails? to)\\b`, 'u')
const AUXILIARY =
  /\b(do(?:es)? not|do(?:es)?n'?t|can(?:not|'?t)|is not|are not|isn'?t|aren'?t|is|are|was|were|has|have|who|that)\b/u
// Beyond these words another clause begins, with a verb of its own.
const CLAUSE_END = /[.;:?!]|\b(?:before|so that|so we|so the|because|when|while|until)\b/u
const FOREIGN =
  /\b(?:welche[rsn]?|ob|dass|wird|werden|unserer?n?|unsere|que|cuales|si un[a]?|nuestr[oa]s|de que|quels?|quelles?|nos|une?)\b/u
const END =
  /[,.;:()?!"\n]|\s-\s|\b(?:within|in the|in next|in our|in their|in (?:less|under|at most)|in (?=\d|a |one|two|three|four|five|six|seven|ten)|over the|during|next|inside|by the|so that|so we|so the|because|before|after(?! all)|until|when|while|and|using|based on|given|from (?:the|our|their)|on the basis|per|at least|ahead|within|soon|for the next|this (?:week|month|quarter|year)|tomorrow)\b/u
const PREDICTIVE =
  /\b(?:predict\w*|forecast\w*|estimat\w*|scor\w+|identif\w+|rank\w*|flag\w*|find out|detect\w*|know|tell|likelihood|probability|chances?|risk|likely|spot|propensity|model|vorher\w*|vorhersag\w*|wissen|prognos\w*|predec\w*|saber|prever|estim\w*|predire|savoir)\b/u

const STOP = new Set(
  'will would may might could is are was were has have do does who that which to not in on at of for from with by after within during before about likely going and or we they you it per cannot'.split(
    ' ',
  ),
)
const VERBISH = /(?:ed|ing)$/u

interface Token extends Span {
  readonly word: string
}

const tokensOf = (reading: Reading, from: number, to: number): Token[] =>
  [...reading.norm.slice(from, to).matchAll(/[\p{L}\p{N}][\p{L}\p{N}'.,/-]*[\p{L}\p{N}]|[\p{L}\p{N}]|[,.;:()?!]/gu)]
    .map((match) => ({ word: match[0], start: from + match.index, end: from + match.index + match[0].length }))
    // "two and a half million" is one number; its "and" joins no clauses.
    .filter(
      ({ word }, index, all) =>
        !(
          (word === 'and' && all[index + 1]?.word === 'a' && all[index + 2]?.word === 'half') ||
          (word === 'a' && all[index + 1]?.word === 'half' && all[index - 1]?.word === 'and') ||
          (word === 'half' && all[index - 1]?.word === 'a' && all[index - 2]?.word === 'and')
        ),
    )

/** All words that any domain has for an entity, the chosen domain's first. */
export const entityWords = (domains: readonly Domain[]): [string, string][] =>
  domains.flatMap((domain) =>
    Object.entries(domain.entities).flatMap(([name, words]) => words.map((word): [string, string] => [word, name])),
  )

/** An inflected word, looked up as it stands and without a plural s. */
const knownName = (word: string, words: readonly [string, string][]): string | undefined => {
  const forms = new Set([word, word.replace(/'?s$/u, ''), singularOf(word)])
  return words.find(([known]) => forms.has(known))?.[1]
}

const isNumber = (word: string): boolean =>
  /^\d|^(?:million|thousand|hundred|billion|mio|k|m|one|two|three|four|five|six|ten|tausend|millionen|mil|millones)$/u.test(
    word,
  )
const isPlural = (word: string): boolean => /[^s]s$/u.test(word) && !/(?:us|is)$/u.test(word) && word.length > 3

/** The head noun of the words after an opener: a known entity, else what stands before the verb. */
const headOf = (
  tokens: readonly Token[],
  words: readonly [string, string][],
): { index: number; known: string | undefined } | undefined => {
  const stop = tokens.findIndex(
    (token, index) =>
      /^[,.;:()?!]$/u.test(token.word) || (STOP.has(token.word) && !(token.word === 'of' && index === 0)),
  )
  const phrase = tokens.slice(0, stop < 0 ? Math.min(tokens.length, 7) : stop)
  const skip = phrase.findIndex(
    (token) => !new RegExp(`^${DETERMINER}$`, 'u').test(token.word) && !isNumber(token.word),
  )
  if (skip < 0) return undefined
  const named = phrase
    .map((token, index) => ({ index, known: index >= skip ? knownName(token.word, words) : undefined }))
    .filter(({ known }) => known !== undefined)
  // "loan applications": the last of adjacent known words is the head; a known word further on belongs to another phrase.
  let head = named[0]
  for (const next of named) if (head && next.index === head.index + 1) head = next
  if (head) return head
  const before = phrase.findIndex((token, index) => index > skip && VERBISH.test(token.word))
  const plural = phrase.findIndex((token, index) => index >= skip && isPlural(token.word))
  if (plural >= 0 && (before < 0 || plural < before)) return { index: plural, known: undefined }
  if (stop > skip) return { index: (before > skip ? before : phrase.length) - 1, known: undefined }
  return { index: skip, known: undefined }
}

/** The verb phrase after a noun, without the horizon or the reason that follow it. */
const predicateAfter = (
  reading: Reading,
  noun: Span,
  sentenceEnd: number,
  foreign: boolean,
): { span: Span | undefined; form: string } => {
  const rest = reading.norm.slice(noun.end, Math.min(sentenceEnd, noun.end + 120))
  const reach = rest.search(CLAUSE_END)
  const clause = reach < 0 ? rest : rest.slice(0, reach)
  const auxiliary = FUTURE.exec(clause) ?? AUXILIARY.exec(clause)
  const relative = auxiliary?.[1] === 'who' || auxiliary?.[1] === 'that'
  const from = auxiliary ? auxiliary.index + auxiliary[0].length : 0
  // "customers who are behind": the relative pronoun is followed by the verb that counts.
  const second = relative
    ? /^\s+(are not|is not|aren'?t|isn'?t|do not|don'?t|are|is)\b/u.exec(clause.slice(from))
    : null
  const start = noun.end + from + (second?.[0].length ?? 0)
  const tail = reading.norm.slice(start, Math.min(sentenceEnd, start + 70))
  const lead = tail.length - tail.trimStart().length
  const words = tail.slice(lead)
  const end = foreign ? words.search(/[.,;:?!]/u) : words.search(END)
  const body = end < 0 ? words : words.slice(0, end)
  const seven = (/^(?:\S+\s*){1,7}/u.exec(body)?.[0] ?? '').trimEnd()
  // "the load of 120 substations" says no more about the load; a predicate begins with a verb.
  const nominal =
    !auxiliary && /^(?:of|for|in|on|at|with|from|to|by|per|the|a|an|as|our|or|und|der|des|tell)\b/u.test(words)
  const usable = /\p{L}{2}/u.test(seven) && !nominal && (auxiliary !== null || foreign || lead > 0)
  return {
    span: usable ? { start: start + lead, end: start + lead + seven.length } : undefined,
    form: second?.[1] ?? auxiliary?.[1] ?? '',
  }
}

const clauseAt = (
  reading: Reading,
  opener: Match,
  weight: number,
  words: readonly [string, string][],
): Clause | undefined => {
  const { sentence } = opener
  const tokens = tokensOf(reading, opener.end, Math.min(sentence.end, opener.end + 140))
  if (tokens[0] && /^[,.;:()?!]$/u.test(tokens[0].word)) return undefined
  const head = headOf(tokens, words)
  const noun = head ? tokens[head.index] : undefined
  if (
    !head ||
    !noun ||
    STOP.has(noun.word.replace(/'.*$/u, '')) ||
    isNumber(noun.word) ||
    noun.word.length < 3 ||
    !/\p{L}/u.test(noun.word)
  )
    return undefined
  const opening = reading.norm.slice(opener.start, noun.end + 25)
  const foreign =
    FOREIGN.test(reading.norm.slice(opener.start, noun.end)) && !/\b(?:will|is|are|which|whether)\b/u.test(opening)
  const after = predicateAfter(reading, noun, sentence.end, foreign)
  // After a plain verb such as "predict" a noun without a verb of its own is a thing, not a clause: "predict loan default".
  const bare = weight === 1 && after.form === '' && !foreign
  const predicate = bare ? undefined : after.span
  const { form } = after
  const score =
    weight +
    (PREDICTIVE.test(reading.norm.slice(sentence.start, opener.end)) ? 3 : 0) +
    (head.known ? 2 : 0) +
    (predicate ? 2 : 0) +
    (FUTURE.test(form) ? 2 : 0) -
    (isDenied(reading, opener) ? 9 : 0)
  return {
    noun,
    nounWord: noun.word,
    known: head.known,
    predicate,
    form: foreign ? 'foreign' : /^(?:is|are|was|were)n?(?: not|'?t)?$/u.test(form) ? 'state' : 'future',
    negative: /not\b|n'?t$|^won|cannot|fails? to/u.test(form),
    whole: { start: opener.start, end: predicate?.end ?? noun.end },
    score,
  }
}

/** Candidates, best first; the earlier one wins among equals. */
export const findClauses = (reading: Reading, domains: readonly Domain[]): Clause[] => {
  const words = entityWords(domains)
  const at = (opener: RegExp, weight: number): Clause[] =>
    findAll(reading, opener).flatMap((match) => clauseAt(reading, match, weight, words) ?? [])
  const about = at(ABOUT, 1)
    .filter(({ known }) => known !== undefined)
    .map((clause) => ({ ...clause, score: clause.score + 1 }))
  return [...OPENERS.flatMap(([opener, weight]) => at(opener, weight)), ...about].sort(
    (a, b) => b.score - a.score || a.whole.start - b.whole.start,
  )
}
