// The one owner of retries: which failures are worth another try, how long to wait before it, and when to stop.
import type { Caller, Surroundings, Tried } from './call.js'
import type { Model, Turn, TurnRequest, Watch } from './turn.js'

export interface Patience {
  /** Most tries of one turn, the first included. */
  readonly tries: number
  /** After so many ms no further try begins. */
  readonly total: number
  /** Longest wait in ms, whatever a vendor asks for. */
  readonly longest: number
  /** First wait in ms, doubled with each try. */
  readonly first: number
}

export const PATIENCE: Patience = { tries: 5, total: 300_000, longest: 60_000, first: 1000 }

export function withRetries(
  caller: Caller,
  { now, random, sleep }: Surroundings,
  patience: Patience = PATIENCE,
): Model {
  const waitAfter = ({ retryAfter, stale }: Tried, tries: number): number => {
    // A closed connection says nothing about the server; the next one is a new one.
    if (stale && tries === 1) return 0
    // Full jitter: those who failed together do not come back together.
    const backoff = random() * Math.min(patience.longest, patience.first * 2 ** (tries - 1))
    return Math.min(patience.longest, retryAfter === undefined ? backoff : retryAfter + random() * patience.first)
  }
  return {
    name: caller.name,
    async turn(request: TurnRequest, watch: Watch): Promise<Turn> {
      const begun = now()
      for (let tries = 1; ; tries++) {
        const tried = await caller.call(request, watch)
        const { turn } = tried
        const lost = lostIn(turn)
        if (lost !== undefined) await watch.onLost?.(lost)
        if (!worthAnother(turn, tries)) return turn
        const wait = waitAfter(tried, tries)
        if (tries >= patience.tries || now() - begun + wait > patience.total) return gaveUp(turn, tries)
        watch.onAgain?.(turn.reason, wait)
        await sleep(wait, watch.signal)
      }
    },
  }
}

/** Why a call that brought nothing may have been paid for. */
export function lostIn(turn: Turn): string | undefined {
  if (turn.outcome === 'invalid' || (turn.outcome === 'failed' && turn.sent)) return turn.reason
  return undefined
}

function worthAnother(turn: Turn, tries: number): turn is Extract<Turn, { outcome: 'failed' | 'invalid' }> {
  // What ended quietly once may have been a proxy's doing; a server that does so twice will do it again.
  if (turn.outcome === 'invalid') return tries === 1
  if (turn.outcome !== 'failed') return false
  const { failure } = turn
  return failure === 'rate' || failure === 'server' || failure === 'network' || failure === 'time'
}

function gaveUp(turn: Extract<Turn, { outcome: 'failed' | 'invalid' }>, tries: number): Turn {
  return tries === 1 ? turn : { ...turn, reason: `${turn.reason} (after ${tries} tries)` }
}
