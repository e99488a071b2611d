// Money is reserved before a call and settled after it, so that not even all calls that are out can spend more than was allowed.
import { UsageError } from '../errors.js'
import { accounts, type Totals } from './accounts.js'
import type { Caller } from './call.js'
import { mostOf, outputFor, type Price, type Prices, priceOf } from './prices.js'
import { lostIn } from './retry.js'
import { inputTokens, outputTokens } from './tokens.js'
import type { Turn, TurnRequest, Usage } from './turn.js'

export type Limit = { readonly usd: number } | { readonly tokens: number } | 'none'

export interface Spent {
  readonly usd: number
  readonly tokens: number
}

export interface Budget {
  /** The same caller, that asks for the money first. Throws where the limit is in USD and the model's price is unknown. */
  over(caller: Caller): Caller
  totals(): Totals
}

export interface BudgetOptions {
  readonly limit: Limit
  readonly prices: Prices
  /** What earlier processes of the same run used. */
  readonly before?: Spent
  /** Told after every call. */
  readonly onSpend?: (totals: Totals) => void
}

/** A reply may be cut shorter to use up what is left, but not below this many tokens: nothing whole would fit. */
const LEAST_OUTPUT = 2048

interface Waiting {
  /** All that the call may cost. */
  readonly most: number
  /** What it may cost at least to be of use, out of `room`; undefined where that is not enough. */
  readonly fit: (room: number) => { readonly amount: number; readonly output: number } | undefined
  readonly output: number
  readonly grant: (granted: Grant | undefined) => void
}
interface Grant {
  readonly amount: number
  /** Most tokens of output that were paid for. */
  readonly output: number
}

export function openBudget({ limit, prices, before, onSpend }: BudgetOptions): Budget {
  const inUsd = limit !== 'none' && 'usd' in limit
  const all = limit === 'none' ? Number.POSITIVE_INFINITY : 'usd' in limit ? limit.usd : limit.tokens
  const books = accounts(prices)
  let spent = (inUsd ? before?.usd : before?.tokens) ?? 0
  let held = 0
  const waiting: Waiting[] = []

  /** Serves those who wait, in their order: a small call behind a large one would keep that waiting for ever. */
  const serve = (): void => {
    for (let head = waiting[0]; head !== undefined; head = waiting[0]) {
      const room = all - spent - held
      const whole = head.most <= room ? { amount: head.most, output: head.output } : undefined
      // While others are out, what they do not use may be enough.
      if (whole === undefined && held > 0) return
      const granted = whole ?? head.fit(room)
      waiting.shift()
      held += granted?.amount ?? 0
      head.grant(granted)
    }
  }
  const reserve = (wanted: Omit<Waiting, 'grant'>, signal: AbortSignal): Promise<Grant | undefined> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(entry), 1)
        reject(signal.reason)
        serve()
      }
      const entry: Waiting = {
        ...wanted,
        grant: (granted) => {
          signal.removeEventListener('abort', leave)
          resolve(granted)
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(entry)
      serve()
    })
  const settle = (granted: Grant, used: number): void => {
    held -= granted.amount
    spent += used
    serve()
  }

  const over = (caller: Caller): Caller => {
    const price = priceOf(caller.name, prices)
    if (inUsd && price === undefined) throw unknownPrice(caller.name)
    const measure = inputTokens()
    return {
      name: caller.name,
      async call(request, watch) {
        watch.signal.throwIfAborted()
        const input = measure.estimate(request)
        const granted = await reserve(wantedFor(request, input, inUsd ? price : undefined), watch.signal)
        if (granted === undefined) return { turn: overBudget(limit, spent) }
        const lost = (): void => {
          books.lose(caller.name, watch.spender, { input, output: granted.output })
          settle(granted, granted.amount)
          onSpend?.(books.totals())
        }
        const asked = granted.output < request.maxTokens ? { ...request, maxTokens: granted.output } : request
        const tried = await caller.call(asked, watch).catch((error: unknown) => {
          // Stopped in the middle: it may be on the bill.
          lost()
          throw error
        })
        const { turn } = tried
        if (lostIn(turn) !== undefined) lost()
        else if ('reply' in turn) {
          const usage = turn.usage ?? { input, cacheRead: 0, cacheWrite: 0, output: outputTokens(turn.reply) }
          if (turn.usage !== undefined) measure.learn(request, turn.usage)
          const cost = books.add(turn.model, caller.name, watch.spender, usage, turn.usage === undefined)
          settle(granted, inUsd ? (cost ?? granted.amount) : tokensOf(usage))
          onSpend?.(books.totals())
        } else settle(granted, 0)
        return tried
      },
    }
  }
  return { over, totals: books.totals }
}

const tokensOf = ({ input, cacheRead, cacheWrite, output }: Usage): number => input + cacheRead + cacheWrite + output

/** In USD where there is a price, else in tokens. */
function wantedFor({ maxTokens }: TurnRequest, input: number, price: Price | undefined): Omit<Waiting, 'grant'> {
  const costOf = (output: number): number => (price === undefined ? input + output : mostOf(input, output, price))
  const least = Math.min(maxTokens, LEAST_OUTPUT)
  return {
    most: costOf(maxTokens),
    output: maxTokens,
    fit: (room) => {
      const output = Math.min(maxTokens, price === undefined ? room - input : outputFor(room, input, price))
      return output < least ? undefined : { amount: costOf(output), output }
    },
  }
}

function overBudget(limit: Limit, spent: number): Turn {
  if (limit === 'none') return { outcome: 'over budget', reason: 'there is no budget' }
  const said =
    'usd' in limit
      ? `$${spent.toFixed(2)} of $${limit.usd.toFixed(2)} are used`
      : `${spent} of ${limit.tokens} tokens are used`
  return { outcome: 'over budget', reason: `${said}, and the next call could cost more than is left` }
}

const unknownPrice = (name: string): UsageError =>
  new UsageError(
    `the price of ${name} is unknown, so a budget in USD cannot be kept; give --budget-tokens <n> or --budget none, or write its price into a file of your own (prices in config.yaml)`,
  )
