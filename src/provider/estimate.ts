// What a run may cost, said before anything is sent, with what was assumed for it.
import { costOf, type Prices, priceOf } from './prices.js'
import { textTokens } from './tokens.js'

/** One conversation that is about to be held. */
export interface Planned {
  /** `vendor:id`. */
  readonly model: string
  /** Bytes of the first request: system text, tools and prompt. */
  readonly bytes: number
  /** How many of them other conversations with the same model begin with too. */
  readonly sharedBytes: number
  /** Bytes of the files that are to be tailored: a reply is hardly longer. */
  readonly replyBytes: number
}

export interface Estimate {
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Undefined where the price of a model is unknown. */
  readonly usd: number | undefined
  /** The same, if nothing is kept by the vendor and every conversation takes all its rounds. */
  readonly mostUsd: number | undefined
  readonly assumptions: readonly string[]
}

export interface Rounds {
  /** Turns of a conversation as a rule, and at most. */
  readonly usual: number
  readonly most: number
}

export function estimateRun(
  planned: readonly Planned[],
  prices: Prices,
  rounds: Rounds = { usual: 2, most: 4 },
): Estimate {
  const warm = new Set<string>()
  const usual = planned.map((one) => {
    const first = !warm.has(one.model)
    warm.add(one.model)
    return conversation(one, prices, rounds.usual, first ? 0 : textTokens(one.sharedBytes), true)
  })
  const most = planned.map((one) => conversation(one, prices, rounds.most, 0, false))
  const unknown = [
    ...new Set(planned.map(({ model }) => model).filter((model) => priceOf(model, prices) === undefined)),
  ]
  const dates = [...new Set(planned.flatMap(({ model }) => priceOf(model, prices)?.date ?? []))].sort()
  return {
    calls: planned.length * rounds.usual,
    inputTokens: sum(usual.map(({ input }) => input)),
    outputTokens: sum(usual.map(({ output }) => output)),
    usd: allKnown(usual.map(({ usd }) => usd)),
    mostUsd: allKnown(most.map(({ usd }) => usd)),
    assumptions: [
      `${planned.length} conversations of ${rounds.usual} turns, at most ${rounds.most}`,
      'a token is 4 bytes, and a fifth more to be safe',
      'each turn replies as much as the files it may change',
      'what conversations share is sent in full once per model and kept by the vendor after that',
      ...(dates.length === 0 ? [] : [`prices as read on ${dates.join(', ')}`]),
      ...unknown.map((model) => `the price of ${model} is unknown`),
    ],
  }
}

/** All turns of one conversation: each sends again what was said before. */
function conversation(
  { model, bytes, replyBytes }: Planned,
  prices: Prices,
  turns: number,
  kept: number,
  keeps: boolean,
): { input: number; output: number; usd: number | undefined } {
  const price = priceOf(model, prices)
  const prompt = textTokens(bytes)
  const reply = textTokens(replyBytes)
  let usd = 0
  let input = 0
  let before = Math.min(kept, prompt)
  for (let turn = 0; turn < turns; turn++) {
    const size = prompt + turn * reply
    const cacheRead = keeps ? before : 0
    const rest = size - cacheRead
    input += size
    if (price !== undefined) {
      const usage = keeps
        ? { input: 0, cacheRead, cacheWrite: rest, output: reply }
        : { input: rest, cacheRead, cacheWrite: 0, output: reply }
      usd += costOf(usage, price)
    }
    before = size
  }
  return { input, output: turns * reply, usd: price === undefined ? undefined : usd }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const allKnown = (dollars: readonly (number | undefined)[]): number | undefined =>
  dollars.some((one) => one === undefined) ? undefined : sum(dollars.map((one) => one ?? 0))
