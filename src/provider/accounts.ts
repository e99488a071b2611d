// What was used, by whom and at which model: sums of what vendors counted, with what had to be estimated kept apart.
import { costOf, mostOf, type Prices, priceOf } from './prices.js'
import type { Spender, Usage } from './turn.js'

/** Sums over calls. */
export interface Sum {
  readonly calls: number
  readonly usage: Usage
  /** Undefined where a price is unknown. */
  readonly usd: number | undefined
  /** Calls whose usage the vendor did not say, so that it was estimated. */
  readonly estimated: number
  /** Calls that may have been paid for without an answer, at the most that they can have cost; not in the other sums. */
  readonly lost: { readonly calls: number; readonly tokens: number; readonly usd: number | undefined }
  /** Part of the input that the vendor had kept, from 0 to 1. */
  readonly cacheShare: number
}

export interface Account extends Sum {
  readonly agent?: string
  readonly deliverable?: string
  /** The model that was asked. */
  readonly model: string
}

export interface Totals {
  readonly accounts: readonly Account[]
  readonly all: Sum
}

export interface Accounts {
  /** Notes a call and gives its cost. `answered` is the model that replied, which may have a price of its own. */
  add(
    answered: string,
    model: string,
    spender: Spender | undefined,
    usage: Usage,
    estimated: boolean,
  ): number | undefined
  lose(model: string, spender: Spender | undefined, tokens: { readonly input: number; readonly output: number }): void
  totals(): Totals
}

const NOTHING: Sum = {
  calls: 0,
  usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 },
  usd: 0,
  estimated: 0,
  lost: { calls: 0, tokens: 0, usd: 0 },
  cacheShare: 0,
}

export function accounts(prices: Prices): Accounts {
  const kept = new Map<string, Account>()
  const note = (model: string, spender: Spender | undefined, more: Omit<Sum, 'cacheShare'>): void => {
    const key = JSON.stringify([spender?.agent, spender?.deliverable, model])
    const account = kept.get(key) ?? { ...NOTHING, ...spender, model }
    kept.set(key, { ...account, ...plus(account, more) })
  }
  return {
    add(answered, model, spender, usage, estimated) {
      const price = priceOf(answered, prices) ?? priceOf(model, prices)
      const usd = price === undefined ? undefined : costOf(usage, price)
      note(model, spender, { calls: 1, usage, usd, estimated: estimated ? 1 : 0, lost: NOTHING.lost })
      return usd
    },
    lose(model, spender, { input, output }) {
      const price = priceOf(model, prices)
      const usd = price === undefined ? undefined : mostOf(input, output, price)
      note(model, spender, { ...NOTHING, lost: { calls: 1, tokens: input + output, usd } })
    },
    totals() {
      const rows = [...kept.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b), 'en'))
      return { accounts: rows, all: sumOf(rows) }
    },
  }
}

export const sumOf = (rows: readonly Sum[]): Sum => rows.reduce<Sum>(plus, NOTHING)

const keyOf = ({ agent = '', deliverable = '', model }: Account): string => `${agent} ${deliverable} ${model}`

function plus(a: Omit<Sum, 'cacheShare'>, b: Omit<Sum, 'cacheShare'>): Sum {
  const usage = {
    input: a.usage.input + b.usage.input,
    cacheRead: a.usage.cacheRead + b.usage.cacheRead,
    cacheWrite: a.usage.cacheWrite + b.usage.cacheWrite,
    output: a.usage.output + b.usage.output,
  }
  const input = usage.input + usage.cacheRead + usage.cacheWrite
  return {
    calls: a.calls + b.calls,
    usage,
    usd: known(a.usd, b.usd),
    estimated: a.estimated + b.estimated,
    lost: {
      calls: a.lost.calls + b.lost.calls,
      tokens: a.lost.tokens + b.lost.tokens,
      usd: known(a.lost.usd, b.lost.usd),
    },
    cacheShare: input === 0 ? 0 : usage.cacheRead / input,
  }
}

/** An unknown summand makes the sum unknown. */
const known = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b
