// How fast and how often an answer is needed.
import type { Fact } from '../spec/facts.js'
import type { FullSpec } from '../spec/schema.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import { findMeasured, type Measured } from './numbers.js'
import { isDenied } from './phrases.js'
import { assumed, findAll, type Reading, type Sentence, sentenceAt, stated } from './reading.js'

type Serving = FullSpec['serving']

const TIME_UNIT =
  /(ms(?![\p{L}])|millis(?:econds?)?|msec|millisekunden|milisegundos?|millisecondes?|s(?![\p{L}])|secs?(?![\p{L}])|seconds?|sekunden?|segundos?|secondes?)/u
const ANSWER =
  /\b(?:answer\w*|respon\w*|repl(?:y|ies)|latenc\w*|under|within|below|less than|at most|max(?:imum)?|faster|p\d{2}|percentile|perzentil|percentil\w*|sla|api|score[sd]?|decision|antwort\w*|unter|innerhalb|hochstens|menos de|respuesta\w*|en menos|moins de|online|checkout|real time|in under|takes?|no more than|not more than|no longer than|ms|time)\b/u

interface Latency {
  readonly found: Measured
  readonly milliseconds: number
  readonly percentile: { value: number; start: number; end: number } | undefined
}

const PERCENTILES =
  /\bp(50|75|90|95|98|99[.,]\d+|999|99)(?![\d])|\b(\d{2}(?:[.,]\d+)?)(?:th|st|nd|rd|er|e|\.)?[\s-]*(?:percentile|perzentil|percentil|centile)|\b(?:percentil(?:e)?|perzentil)\s*(\d{2})|\b(\d{2}(?:[.,]\d+)?)\s*(?:%|percent|prozent|per cent|por ciento)\s*(?:of|der|aller|de)\s*(?:all |the |our |las |los )?(?:requests?|calls?|cases?|answers?|responses?|time|queries|anfragen|falle|falle|peticiones|casos|consultas)|\b(median)\b/u

const percentileOf = (reading: Reading, sentence: Sentence, near: Measured): Latency['percentile'] => {
  // "for ninety-nine percent of calls"
  const shares = findMeasured(
    reading,
    /(?:%|percent|per cent|prozent)\s*(?:of|der|aller)\s*(?:all |the |our )?(?:requests?|calls?|answers?|responses?|queries|anfragen)/u,
  ).map(({ start, end, value }) => ({ start, end, value }))
  const found = [
    ...findAll(reading, PERCENTILES, sentence).map((match) => {
      const [short, long, after, share, median] = match.groups
      const number = median
        ? 50
        : short === '999'
          ? 99.9
          : Number((short ?? long ?? after ?? share ?? '').replace(',', '.'))
      return { value: number, start: match.start, end: match.end }
    }),
    ...shares,
  ].map((one) => ({
    ...one,
    distance: Math.min(Math.abs(one.start - near.end), Math.abs(near.start - one.end)),
  }))
  const best = found.filter(({ value }) => value > 0 && value < 100).sort((a, b) => a.distance - b.distance)[0]
  return best && best.distance < 60 ? best : undefined
}

const latencies = (reading: Reading): Latency[] =>
  findMeasured(reading, TIME_UNIT).flatMap((found) => {
    const sentence = sentenceAt(reading, found.start)
    if (!sentence || isDenied(reading, found)) return []
    const unit = found.groups[0] ?? ''
    const milliseconds = Number((/^m/u.test(unit) ? found.value : found.value * 1000).toPrecision(10))
    const text = reading.norm.slice(sentence.start, sentence.end)
    const before = reading.norm.slice(Math.max(sentence.start, found.start - 24), found.start)
    // "one photo every two seconds" is a rate, "10 seconds of video" an amount.
    if (
      /(?:every|per|each|alle|cada|last|past|first)\s+(?:\w+\s+)?$/u.test(before) ||
      /^\s*(?:of|apart|long)\b/u.test(reading.norm.slice(found.end, found.end + 8))
    )
      return []
    // "If it takes more than 2 s, show the old score" and "the run ends within 40 s" bind no answer.
    const clause =
      reading.norm
        .slice(Math.max(sentence.start, found.start - 60), found.start)
        .split(/[,;]/u)
        .at(-1) ?? ''
    if (/\b(?:more|longer|slower) than\s+$/u.test(clause) && !/\b(?:no|not|never|nor|cannot|\w+n't)\b/u.test(clause))
      return []
    if (/\b(?:run|job|training|whole batch)\b[^,;]*$/u.test(clause)) return []
    if (milliseconds <= 0 || milliseconds > 60_000 || !ANSWER.test(text)) return []
    return [{ found, milliseconds, percentile: percentileOf(reading, sentence, found) }]
  })

const RATE_UNIT =
  /(?:(?:[\p{L}-]+\s+){0,2}?(?:requests?|req|calls?|queries|predictions?|transactions?|decisions?|scores?|lookups?|checks?|payments?|applications?|claims?|events?|anfragen|aufrufe|peticiones|solicitudes|consultas|requetes|orders?|appels)\s*(?:\/|per|a|an|each|every|pro|por|par|je|al)\s*(second|sec|s|minute|min|m|hour|hr|h|day|d|sekunde|stunde|tag|segundo|minuto|hora|dia|seconde|heure|jour)(?![\p{L}])|(?:rps|qps|tps)(?![\p{L}]))/u
const SECONDS: readonly [RegExp, number][] = [
  [/^(?:s|sec|second|sekunde|segundo|seconde)$/u, 1],
  [/^(?:m|min|minute|minuto)$/u, 60],
  [/^(?:h|hr|hour|stunde|hora|heure)$/u, 3600],
  [/^(?:d|day|tag|dia|jour)$/u, 86_400],
]

const PEAK = /\b(?:peaks?|bursts?|up to|at most|max\w*|spitzen?\w*|pico\w*|pointe)\b/u

const throughput = (reading: Reading): { fact: Fact<number>; conflicts: Conflict[] } => {
  const rates = findMeasured(reading, RATE_UNIT)
    .filter((found) => !isDenied(reading, found))
    .map((found) => {
      const seconds = SECONDS.find(([expression]) => expression.test(found.groups[0] ?? 's'))?.[1] ?? 1
      // A day's volume is not a peak: ten times its mean is provided for.
      const value =
        seconds === 86_400
          ? Math.max(1, Math.ceil((found.value / seconds) * 10))
          : Number(Math.max(found.value / seconds, 0.01).toPrecision(4))
      const sentence = sentenceAt(reading, found.start)
      const before = reading.norm.slice(Math.max(sentence?.start ?? 0, found.start - 24), found.start)
      const after = reading.norm.slice(found.end, Math.min(sentence?.end ?? found.end, found.end + 24))
      const around = `${before.split(/,|;|\band\b/u).at(-1) ?? ''} ${after.split(/,|;|\band\b/u)[0] ?? ''}`
      return { found, value, volume: seconds === 86_400, peak: PEAK.test(around) }
    })
  // A peak beside a usual rate is no contradiction: what has to be provided for is the peak.
  const peaks = rates.filter(({ peak, volume }) => peak && !volume)
  const counted = peaks.length > 0 ? peaks : rates
  const direct = counted.filter(({ volume }) => !volume).sort((a, b) => b.value - a.value)
  const best = direct[0] ?? counted[0]
  const rivals = best?.volume === false ? direct : []
  return {
    fact: best
      ? stated(
          reading,
          best.found,
          best.value,
          best.volume ? 'ten times the mean of the stated daily volume, for peaks' : undefined,
        )
      : assumed(10, 'the text names no number of requests'),
    conflicts: best
      ? conflictsAbout(
          'serving.throughput_rps',
          [best, ...rivals].map(({ found: { start, end }, value }) => ({ start, end, value })),
          'what is sized for the highest rate serves the others',
        )
      : [],
  }
}

export interface ServingFacts {
  readonly serving: Serving
  /** The words that ask for an answer within a time, if any: they imply an endpoint. */
  readonly latency: Measured | undefined
  readonly throughput: Fact<number>
  readonly conflicts: readonly Conflict[]
}

export const readServing = (reading: Reading): ServingFacts => {
  const found = latencies(reading)
  const highest = Math.max(...found.map(({ percentile }) => percentile?.value ?? 99))
  // A median beside a 99th percentile is no contradiction; the highest percentile binds, and of two bounds the stricter.
  const binding = found
    .filter(({ percentile }) => (percentile?.value ?? 99) === highest)
    .sort((a, b) => a.milliseconds - b.milliseconds)
  const best = binding[0]
  const rate = throughput(reading)
  return {
    serving: {
      latency_ms: best
        ? stated(reading, best.found, best.milliseconds)
        : assumed(200, 'bound of the success criteria; the text names none'),
      latency_percentile: best?.percentile
        ? stated(reading, best.percentile, best.percentile.value)
        : assumed(99, 'percentile of the success criteria; the text names none'),
      throughput_rps: rate.fact,
    },
    latency: best?.found,
    throughput: rate.fact,
    conflicts: [
      ...conflictsAbout(
        'serving.latency_ms',
        binding.map(({ found: { start, end }, milliseconds }) => ({ start, end, value: milliseconds })),
        'the stricter bound meets both',
      ),
      ...rate.conflicts,
    ],
  }
}
