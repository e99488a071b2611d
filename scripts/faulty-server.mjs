// A server of models that speaks messages and chat completions, follows a script and fails at random: it remembers every request and
// counts tokens as a vendor at its strictest would.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { askedIn } from './scripted-model.mjs'

/** Answers that say that there is none, and ends of a connection before, within and after a reply. */
const FAULTS = ['429', '500', '503', 'reset', 'cut', 'quiet', 'error']
/** Of each request, in one process: the product tries five times. */
const MOST_FAULTS = 2
const FAULT_SHARE = 0.25
const SLOW_SHARE = 0.3

/**
 * `reply` gives text and calls for what was asked.
 * @returns {Promise<{ url: string, seen: object[], newProcess: () => void, onReply: (listener?: () => void) => void, calm: (on: boolean) => void, stop: () => Promise<void> }>}
 */
export async function faultyServer({ random, reply }) {
  const seen = []
  const errors = []
  let process = 0
  let serial = 0
  let calm = false
  let listener = () => {}
  const serve = async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString())
    const format = request.url.endsWith('/messages') ? MESSAGES : CHAT
    const asked = askedIn(format.messages(body))
    const entry = { ...identified(body), process, serial: ++serial, deliverable: asked.deliverable, turn: asked.turn }
    const before = seen.filter((one) => one.hash === entry.hash && one.process === process)
    seen.push(entry)
    const fault = faultFor(entry, before)
    entry.fault = fault
    const said = reply(asked, `serial-${entry.serial}-`)
    const usage = {
      input: Math.ceil(Buffer.byteLength(asked.text) / 4),
      output: Math.ceil(JSON.stringify(said).length / 4),
    }
    // Nobody knows how far the reply had been thought out when its connection went.
    entry.billed = /^\d/.test(fault ?? '')
      ? undefined
      : fault === undefined
        ? usage
        : { ...usage, output: format.most(body) }
    await delay(10 + random() * 90)
    if (fault === 'reset') return request.socket.resetAndDestroy()
    if (/^\d/.test(fault ?? '')) {
      response.writeHead(Number(fault), { 'content-type': 'application/json', 'retry-after': '0' })
      return response.end(JSON.stringify({ type: 'error', error: { type: 'scripted', message: `scripted ${fault}` } }))
    }
    const events = format.events(body.model, said, usage)
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    // What comes after the reason of its end only says what it cost: a reply without that is whole.
    const cut = Math.floor(random() * (events.length - format.after))
    const kept = fault === undefined ? events : events.slice(0, cut)
    if (fault === 'error') kept.push(format.error)
    const bytes = Buffer.from(kept.join(''))
    await streamed(response, fault === 'cut' ? bytes.subarray(0, bytes.length - Math.floor(random() * 9)) : bytes)
    if (fault === 'cut') return setTimeout(() => request.socket.destroy(), 10)
    response.end(() => {
      if (fault === undefined) listener()
    })
  }
  const faultFor = (_, before) => {
    if (calm || before.filter(({ fault }) => fault !== undefined).length >= MOST_FAULTS || random() > FAULT_SHARE)
      return undefined
    const fault = FAULTS[Math.floor(random() * FAULTS.length)]
    // A server that ends quietly twice in a row is not asked again.
    return fault === 'quiet' && before.length > 0 ? 'reset' : fault
  }
  /** In pieces that may end inside a character, some of them slowly. */
  const streamed = async (response, bytes) => {
    const slow = random() < SLOW_SHARE
    for (let at = 0; at < bytes.length && !response.destroyed; ) {
      const size = 1 + Math.floor(random() * (slow ? bytes.length / 4 : bytes.length))
      response.write(bytes.subarray(at, at + size))
      at += size
      if (slow) await delay(random() * 60)
    }
  }
  const server = createServer(
    (request, response) =>
      void serve(request, response).catch((error) => {
        errors.push(error)
        response.destroy()
      }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    newProcess: () => process++,
    onReply: (next = () => {}) => {
      listener = next
    },
    calm: (on) => {
      calm = on
    },
    /** Throws what went wrong in here, which is no fault of the product. */
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      if (errors.length > 0) throw errors[0]
    },
  }
}

/** A request without the limit of its reply, which follows from what is left of the budget. */
function identified({ max_tokens: _, ...rest }) {
  return { hash: createHash('sha256').update(JSON.stringify(rest)).digest('hex') }
}

const event = (value) => `data: ${JSON.stringify(value)}\n\n`
/** What a person would call a word, so that a reply is many events. */
const pieces = (text) => text.match(/[^ ]* ?|\n/g)?.filter(Boolean) ?? []

const CHAT = {
  after: 3,
  messages: ({ messages }) => messages,
  most: ({ max_tokens: most }) => most,
  error: event({ error: { message: 'scripted', type: 'server_error', code: null } }),
  events(model, { text = '', calls = [] }, { input, output }) {
    const chunk = (more) => event({ id: 'c', object: 'chat.completion.chunk', created: 1, model, ...more })
    const choice = (delta, reason = null) => chunk({ choices: [{ index: 0, delta, finish_reason: reason }] })
    return [
      choice({ role: 'assistant', content: '' }),
      ...pieces(text).map((content) => choice({ content })),
      ...calls.flatMap(({ id, name, input: given }, index) => [
        choice({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
        ...pieces(JSON.stringify(given)).map((part) =>
          choice({ tool_calls: [{ index, function: { arguments: part } }] }),
        ),
      ]),
      choice({}, calls.length > 0 ? 'tool_calls' : 'stop'),
      chunk({ choices: [], usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } }),
      'data: [DONE]\n\n',
    ]
  },
}

const MESSAGES = {
  after: 2,
  messages: ({ system = [], messages }) =>
    [{ role: 'system', content: system }, ...messages].map(({ role, content }) => ({
      role,
      content: content.map((part) => ({ text: part.text ?? part.content ?? '' })),
    })),
  most: ({ max_tokens: most }) => most,
  error: `event: error\n${event({ type: 'error', error: { type: 'overloaded_error', message: 'scripted' } })}`,
  events(model, { text = '', calls = [] }, { input, output }) {
    const named = (value) => `event: ${value.type}\n${event(value)}`
    const block = (index, start, deltas) => [
      named({ type: 'content_block_start', index, content_block: start }),
      ...deltas.map((delta) => named({ type: 'content_block_delta', index, delta })),
      named({ type: 'content_block_stop', index }),
    ]
    const usage = { input_tokens: input, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
    const message = {
      id: 'm',
      type: 'message',
      role: 'assistant',
      content: [],
      model,
      stop_reason: null,
      stop_sequence: null,
      usage,
    }
    const first =
      text === ''
        ? []
        : block(
            0,
            { type: 'text', text: '' },
            pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
          )
    const rest = calls.flatMap(({ id, name, input: given }, at) =>
      block(
        at + (text === '' ? 0 : 1),
        { type: 'tool_use', id, name, input: {} },
        pieces(JSON.stringify(given)).map((part) => ({ type: 'input_json_delta', partial_json: part })),
      ),
    )
    const delta = { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null }
    return [
      named({ type: 'message_start', message }),
      ...first,
      ...rest,
      named({ type: 'message_delta', delta, usage: { output_tokens: output } }),
      named({ type: 'message_stop' }),
    ]
  },
}
