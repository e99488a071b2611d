// How much data there is: rows, months of history, share of the rarer outcome.
import type { Fact } from '../spec/facts.js'
import type { Domain } from './domain.js'
import { findDurations, findMeasured, findShares, type Share } from './numbers.js'
import { assumed, findAll, quoteOf, type Reading, type Span, sentenceAt, spanning, stated } from './reading.js'

const ROWS =
  /(?:(?:[\p{L}-]+\s+){0,2}?(?:rows?|records?|samples?|examples?|observations?|data points|lines|zeilen|datensatze?n?|registros|filas|lignes|cases in total|historical cases|past cases|labelled cases|labeled cases))(?![\p{L}])/u

/** `things` are other counted words of the domain, e.g. 210,000 stays where the entity is the patient. */
export const readRows = (
  reading: Reading,
  count: Fact<number | null>,
  plural: string,
  things: readonly { span: Span; value: number }[] = [],
): Fact<number> => {
  const found = findMeasured(reading, ROWS).find(
    ({ value, end }) => value >= 10 && !/^\s*(?:a|per|each|every)\s/u.test(reading.norm.slice(end, end + 8)),
  )
  if (found) return stated(reading, found, Math.round(found.value))
  if (count.value !== null)
    return { ...count, value: count.value, reason: `one row for each of the ${plural} at a time` }
  const most = things.reduce<{ span: Span; value: number } | undefined>(
    (best, one) => (best && best.value >= one.value ? best : one),
    undefined,
  )
  if (most && most.value >= 100) return stated(reading, most.span, most.value)
  return assumed(20_000, `the text names neither rows nor a number of ${plural}`)
}

const HISTORY =
  /\b(?:history|historical|historic|past|archive\w*|collected|back|of data|of records|of logs|data of|data from|last|previous|historie|vergangen\w*|letzten|historial|historico\w*|ultimos|historique|recorded|available|since)\b/u
const KEPT = /\b(?:keep|kept|retain\w*|retention|delet\w*|erase\w*|within|next|ahead|default|labels?)\b/u

export const readHistory = (reading: Reading, needed: number): Fact<number> => {
  const found = findDurations(reading)
    .flatMap((duration) => {
      const { start, end, days } = duration
      const sentence = sentenceAt(reading, start)
      // "visits 30d" is the name of a column.
      if (!sentence || days < 28 || /\d[dhwmy]$/u.test(reading.norm.slice(start, end))) return []
      const before = reading.norm.slice(Math.max(sentence.start, start - 34), start)
      const after = reading.norm.slice(end, Math.min(sentence.end, end + 34))
      const plain =
        /^\s*(?:of|worth of|worth|back|historie|de)\s*(?:history|data|records?|logs?|historial|datos|past|invoices)?\b/u.test(
          after,
        )
      if (KEPT.test(before.split(/[,;]/u).at(-1) ?? '') || /^\s*(?:past due|late|overdue|old|of age)\b/u.test(after))
        return []
      return plain || HISTORY.test(`${before} ${after}`) ? [{ duration, score: plain ? 1 : 0 }] : []
    })
    .sort((a, b) => b.score - a.score || a.duration.start - b.duration.start)[0]?.duration
  return found
    ? stated(reading, found, found.months)
    : assumed(needed, 'enough for training and for a test period after it; the text names no history')
}

// Percentages of these are goals or operations, not the share of an outcome.
const OTHER_SHARE =
  /\b(?:uptime|availab\w+|percentile|perzentil|percentil|accura\w+|recall|precision|auc|reduc\w+|increas\w+|rise[sn]?|drop[s]?|fall[s]? by|degrad\w+|improv\w+|coverage|discount|budget|of requests|of (?:all )?calls|of answers|utili[sz]ation|traffic|target|goal|at least|error|confidence|capacity|spot|missing|null|empty|cpu|retrain\w*|sla)\b/u
const OUTCOME =
  /\b(?:positiv\w*|rate|share|churn\w*|cancel\w*|default\w*|fraud\w*|no-?shows?|miss\w*|fail\w*|leav\w*|left|left us|imbalanc\w*|minority|rare|happen\w*|event|conver\w*|buy|bought|readmi\w*|drop(?:ped)? out|quit|resign\w*|lapse[sd]?|only|about|roughly|around|typically|usually|kundig\w*|ausfall\w*|quote|bajas?|tasa|impag\w*|did not|do not|(?:do|did|does)n'?t|are|were|turn out)\b/u

const isOutcome = (reading: Reading, { start, end }: Share): boolean => {
  const sentence = sentenceAt(reading, start)
  if (!sentence) return false
  const before = reading.norm.slice(Math.max(sentence.start, start - 44), start)
  const after = reading.norm.slice(end, Math.min(sentence.end, end + 44))
  return (
    !OTHER_SHARE.test(`${before.split(/[,;]/u).at(-1) ?? ''} | ${after.split(/[,;]/u)[0] ?? ''}`) &&
    OUTCOME.test(`${before} ${after}`)
  )
}

export const readPositiveRate = (reading: Reading, domain: Domain): Fact<number> => {
  const shares = findShares(reading).filter((share) => isOutcome(reading, share))
  const best = shares.find(({ share }) => share <= 0.5) ?? shares[0]
  if (best) {
    const cue = findAll(
      reading,
      /\b(?:positive rate|positives?|churn rate|default rate|fraud rate|rate)\b/u,
      sentenceAt(reading, best.start),
    ).find((match) => Math.abs(match.start - best.end) < 24 || Math.abs(best.start - match.end) < 24)
    const span = cue ? spanning(best, cue) : best
    const value = Number((best.share > 0.5 ? 1 - best.share : best.share).toPrecision(4))
    return stated(
      reading,
      span,
      value,
      best.share > 0.5 ? `the rarer outcome is the rest of "${quoteOf(reading, best)}"` : undefined,
    )
  }
  return assumed(domain.positive_rate, `usual for ${domain.description}; the text names no share`)
}
