// What the platform may cost, where the text says so, and what a machine costs, where the text says that; no price is known otherwise.
import type { Spec } from '../spec/schema.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import { findMeasured, findQuantities } from './numbers.js'
import { isDenied } from './phrases.js'
import { normOf, type Reading, type Span, sentenceAt, stated } from './reading.js'

type Budget = NonNullable<Spec['budget']>
type Period = Budget['period']

interface Amount extends Span {
  readonly value: number
  readonly currency: string
  readonly period: Period
}

const CURRENCIES: readonly [RegExp, string][] = [
  [/^(?:eur|euros?|€)$/u, 'EUR'],
  [/^(?:usd|us-?dollars?|us ?\$|\$|dollars?)$/u, 'USD'],
  [/^(?:gbp|pounds?|£)$/u, 'GBP'],
  [/^(?:chf|francs?|franken)$/u, 'CHF'],
]
const CURRENCY = '(eur|euros?|€|usd|us-?dollars?|us ?\\$|\\$|dollars?|gbp|pounds?|£|chf|francs?|franken)'
const PERIODS: readonly [RegExp, Period][] = [
  [/^(?:d|tag|dia|jour)/u, 'day'],
  [/^(?:w|semana)/u, 'week'],
  [/^(?:mo|mes|mois)/u, 'month'],
  [/^(?:y|jahr|jahr|ano|an)/u, 'year'],
]
const PER =
  '(?:(?:\\/|\\s*(?:a|an|per|each|every|pro|im|al|por|par|je)\\s+(?:calendar )?)(days?|tag|dia|jour|weeks?|woche|semana|months?|mo|monat|mes|mois|years?|yr|jahr|ano|an)(?![\\p{L}])|\\s+(monthly|yearly|weekly|daily|monatlich|jahrlich))'
const BUDGET =
  /\b(?:budget\w*|cost(?:s|ing)?|spend(?:ing)?|pay|bill|expenses?|afford|kosten\w*|ausgaben|presupuesto|coste|gastar|cloud)\b/u
// What a model saves or a mistake costs is no budget, and what one machine costs is a price.
const OTHER =
  /\b(?:sav\w+|revenue|los[est]\w*|earn\w*|worth|salary|fine[sd]?|margin|profit|premium|invoice[sd]?|customers? pays?|fee[sd]?|turnover|each (?:mistake|error|case))\b/u
// Says no, and sets a bound by it.
const BOUND = /\b(?:exceed|(?:no|not) more than|nicht mehr als|no mas de)\b/u
const MACHINE = /\b(?:nodes?|machines?|servers?|instances?|knoten|nodos?)\b/u

const periodOf = (word: string): Period | undefined => PERIODS.find(([expression]) => expression.test(word))?.[1]

const amounts = (reading: Reading): Amount[] => {
  const behind = findMeasured(reading, new RegExp(`${CURRENCY}(?:\\s+(?:for|on)\\s+[\\p{L} ]{1,30}?)?${PER}`, 'u'))
  const tail = new RegExp(`^${PER}`, 'u')
  // "$2,000 a month"
  const before = findQuantities(reading).flatMap((quantity) => {
    const sign = /(us ?\$|\$|€|£|eur|usd|gbp|chf)\s?$/u.exec(
      reading.norm.slice(Math.max(0, quantity.start - 4), quantity.start),
    )
    const per = tail.exec(reading.norm.slice(quantity.end, sentenceAt(reading, quantity.start)?.end))
    return sign && per
      ? [
          {
            start: quantity.start - sign[0].length,
            end: quantity.end + per[0].length,
            value: quantity.value,
            groups: [sign[1], per[1], per[2]],
          },
        ]
      : []
  })
  return [...behind, ...before]
    .flatMap(({ start, end, value, groups: [money = '', unit, adverb] }) => {
      const currency = CURRENCIES.find(([expression]) => expression.test(money))?.[1]
      const period = periodOf(unit ?? adverb ?? '')
      return currency && period && value > 0 ? [{ start, end, value, currency, period }] : []
    })
    .sort((a, b) => a.start - b.start)
}

const clauseOf = (reading: Reading, { start, end }: Span): string => {
  const sentence = sentenceAt(reading, start)
  const before = reading.norm.slice(sentence?.start ?? 0, start).split(/[;:]|,\s|\b(?:and|but|und|aber)\b/u)
  const after = reading.norm.slice(end, sentence?.end ?? end).split(/[;:,]|\b(?:and|but|und|aber)\b/u)
  return `${before.at(-1) ?? ''} | ${after[0] ?? ''}`
}

/** The stated budget, if any, and what contradicts it: another one, or the stated price of a single machine. */
export const readBudget = (reading: Reading): { budget: Budget | undefined; conflicts: Conflict[] } => {
  const found = amounts(reading).filter((one) => !isDenied(reading, one) || BOUND.test(clauseOf(reading, one)))
  const prices = found.filter(
    (one) => MACHINE.test(clauseOf(reading, one)) && !/\bbudget\b/u.test(clauseOf(reading, one)),
  )
  const budgets = found.filter(
    (one) =>
      !prices.includes(one) &&
      BUDGET.test(normOf(reading, sentenceAt(reading, one.start) ?? one)) &&
      !OTHER.test(clauseOf(reading, one)),
  )
  const first = budgets[0]
  if (!first) return { budget: undefined, conflicts: [] }
  const alike = (one: Amount): boolean => one.currency === first.currency && one.period === first.period
  const smallest = Math.min(...budgets.filter(alike).map(({ value }) => value))
  const taken = budgets.find((one) => alike(one) && one.value === smallest) ?? first
  const price = prices.filter(alike).find(({ value }) => value > taken.value)
  return {
    budget: { amount: stated(reading, taken, taken.value), currency: taken.currency, period: taken.period },
    conflicts: [
      ...conflictsAbout('budget.amount', budgets.filter(alike), 'the smaller one keeps within both', taken.value),
      ...(price
        ? [
            {
              field: 'budget.amount',
              statements: [taken, price],
              arithmetic: `1 machine x ${price.value} = ${price.value} ${taken.currency} a ${taken.period}, more than the budget of ${taken.value}`,
              taken: taken.value,
              reason: 'the budget stays the limit that alerts are about; the platform itself will be over it',
            },
          ]
        : []),
    ],
  }
}
