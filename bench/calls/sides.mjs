// Who holds the conversation: the vendors' packages in the plainest loop, the product, and two frameworks. Each gives a function that
// holds one conversation of three calls and resolves with how often it called.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { built, FILE, KEY, MAX_TOKENS, MODEL, OWN, SHARED, SYSTEM, texts, tools } from './talk.mjs'

const CALLS = 3

export const SIDES = {
  bare: { anthropic: bareAnthropic, openai: bareOpenai },
  ours: { anthropic: (around) => ours('anthropic', around), openai: (around) => ours('openai', around) },
  langgraph: {
    anthropic: (around) => langgraph('anthropic', around),
    openai: (around) => langgraph('openai', around),
  },
  agents: { openai: openaiAgents },
}

async function bareAnthropic({ url }) {
  const { default: Anthropic } = await import('@anthropic-ai/sdk')
  const client = new Anthropic({ apiKey: KEY, baseURL: url, maxRetries: 0 })
  const described = tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema }))
  return async () => {
    const messages = [{ role: 'user', content: SHARED + OWN }]
    for (let calls = 1; ; calls++) {
      const request = { model: MODEL.anthropic, system: SYSTEM, tools: described, messages, max_tokens: MAX_TOKENS }
      const { content } = await client.messages.stream(request).finalMessage()
      const use = content.find(({ type }) => type === 'tool_use')
      if (use === undefined || use.name === 'submit') return calls
      const result = { type: 'tool_result', tool_use_id: use.id, content: FILE }
      messages.push({ role: 'assistant', content }, { role: 'user', content: [result] })
    }
  }
}

async function bareOpenai({ url }) {
  const { default: OpenAI } = await import('openai')
  const client = new OpenAI({ apiKey: KEY, baseURL: `${url}/v1`, maxRetries: 0 })
  const described = tools.map(({ name, description, schema }) => ({
    ...{ type: 'function', name, description, strict: true },
    parameters: schema,
  }))
  return async () => {
    const input = [{ role: 'user', content: SHARED + OWN }]
    const request = { model: MODEL.openai, instructions: SYSTEM, tools: described, max_output_tokens: MAX_TOKENS }
    for (let calls = 1; ; calls++) {
      const { output } = await client.responses.stream({ ...request, input, store: false }).finalResponse()
      const use = output.find(({ type }) => type === 'function_call')
      if (use === undefined || use.name === 'submit') return calls
      // What the package adds for its readers is not taken back by the server.
      input.push(...output.map(({ parsed_arguments: _, ...item }) => item))
      input.push({ type: 'function_call_output', call_id: use.call_id, output: FILE })
    }
  }
}

/** As `design` holds it: every call on disk before it is sent and every answer before it is used. Checks are not part of it. */
async function ours(vendor, { url }) {
  const [{ converse }, { openModel }, { openBudget }, { openLedger }, { openRecord }] = await Promise.all(
    ['agent/conversation', 'provider/open', 'provider/budget', 'run/ledger', 'record/record'].map((name) =>
      built(`${name}.js`),
    ),
  )
  const folder = mkdtempSync(path.join(tmpdir(), 'mlops-agents-calls-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const record = openRecord(folder, { clock: Date.now })
  const ledger = openLedger({ append: record.append, received: new Map() })
  const env = {
    ...{ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url },
    ...{ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` },
  }
  const budget = openBudget({ limit: { tokens: 1e12 }, prices: new Map() })
  // The server is one machine without a limit of its own, so the width that others get is given here too.
  const width = { start: 1000, most: 1000, growAfter: 1 }
  const model = openModel({ names: [`${vendor}:${MODEL[vendor]}`], env, budget, width })
  let number = 0
  return async () => {
    const deliverable = `d${number++}`
    let calls = 0
    await converse(
      {
        ...{ deliverable, system: SYSTEM, nonce: 'k3y0z', requirementIds: [], maxTokens: MAX_TOKENS },
        parts: [{ text: SHARED, shared: true }, { text: OWN }],
        baseline: [{ path: 'src/a.py', content: FILE }],
        readable: new Map([['src/a.py', FILE]]),
      },
      {
        ...{ model: ledger.of(model, { agent: 'writer', deliverable }), tools, say: texts.say },
        ...{ check: async () => [], guard: async () => [], signal: new AbortController().signal },
        tell: (event) => {
          if (event.type === 'turn-end' && event.outcome === 'ok') calls++
        },
      },
    )
    return calls
  }
}

/** From the folder in which the frameworks were installed. */
async function framework(folder, name) {
  const found = createRequire(path.join(folder, 'package.json')).resolve(name)
  return import(pathToFileURL(found).href)
}

async function langgraph(vendor, { url, folder }) {
  const { createReactAgent } = await framework(folder, '@langchain/langgraph/prebuilt')
  const { tool } = await framework(folder, '@langchain/core/tools')
  const { SystemMessage, HumanMessage } = await framework(folder, '@langchain/core/messages')
  const llm =
    vendor === 'anthropic'
      ? new (await framework(folder, '@langchain/anthropic')).ChatAnthropic({
          ...{ model: MODEL.anthropic, apiKey: KEY, anthropicApiUrl: url },
          ...{ maxTokens: MAX_TOKENS, streaming: true, maxRetries: 0 },
        })
      : new (await framework(folder, '@langchain/openai')).ChatOpenAI({
          ...{ model: MODEL.openai, apiKey: KEY, configuration: { baseURL: `${url}/v1` } },
          ...{ useResponsesApi: true, maxTokens: MAX_TOKENS, streaming: true, maxRetries: 0 },
        })
  const described = tools.map(({ name, description, schema }) =>
    tool(async () => FILE, { name, description, schema, returnDirect: name === 'submit' }),
  )
  const agent = createReactAgent({ llm, tools: described })
  return async () => {
    const messages = [new SystemMessage(SYSTEM), new HumanMessage(SHARED + OWN)]
    let last
    for await (const state of await agent.stream({ messages }, { streamMode: 'values' })) last = state
    return last.messages.filter((message) => message.getType() === 'ai').length
  }
}

async function openaiAgents({ url, folder }) {
  const { Agent, Runner, tool, OpenAIProvider, setTracingDisabled } = await framework(folder, '@openai/agents')
  setTracingDisabled(true)
  const modelProvider = new OpenAIProvider({ apiKey: KEY, baseURL: `${url}/v1`, useResponses: true })
  const runner = new Runner({ modelProvider, tracingDisabled: true })
  const agent = new Agent({
    ...{ name: 'writer', instructions: SYSTEM, model: MODEL.openai },
    modelSettings: { maxTokens: MAX_TOKENS, store: false },
    toolUseBehavior: { stopAtToolNames: ['submit'] },
    tools: tools.map(({ name, description, schema }) =>
      tool({ name, description, parameters: schema, strict: true, execute: async () => FILE }),
    ),
  })
  return async () => {
    const stream = await runner.run(agent, SHARED + OWN, { stream: true, maxTurns: CALLS + 1 })
    for await (const _ of stream) {
      // Read to its end, as whoever shows progress does.
    }
    await stream.completed
    return stream.rawResponses.length
  }
}
