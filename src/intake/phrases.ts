// Finds words of a vocabulary in the text, whole and without case, and tells apart what is wanted from what is ruled out.
import { findAll, type Match, normalise, type Reading, type Span, sentenceAt } from './reading.js'

const cache = new Map<string, RegExp>()

/** `real time` also finds real-time and realtime; a closing `*` finds every ending; a plural s is always allowed. */
export const phraseExpression = (phrase: string): RegExp => {
  const known = cache.get(phrase)
  if (known) return known
  const open = phrase.endsWith('*')
  const body = normalise(open ? phrase.slice(0, -1) : phrase)
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')
    .replace(/[\s-]+/gu, '[\\s-]*')
  const expression = new RegExp(
    `(?<![\\p{L}\\p{N}_])${body}${open ? '[\\p{L}]*' : "(?:'?s)?"}(?![\\p{L}\\p{N}_])`,
    'gu',
  )
  cache.set(phrase, expression)
  return expression
}

// "no later than 06:00" and "not only … but also" deny nothing.
const NEGATOR =
  /\b(?:no(?! (?:later|more|less|fewer|longer|earlier|matter)\b)|not(?! (?:only|just|later|more|less|fewer|longer|later)\b)|never|neither|nor|without|cannot|(?:do|does|did|is|are|was|will|would|can|must|should|wo|ca)n'?t|don t|nothing|avoid|except|excluding|forbid(?:s|den)?|kein(?:e|en|er|em|es)?|nicht(?! nur\b)|ohne|nie|weder|noch nicht|sin|ni|nunca|tampoco|pas de|sans|jamais|aucune?)\b/gu
// What starts a new thought ends the reach of a denial.
const BREAK =
  /\b(?:but|however|instead|only|just|because|since|so|yet|although|while|we|i|they|it|there|use|uses|need(?:ed|s)?|required|necessary|wanted|aber|sondern|nur|wir|pero|sino|solo|mais)\b|[;:()]/u
const BEFORE =
  /(?:\b(?:instead of|rather than|other than|(?:away|off) from|migrat\w+ (?:off|from)|mov\w+ (?:off|from)|switch\w+ from|replac(?:e|es|ed|ing)|leav(?:e|ing)|left|retir(?:e|ed|ing)|drop(?:ped|ping)?|abandon(?:ed|ing)?|phas\w+ out|stopped using|used to (?:use|run)|previously(?: used| on)?|formerly|get(?:ting)? rid of|anstelle von|statt|en lugar de|en vez de)\s+(?:(?:the|our|its|an|a|old|legacy|current|existing|previous|using)\s+){0,3})$/u
const AFTER =
  /^[\s,]*(?:[\p{L}-]+\s+){0,3}?(?:(?:is|are|was|were|will be|be)\s+(?:not|never|no longer)\b|(?:isn|aren|wasn)'?t\b|(?:is|are) (?:out of scope|forbidden|prohibited|excluded|ruled out|gone)|(?:do(?:es)?|did) not (?:apply|matter|exist)|do(?:es)?n'?t (?:apply|matter|exist)|(?:that |which )?we (?:do not|don'?t|will not|won'?t|cannot|never) (?:want to |plan to |intend to )?(?:use|need|have|want|touch)|not (?:needed|required|wanted|used|necessary|allowed|in use|an option)|wird nicht|werden nicht|brauchen wir nicht|ist nicht|nicht (?:notig|notwendig|gebraucht|erlaubt)|no (?:es|se|hace|necesit\w+)\b|out of scope)/u

/** True where the words around rule the match out: "no API needed", "we do not use Kafka or MLflow", "instead of Airflow". */
export const isDenied = (reading: Reading, span: Span): boolean => {
  const sentence = sentenceAt(reading, span.start)
  const from = sentence?.start ?? 0
  const before = reading.norm.slice(Math.max(from, span.start - 90), span.start)
  const after = reading.norm.slice(span.end, Math.min(sentence?.end ?? reading.norm.length, span.end + 60))
  if (BEFORE.test(before) || AFTER.test(after)) return true
  const last = [...before.matchAll(NEGATOR)].at(-1)
  if (!last) return false
  const between = before.slice(last.index + last[0].length)
  const reach = between.replace(
    /^\s*(?:(?:is|are|will be) (?:needed|required|wanted|expected)|(?:we |i )?(?:need|want|use|using|have|run|require|plan|intend)\b)(?: (?:any|a|an|the|to))?/u,
    ' ',
  )
  if (BREAK.test(reach) || reach.trim().split(/\s+/u).length > 7) return false
  if (!between.includes(',')) return true
  // Over a comma a denial only reaches in a list: "no Kafka, Airflow or MLflow".
  const list = `${between}${reading.norm.slice(span.start, span.end)}${after.slice(0, 30)}`
  return (
    /\b(?:or|nor|oder|noch|ni|o|ou|et)\b/u.test(list) &&
    between.split(',').every((part) => part.trim().split(/\s+/u).length <= 3)
  )
}

const firstWords = new Map<string, string>()

/**
 * Matches of a phrase, denied ones too. Most phrases of a vocabulary are not in a text: a plain search for the first word
 * rules them out before an expression is made and runs.
 */
export const findMentions = (reading: Reading, phrase: string): Match[] => {
  let first = firstWords.get(phrase)
  if (first === undefined) {
    first = normalise(phrase).replace(/\*$/u, '').split(/[\s-]/u)[0] ?? ''
    firstWords.set(phrase, first)
  }
  return reading.norm.includes(first) ? findAll(reading, phraseExpression(phrase)) : []
}

/** Matches of any of the phrases in the order of the text, denied ones left out. */
export const findPhrases = (reading: Reading, phrases: readonly string[]): Match[] =>
  phrases
    .flatMap((phrase) => findMentions(reading, phrase))
    .filter((match) => !isDenied(reading, match))
    .sort((a, b) => a.start - b.start || b.end - a.end)

/** Matches that the text rules out; a mode that is denied must not be assumed either. */
export const findDenied = (reading: Reading, phrases: readonly string[]): Match[] =>
  phrases.flatMap((phrase) => findMentions(reading, phrase)).filter((match) => isDenied(reading, match))
