// A real HTTP server that answers with given bytes and then behaves as badly as it is told to.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Written one after another, `pause` ms apart. */
  readonly pieces?: readonly (string | Uint8Array)[]
  readonly pause?: number
  /** `cut`: the connection is dropped after the pieces; `hang`: nothing more comes; `reset`: dropped before any answer. */
  readonly end?: 'cut' | 'hang' | 'reset'
}

export interface Seen {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** How many requests its connection had carried before. */
  readonly before: number
}

export interface WireServer {
  readonly url: string
  readonly seen: readonly Seen[]
  /** Most requests that were open at once. */
  readonly widest: () => number
  readonly close: () => Promise<void>
}

/** `answer` is asked with what came and how many came before it. */
export async function wireServer(answer: (seen: Seen, n: number) => Answer | Promise<Answer>): Promise<WireServer> {
  const seen: Seen[] = []
  const carried = new WeakMap<Socket, number>()
  let open = 0
  let widest = 0
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    open++
    widest = Math.max(widest, open)
    const before = carried.get(request.socket) ?? 0
    carried.set(request.socket, before + 1)
    let body = ''
    request.setEncoding('utf8')
    for await (const piece of request) body += piece
    const one: Seen = { path: request.url ?? '', headers: request.headers, body, before }
    seen.push(one)
    await play(await answer(one, seen.length - 1), request.socket, response)
    open--
  }
  const server = createServer((request, response) => void serve(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    widest: () => widest,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function play(answer: Answer, socket: Socket, response: ServerResponse): Promise<void> {
  const { status = 200, headers, pieces = [], pause = 0, end } = answer
  if (end === 'reset') {
    socket.resetAndDestroy()
    return
  }
  const type = status === 200 ? 'text/event-stream; charset=utf-8' : 'application/json'
  response.writeHead(status, { 'content-type': type, ...headers })
  response.flushHeaders()
  for (const piece of pieces) {
    response.write(piece)
    if (pause > 0) await delay(pause)
  }
  if (end === undefined) response.end()
  // What was written has to arrive before the connection goes.
  if (end === 'cut') setTimeout(() => socket.destroy(), 20)
}
