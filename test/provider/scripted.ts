// Models and callers without a wire, for what is built on top of them.
import type { Caller, Tried } from '../../src/provider/call.js'
import type { Failure, Turn, TurnRequest, Usage, Watch } from '../../src/provider/turn.js'

export const USAGE: Usage = { input: 100, cacheRead: 0, cacheWrite: 0, output: 10 }

export const answered = (text: string, usage: Usage | null = USAGE, model = 'compatible:scripted'): Turn => ({
  outcome: 'ok',
  stop: 'end',
  reply: [{ type: 'text', text }],
  ...(usage && { usage }),
  model,
})

export const failure = (kind: Failure, sent = false): Turn => ({ outcome: 'failed', failure: kind, reason: kind, sent })

/** Asks `next` for what comes of each call, with its number. */
export function scripted(
  next: (n: number, request: TurnRequest, watch: Watch) => Turn | Tried | Promise<Turn | Tried>,
  name = 'compatible:scripted',
): Caller & { readonly requests: TurnRequest[] } {
  const requests: TurnRequest[] = []
  return {
    name,
    requests,
    async call(request, watch) {
      requests.push(request)
      const given = await next(requests.length - 1, request, watch)
      return 'turn' in given ? given : { turn: given }
    },
  }
}

/** A promise that the test keeps when it likes. */
export function promised<T>(): { readonly promise: Promise<T>; readonly keep: (value: T) => void } {
  let keep: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    keep = resolve
  })
  return { promise, keep }
}

/** Lets everything happen that can happen without time passing. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
