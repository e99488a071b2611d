// A server that speaks chat completions and follows a script: what it says proves nothing about what a real model would say.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import { z } from 'zod'

const requestSchema = z.looseObject({
  model: z.string(),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
  messages: z.array(
    z.looseObject({
      role: z.string(),
      content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()]).optional(),
    }),
  ),
})

/** What the script knows of a request. */
export interface Asked {
  readonly deliverable: string
  /** The mark of the tags. */
  readonly mark: string
  /** Counts from 1 within the conversation. */
  readonly turn: number
  /** All that was said to the model, as one text. */
  readonly text: string
  /** The header of that name. */
  readonly authorization: string
  /** Text of a baseline file as the prompt shows it. */
  baseline(path: string): string
}

export interface Reply {
  readonly text?: string
  readonly submit?: object
  /** Another tool that is called, with its input. */
  readonly call?: { readonly name: string; readonly input: object }
  /** Facts that are proposed for the requirements. */
  readonly propose?: readonly object[]
  /** Instead of a reply: a status, or an answer that never comes. */
  readonly status?: number
  /** What is said with that status. */
  readonly words?: string
  readonly never?: true
}

export interface ModelServer {
  readonly url: string
  readonly asked: readonly Asked[]
  /** What was asked about the requirements, before all deliverables. */
  readonly read: readonly Asked[]
}

const servers: (() => void)[] = []
afterAll(() => {
  for (const close of servers.splice(0)) close()
})

/** Requirements are read as the rules read them, for one token in and one out, unless `reads` says otherwise. */
export async function modelServer(
  script: (asked: Asked) => Reply,
  reads?: (asked: Asked) => Reply,
): Promise<ModelServer> {
  const [all, read]: [Asked[], Asked[]] = [[], []]
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { messages, model, tools = [] } = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()))
      const asked = { ...askedIn(messages), authorization: request.headers.authorization ?? '' }
      const reading = tools.some((tool) => tool.function.name === 'propose')
      const list = reading ? read : all
      list.push(asked)
      if (reading && reads === undefined) return answer(response, model, { propose: [] }, 1)
      const reply = reading ? reads?.(asked) : script(asked)
      answer(response, model, reply ?? {}, Math.ceil(asked.text.length / 4))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  servers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: all, read }
}

function askedIn(messages: z.infer<typeof requestSchema>['messages']): Omit<Asked, 'authorization'> {
  const text = messages
    .flatMap(({ content }) =>
      typeof content === 'string' ? [content] : (content ?? []).map((part) => part.text ?? ''),
    )
    .join('\n')
  const mark = /MARK is ([a-z0-9]+)\./.exec(text)?.[1] ?? ''
  return {
    deliverable: /Deliverable `([a-z-]+)`/.exec(text)?.[1] ?? '',
    mark,
    turn: messages.filter(({ role }) => role === 'assistant').length + 1,
    text,
    baseline: (path) => {
      const begin = `<baseline-${mark} path="${path}">\n`
      const at = text.indexOf(begin)
      if (at < 0) throw new Error(`the prompt shows no ${path}`)
      return text.slice(at + begin.length, text.indexOf(`</baseline-${mark}>`, at))
    },
  }
}

function answer(
  response: ServerResponse,
  model: string,
  { text = '', submit, call, propose, status, words = `scripted ${status}`, never }: Reply,
  tokens: number,
): void {
  if (never === true) return
  if (status !== undefined) {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: words, type: 'scripted', code: null } }))
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (more: object): void => {
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, ...more })}\n\n`,
    )
  }
  const choice = (delta: object, finish_reason: string | null = null): void =>
    send({ choices: [{ index: 0, delta, finish_reason }] })
  choice({ role: 'assistant', content: text })
  const called =
    call ??
    (propose !== undefined
      ? { name: 'propose', input: { facts: propose } }
      : submit !== undefined && { name: 'submit', input: submit })
  if (called) {
    const { name, input } = called
    const said = { name, arguments: JSON.stringify(input) }
    choice({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: said }] })
  }
  choice({}, called ? 'tool_calls' : 'stop')
  const out = tokens === 1 ? 1 : 100
  send({ choices: [], usage: { prompt_tokens: tokens, completion_tokens: out, total_tokens: tokens + out } })
  response.end('data: [DONE]\n\n')
}
