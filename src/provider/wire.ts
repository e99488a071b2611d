// The `fetch` that vendors' packages get: it gives up on silence, hands on errors whole, and follows nobody elsewhere.

/** No byte came for as long as one may take. */
export class Silence extends Error {
  constructor(readonly ms: number) {
    super(`no byte came for ${ms / 1000} s`)
  }
}

/** A success that is no stream of events: another server than was meant, or one that cannot stream. */
export class NoStream extends Error {
  constructor(type: string, start: string) {
    super(`the server answered ${type} where a stream of events was asked for${start === '' ? '' : `: ${start}`}`)
  }
}

/** A reply that goes on and on: nothing that was asked for is so long. */
export class Endless extends Error {
  constructor(readonly bytes: number) {
    super(`the reply was longer than ${Math.round(bytes / 2 ** 20)} MiB`)
  }
}
/** The longest reply of today's models has 128,000 tokens, and a stream says some 250 bytes about each. */
const MOST_REPLY_BYTES = 128 * 2 ** 20

/** An error's text may be long, but not endless. */
const MOST_ERROR_BYTES = 65_536

/** `quiet`: most ms between two bytes; `most`: bytes of a reply. */
export function wireFetch(quiet: number, most = MOST_REPLY_BYTES): typeof fetch {
  return async (resource, init) => {
    const given = init?.signal ?? undefined
    const ours = new AbortController()
    const stop = (): void => ours.abort(given?.reason)
    if (given?.aborted) stop()
    given?.addEventListener('abort', stop, { once: true })
    const watch = watchSilence(quiet, () => ours.abort(new Silence(quiet)))
    const end = (): void => {
      watch.end()
      given?.removeEventListener('abort', stop)
    }
    try {
      // A redirect would carry prompt and key to where nobody wanted them.
      const response = await fetch(resource, { ...init, redirect: 'manual', signal: ours.signal })
      watch.touch()
      const { status, statusText, headers } = response
      const type = headers.get('content-type') ?? ''
      const streams = response.ok && !/^(application\/json|text\/html)/i.test(type)
      if (!streams || response.body === null) {
        // A mocked error whose body is cloned while it streams never ends (msw 2), and an error is short: read it whole.
        const text = await startOf(response, watch.touch)
        end()
        if (response.ok) throw new NoStream(type || 'nothing', text.slice(0, 300))
        return new Response(status === 304 ? null : text, { status, statusText, headers })
      }
      return new Response(watched(response.body, most, watch.touch, end), { status, statusText, headers })
    } catch (error) {
      end()
      if (ours.signal.aborted && ours.signal.reason instanceof Silence) throw ours.signal.reason
      throw error
    }
  }
}

interface SilenceWatch {
  readonly touch: () => void
  readonly end: () => void
}

/** One timer for a whole answer: a piece of it only notes the time, since pieces are many. */
function watchSilence(ms: number, onSilence: () => void): SilenceWatch {
  let last = performance.now()
  let timer: NodeJS.Timeout | undefined
  const wait = (rest: number): void => {
    timer = setTimeout(() => {
      const left = ms - (performance.now() - last)
      if (left <= 0) onSilence()
      else wait(left)
    }, Math.ceil(rest))
  }
  wait(ms)
  return {
    touch: () => {
      last = performance.now()
    },
    end: () => clearTimeout(timer),
  }
}

/** The same bytes, noted as they pass. */
function watched(
  body: ReadableStream<Uint8Array>,
  most: number,
  touch: () => void,
  end: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let bytes = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await reader.read()
          touch()
          bytes += value?.length ?? 0
          if (bytes > most) {
            await reader.cancel()
            throw new Endless(most)
          }
          if (!done) return controller.enqueue(value)
          end()
          controller.close()
        } catch (error) {
          end()
          controller.error(error)
        }
      },
      async cancel(reason) {
        end()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

async function startOf(response: Response, touch: () => void): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < MOST_ERROR_BYTES) {
    const { value, done } = await reader.read()
    touch()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text
}
