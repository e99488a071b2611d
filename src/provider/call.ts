// One request on the wire and what came of it: what vendors, limits and retries say to each other below the seam of turn.ts.
import type { Turn, TurnRequest, Watch } from './turn.js'

/** A turn with what only the next try needs to know. */
export interface Tried {
  readonly turn: Turn
  /** How long the vendor asked to wait, in ms. */
  readonly retryAfter?: number
  /** The connection had been used before and was closed under the request: nobody is overloaded, so there is no reason to wait. */
  readonly stale?: true
}

/** One try: sends once, never retries. Throws the signal's reason where it was aborted, and nothing else. */
export interface Caller {
  /** `vendor:id`. */
  readonly name: string
  call(request: TurnRequest, watch: Watch): Promise<Tried>
}

/** Time and chance as values, so that tests need not wait for either. */
export interface Surroundings {
  readonly now: () => number
  /** From 0 up to 1. */
  readonly random: () => number
  /** Throws the signal's reason as soon as it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

export const surroundings: Surroundings = {
  now: Date.now,
  random: Math.random,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal.addEventListener('abort', stop, { once: true })
    }),
}
