// A server that speaks chat completions and sends replies that people have written: what it says proves that good work is
// accepted, and nothing about what a real model would send. Plain JavaScript, because acceptance runs it without a build.
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'

/** What a model sends where the baseline is right as it is. */
const NOTHING = {
  summary: 'The baseline fits the requirements as it is.',
  ...{ decisions: [], assumptions: [], covers: [], contract: [], files: [], remove: [] },
}
const TAG = /^<(\/?)(file|edit|search|replace)-MARK(?=[ >])/gm

/** Replies by deliverable: the text, and after a line that says `submit` the arguments of that call. */
export async function readReplies(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.txt') && name !== 'requirements.txt')
  const read = async (name) => {
    const written = await readFile(path.join(folder, name), 'utf8')
    const at = written.lastIndexOf('\nsubmit\n') + 1
    return [name.replace('.txt', ''), { text: written.slice(0, at), submit: JSON.parse(written.slice(at + 7)) }]
  }
  return new Map(await Promise.all(names.sort().map(read)))
}

/**
 * Answers the first turn of each conversation with its reply, and any other with nothing at all, so that a reply that was not
 * accepted shows. `asked` names deliverable and turn of every request.
 */
export async function scriptedServer(replies) {
  const asked = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const { model, messages } = JSON.parse(Buffer.concat(chunks).toString())
    const said = messages.flatMap(({ content }) => (typeof content === 'string' ? [content] : (content ?? [])))
    const words = said.map((part) => (typeof part === 'string' ? part : (part.text ?? ''))).join('\n')
    const deliverable = /Deliverable `([a-z-]+)`/.exec(words)?.[1] ?? ''
    const mark = /MARK is ([a-z0-9]+)\./.exec(words)?.[1] ?? ''
    const turn = messages.filter(({ role }) => role === 'assistant').length + 1
    // The requirements are as the rules read them.
    if (deliverable === '') return stream(response, model, { text: '', propose: { facts: [] } })
    asked.push({ deliverable, turn, last: said.at(-1) })
    const { text, submit } = replies.get(deliverable) ?? { text: '', submit: NOTHING }
    stream(response, model, turn > 1 ? { text: '' } : { text: text.replace(TAG, `<$1$2-${mark}`), submit })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}/v1`, asked, close }
}

function stream(response, model, { text, submit, propose }) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (more) =>
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, ...more })}\n\n`,
    )
  const choice = (delta, finish_reason = null) => send({ choices: [{ index: 0, delta, finish_reason }] })
  choice({ role: 'assistant', content: text })
  const given = propose ?? submit
  if (given !== undefined) {
    const call = { name: propose === undefined ? 'submit' : 'propose', arguments: JSON.stringify(given) }
    choice({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: call }] })
  }
  choice({}, given === undefined ? 'stop' : 'tool_calls')
  send({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } })
  response.end('data: [DONE]\n\n')
}
