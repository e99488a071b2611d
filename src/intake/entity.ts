// Who or what the prediction is about, and how many there are.
import type { Fact } from '../spec/facts.js'
import type { Clause } from './clause.js'
import { entityWords } from './clause.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import type { Domain } from './domain.js'
import { findQuantities } from './numbers.js'
import { findPhrases } from './phrases.js'
import { assumed, findAll, type Reading, type Span, sentenceAt, spanning, stated } from './reading.js'
import { identifierOf, pluralOf, singularOf } from './words.js'

export interface EntityFacts {
  readonly singular: Fact<string>
  readonly plural: string
  readonly key: string
  readonly count: Fact<number | null>
  /** Two different numbers given for the same entity. */
  readonly conflicts: readonly Conflict[]
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

const OWNING =
  /\b(?:we (?:have|serve|count)|there are|all|our|has|have|serves?|total(?: of| is)?|base (?:is|of)|number of \w+ is|amounts? to|across|for each of(?: our| the)?)\s+(?:(?:about|around|roughly|some|approximately|currently|now|of|the|our|all)\s+)*$/u
const wordsBetween = (reading: Reading, span: Span): string =>
  reading.norm
    .slice(span.start, span.end)
    .replace(/^[\d.,\s]+/u, '')
    .replace(/^(?:(?:k|m|mio|million|thousand|of|our)\b\s*)+/u, '')

/** True where a number is given for all of them, with no adjective that the first number did not have. */
const countsAll = (reading: Reading, span: Span, first: Span): boolean => {
  const before = reading.norm.slice(sentenceAt(reading, span.start)?.start ?? 0, span.start)
  const words = wordsBetween(reading, span)
  return OWNING.test(before) && (!words.includes(' ') || words === wordsBetween(reading, first))
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
  const labelled = findAll(reading, /\b(?:count|population|how many|anzahl)\s*[:=]\s*(?=\d)/u)[0]
  const number =
    labelled && findQuantities(reading).find(({ start }) => start === labelled.end || start === labelled.end + 1)
  const first =
    found[0] ?? (labelled && number ? { span: spanning(labelled, number), value: Math.round(number.value) } : undefined)
  // "2,000 of them are new customers" and "call the top 500 customers" count a part.
  const others = found.filter(({ span }) => first && span !== first.span && countsAll(reading, span, first.span))
  const key = identifierOf(singular.value, 'record', 3)
  return {
    singular,
    plural: pluralOf(singular.value),
    key: `${key.slice(0, 45)}_id`,
    count: first
      ? stated<number | null>(reading, first.span, first.value)
      : assumed<number | null>(null, 'the text gives no number'),
    conflicts: first
      ? conflictsAbout(
          'entity.count',
          [first, ...others].map(({ span, value }) => ({ ...span, value })),
          'the first number that the text gives',
        )
      : [],
  }
}
