// What the runs that a run goes on with have spent on models: what they wrote down at their end, or of one that was cut off, call by call.
import type { Spent } from '../provider/budget.js'
import { costOf, mostOf, type Prices, priceOf } from '../provider/prices.js'
import type { Usage } from '../provider/turn.js'

/** At most so many tokens. */
export interface Most {
  readonly input: number
  readonly output: number
}

/** What the record says of the calls of these runs. */
export interface CallsBefore {
  /** Sums that runs wrote down, with what may have been lost. */
  readonly sums: readonly { readonly tokens: number; readonly usd: number | null; readonly lost: number }[]
  readonly answered: readonly { readonly model: string; readonly usage: Usage }[]
  /** It is not known whether these were answered, or what their answers cost. */
  readonly uncertain: readonly { readonly model: string; readonly most?: Most }[]
}

/** Calls that may be on the bill although their answer never came. */
export const uncertainCalls = ({ sums, uncertain }: CallsBefore): number =>
  sums.reduce((all, { lost }) => all + lost, 0) + uncertain.length

/** What is uncertain counts as the most that it can have cost; what has no known price counts in tokens only. */
export function spentBefore({ sums, answered, uncertain }: CallsBefore, prices: Prices): Spent {
  const all: Spent[] = [
    ...sums.map(({ tokens, usd }) => ({ tokens, usd: usd ?? 0 })),
    ...answered.map(({ model, usage }) => {
      const price = priceOf(model, prices)
      const tokens = usage.input + usage.cacheRead + usage.cacheWrite + usage.output
      return { tokens, usd: price === undefined ? 0 : costOf(usage, price) }
    }),
    ...uncertain.flatMap(({ model, most }) => {
      if (most === undefined) return []
      const price = priceOf(model, prices)
      const usd = price === undefined ? 0 : mostOf(most.input, most.output, price)
      return [{ tokens: most.input + most.output, usd }]
    }),
  ]
  return all.reduce((a, b) => ({ tokens: a.tokens + b.tokens, usd: a.usd + b.usd }), { tokens: 0, usd: 0 })
}
