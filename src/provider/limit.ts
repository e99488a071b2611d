// How many calls go out at once: a few at first, fewer as soon as the vendor says too many, more while all goes well.
import PQueue from 'p-queue'
import type { Caller, Tried } from './call.js'
import type { TurnRequest, Watch } from './turn.js'

export interface Width {
  readonly start: number
  readonly most: number
  /** One more after so many good calls in a row. */
  readonly growAfter: number
}

export const WIDTH: Width = { start: 4, most: 16, growAfter: 8 }

/** First come, first served. `onWidth` is told whenever the number changes. */
export function withLimit(caller: Caller, width: Width = WIDTH, onWidth?: (calls: number) => void): Caller {
  const queue = new PQueue({ concurrency: width.start })
  let good = 0
  // Calls that were out together are refused together: only those begun after the last narrowing count again.
  let narrowings = 0
  const change = (calls: number): void => {
    good = 0
    if (calls === queue.concurrency) return
    queue.concurrency = calls
    onWidth?.(calls)
  }
  const noted = async (request: TurnRequest, watch: Watch): Promise<Tried> => {
    const seen = narrowings
    const tried = await caller.call(request, watch)
    const { turn } = tried
    if (turn.outcome === 'failed' && turn.failure === 'rate') {
      if (seen === narrowings) {
        narrowings++
        change(Math.max(1, Math.floor(queue.concurrency / 2)))
      }
    } else if ('reply' in turn) {
      good++
      if (good >= width.growAfter) change(Math.min(width.most, queue.concurrency + 1))
    }
    return tried
  }
  return {
    name: caller.name,
    async call(request, watch) {
      let running: Promise<Tried> | undefined
      try {
        return await queue.add(
          () => {
            running = noted(request, watch)
            return running
          },
          { signal: watch.signal },
        )
      } catch (error) {
        // The queue lets go of a stopped call at once; what it cost is only known when it has really ended.
        await running?.catch(() => {})
        throw error
      }
    },
  }
}
