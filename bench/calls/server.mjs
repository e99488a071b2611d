// A server that answers every vendor's format after a fixed time with a fixed script: it measures who asks, and says nothing of models.
//   node server.mjs LATENCY_MS   prints the port that it listens on
// A conversation is three calls: a file is read, another one is read, and the work is handed in, each with 4,000 characters of text.
import { createServer } from 'node:http'

const latency = Number(process.argv[2])
const DELTA = 'A sentence of a model that says neither much nor anything of use. '.repeat(2).slice(0, 100)
const DELTAS = 40
const READ = { paths: ['src/a.py'], from_line: null }
// Frameworks take messages of one id for the same message.
let answered = 0
const SUBMIT = { summary: 'Done.', decisions: [], assumptions: [], covers: [], contract: [], files: [], remove: [] }

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString())
    const messages = request.url.endsWith('/messages')
    const turn = messages
      ? body.messages.filter(({ role }) => role === 'assistant').length
      : body.input.filter(({ type }) => type === 'function_call').length
    const [name, input] = body.tools.some((tool) => tool.name === 'propose')
      ? ['propose', { facts: [] }]
      : turn < 2
        ? ['read_files', READ]
        : ['submit', SUBMIT]
    const call = { id: `call_${++answered}`, name, input }
    const events = messages ? anthropic(body.model, call) : responses(body.model, call)
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      response.end()
    }, latency)
  })
})

function anthropic(model, call) {
  const usage = { input_tokens: 20_000, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 }
  const message = {
    id: `msg_${answered}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    usage,
  }
  const use = { type: 'tool_use', id: call.id, name: call.name, input: {} }
  const json = JSON.stringify(call.input)
  const text = (delta) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: delta } })
  const part = (partial_json) => ({
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json },
  })
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...Array.from({ length: DELTAS }, () => text(DELTA)),
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: use },
    part(json.slice(0, 10)),
    part(json.slice(10)),
    { type: 'content_block_stop', index: 1 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 1000 } },
    { type: 'message_stop' },
  ]
}

function responses(model, call) {
  let sequence_number = 0
  const numbered = (event) => ({ ...event, sequence_number: sequence_number++ })
  const base = {
    id: `resp_${answered}`,
    object: 'response',
    created_at: 1,
    model,
    output: [],
    status: 'in_progress',
    tools: [],
  }
  const written = { type: 'output_text', text: DELTA.repeat(DELTAS), annotations: [], logprobs: [] }
  const message = { id: `msg_${answered}`, type: 'message', role: 'assistant', status: 'completed', content: [written] }
  const args = JSON.stringify(call.input)
  const use = { type: 'function_call', id: `fc_${call.id}`, call_id: call.id, name: call.name, status: 'completed' }
  const usage = {
    ...{ input_tokens: 20_000, input_tokens_details: { cached_tokens: 0 } },
    ...{ output_tokens: 1000, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 21_000 },
  }
  const at = { item_id: message.id, output_index: 0, content_index: 0 }
  const of = { item_id: use.id, output_index: 1 }
  const output = [message, { ...use, arguments: args }]
  return [
    { type: 'response.created', response: base },
    { type: 'response.in_progress', response: base },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...written, text: '' } },
    ...Array.from({ length: DELTAS }, () => ({
      type: 'response.output_text.delta',
      ...at,
      delta: DELTA,
      logprobs: [],
    })),
    { type: 'response.output_text.done', ...at, text: written.text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: written },
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.output_item.added', output_index: 1, item: { ...use, arguments: '', status: 'in_progress' } },
    { type: 'response.function_call_arguments.delta', ...of, delta: args.slice(0, 10) },
    { type: 'response.function_call_arguments.delta', ...of, delta: args.slice(10) },
    { type: 'response.function_call_arguments.done', ...of, arguments: args },
    { type: 'response.output_item.done', output_index: 1, item: output[1] },
    { type: 'response.completed', response: { ...base, status: 'completed', output, usage } },
  ].map(numbered)
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
