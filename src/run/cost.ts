// What the calls of a run used, as it is recorded and shown: sums by deliverable and in all, with what had to be estimated kept apart.
import { z } from 'zod'
import { type Account, type Sum, sumOf, type Totals } from '../provider/accounts.js'
import type { Spent } from '../provider/budget.js'

const count = z.number().int().nonnegative()
/** USD; null where the price of a model is unknown. */
const dollars = z.number().nonnegative().nullable()
const spending = {
  /** Calls that brought an answer. */
  calls: count,
  /** Tokens of all input. */
  input: count,
  /** Those of them that the vendor had kept. */
  kept: count,
  output: count,
  usd: dollars,
  /** Calls whose tokens the vendor did not say, so that they were estimated. */
  estimated: count,
  /** Calls without an answer that may be on the bill, at the most that they can have cost; in no other number. */
  lost: z.strictObject({ calls: count, tokens: count, usd: dollars }),
}

/** The event of a run with models, just before `run-end`. */
export const costSchema = z.strictObject({
  type: z.literal('cost'),
  deliverables: z.array(
    z.strictObject({
      agent: z.string(),
      deliverable: z.string(),
      /** Who was asked, as `vendor:id`. */
      models: z.array(z.string()),
      ...spending,
    }),
  ),
  all: z.strictObject(spending),
  /** What the runs that this one goes on with had used of the budget. */
  before: z.strictObject({ tokens: count, usd: z.number().nonnegative() }).exactOptional(),
})
export type Cost = z.infer<typeof costSchema>
export type Spending = Cost['all']

/** Totals of a run, and what the runs before it used. */
export interface Spendings extends Totals {
  readonly before?: Spent
}

export function costEvent({ accounts, all, before }: Spendings): Cost {
  const byDeliverable = new Map<string, Account[]>()
  for (const account of accounts) {
    const { deliverable = '' } = account
    byDeliverable.set(deliverable, [...(byDeliverable.get(deliverable) ?? []), account])
  }
  const deliverables = [...byDeliverable].map(([deliverable, own]) => ({
    agent: own[0]?.agent ?? '',
    deliverable,
    models: [...new Set(own.map(({ model }) => model))],
    ...spendingOf(sumOf(own)),
  }))
  return {
    type: 'cost',
    deliverables,
    all: spendingOf(all),
    ...(before === undefined ? {} : { before: { ...before } }),
  }
}

/** What one agent's calls used; undefined where it made none. */
export function spentBy(agent: string, { accounts }: Totals): Spending | undefined {
  const own = accounts.filter((account) => account.agent === agent)
  return own.length === 0 ? undefined : spendingOf(sumOf(own))
}

function spendingOf({ calls, usage, usd, estimated, lost }: Sum): Spending {
  return {
    calls,
    input: usage.input + usage.cacheRead + usage.cacheWrite,
    kept: usage.cacheRead,
    output: usage.output,
    usd: usd ?? null,
    estimated,
    lost: { calls: lost.calls, tokens: lost.tokens, usd: lost.usd ?? null },
  }
}
