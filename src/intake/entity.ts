// Who or what the prediction is about, and how many there are.
import type { Fact } from '../spec/facts.js'
import type { Clause } from './clause.js'
import { entityWords } from './clause.js'
import type { Domain } from './domain.js'
import { findQuantities } from './numbers.js'
import { findPhrases } from './phrases.js'
import { assumed, type Reading, type Span, spanning, stated } from './reading.js'
import { identifierOf, pluralOf, singularOf } from './words.js'

export interface EntityFacts {
  readonly singular: Fact<string>
  readonly plural: string
  readonly key: string
  readonly count: Fact<number | null>
  /** Two different numbers given for the same entity. */
  readonly conflict: readonly { quote: string; value: number }[]
}

/** The entity of the best clause, else the first word of a domain's list, else the domain's usual one as an assumption. */
const nameOf = (
  reading: Reading,
  clause: Clause | undefined,
  domain: Domain,
  domains: readonly Domain[],
): { singular: Fact<string>; words: string[] } => {
  // An unknown noun counts only where the clause is plainly a prediction about it.
  if (clause && (clause.known || clause.score >= 7)) {
    const name = clause.known ?? singularOf(clause.nounWord)
    return { singular: stated(reading, clause.noun, name), words: [clause.nounWord, name] }
  }
  for (const pool of [[domain], domains]) {
    const words = entityWords(pool)
    const found = words
      .flatMap(([word, name]) => findPhrases(reading, [word]).map((match) => ({ match, name })))
      .sort((a, b) => a.match.start - b.match.start)
    const first = found.find(({ name }) => name === domain.entity) ?? found[0]
    if (first) return { singular: stated(reading, first.match, first.name), words: [first.name] }
  }
  return { singular: assumed(domain.entity, 'the text does not say who or what is predicted'), words: [] }
}

const RATE =
  /^\s*(?:(?:a|an|per|each|every|pro|por|al|am|par)\s+(?:second|minute|hour|day|week|month|year|sekunde|minute|stunde|tag|woche|monat|jahr|segundo|dia|semana|mes|ano|s|h)\b|daily|weekly|monthly|hourly|\/)/u

/** Numbers of something, without rates such as "400 claims a day". */
export const countsOf = (reading: Reading, words: readonly string[]): { span: Span; value: number }[] => {
  const named = findPhrases(reading, words)
  return findQuantities(reading).flatMap((quantity) => {
    if (quantity.value < 2) return []
    const noun = named.find((match) => match.start >= quantity.end && match.start - quantity.end <= 42)
    if (!noun) return []
    const between = reading.norm.slice(quantity.end, noun.start)
    if (
      !/^(?:\s+(?:of\s+)?(?:our\s+)?)(?:[\p{L}-]+\s+){0,3}$/u.test(between) ||
      /\b(?:of (?!our)|per|days?|months?|years?|weeks?|hours?|rows|percent|and|or|to|for|by)\b/u.test(between)
    )
      return []
    return RATE.test(reading.norm.slice(noun.end, noun.end + 16))
      ? []
      : [{ span: spanning(quantity, noun), value: Math.round(quantity.value) }]
  })
}

export const readEntity = (
  reading: Reading,
  clause: Clause | undefined,
  domain: Domain,
  domains: readonly Domain[],
): EntityFacts => {
  const { singular, words } = nameOf(reading, clause, domain, domains)
  const synonyms = entityWords(domains)
    .filter(([, name]) => name === singular.value)
    .map(([word]) => word)
  const found = countsOf(reading, [...new Set([...words, ...synonyms])])
  const first = found[0]
  const others = found.filter(({ value }) => value !== first?.value)
  const key = identifierOf(singular.value, 'record', 3)
  return {
    singular,
    plural: pluralOf(singular.value),
    key: `${key.slice(0, 45)}_id`,
    count: first
      ? stated<number | null>(reading, first.span, first.value)
      : assumed<number | null>(null, 'the text gives no number'),
    conflict:
      first && others.length > 0
        ? [first, ...others].map(({ span, value }) => ({ quote: reading.text.slice(span.start, span.end), value }))
        : [],
  }
}
