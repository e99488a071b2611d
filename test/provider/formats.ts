// The ways in which vendors answer, each with its bodies, so that one table of cases can be played in all of them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBudget } from '../../src/provider/budget.js'
import type { Surroundings } from '../../src/provider/call.js'
import { type OpenOptions, openModel } from '../../src/provider/open.js'
import type { Model, TurnRequest, Watch } from '../../src/provider/turn.js'
import type { Answer } from './wire-server.js'

export interface Format {
  readonly title: string
  readonly model: string
  /** As the server names it in its replies. */
  readonly answers: string
  /** Environment that points at a server. */
  readonly env: (url: string) => Record<string, string>
  readonly body: (name: string) => string
  readonly error: (name: string | number) => string
  readonly calls: readonly [string, string]
}

export const KEY = 'sk-canary-4f9a1c27d0b84e6f'

function format(title: string, folder: string, rest: Omit<Format, 'title' | 'body' | 'error'>): Format {
  const read = (name: string): string =>
    readFileSync(join(import.meta.dirname, 'bodies', `${folder}-written-from-sdk-types`, name), 'utf8')
  const errors = JSON.parse(read('errors.json')) as Record<string, unknown>
  return {
    title,
    body: (name) => read(`${name}.sse`),
    error: (name) => JSON.stringify(errors[String(name)]),
    ...rest,
  }
}

export const ANTHROPIC = format('messages', 'anthropic', {
  model: 'anthropic:claude-test-1',
  answers: 'anthropic:claude-test-1-20261001',
  env: (url) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url }),
  calls: ['toolu_1', 'toolu_2'],
})
export const CHAT = format('chat completions', 'chat', {
  model: 'compatible:test-1',
  answers: 'compatible:test-1-2026-10-01',
  env: (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` }),
  calls: ['call_1', 'call_2'],
})
export const RESPONSES = format('responses', 'responses', {
  model: 'openai:test-1',
  answers: 'openai:test-1-2026-10-01',
  env: (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` }),
  calls: ['call_1', 'call_2'],
})
export const FORMATS: readonly Format[] = [ANTHROPIC, RESPONSES, CHAT]

export const stream = (text: string): Answer => ({ pieces: [text] })

export const REQUEST: TurnRequest = {
  system: 'Be brief.',
  tools: [
    {
      name: 'read_files',
      description: 'Reads files.',
      schema: { type: 'object', properties: { paths: { type: 'array', items: { type: 'string' } } } },
    },
  ],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Which number?' }] }],
  maxTokens: 4096,
}

/** Time that passes only while someone sleeps, and chance that always says the same. */
export function still(random = 0.5): Surroundings & { readonly waits: number[] } {
  const waits: number[] = []
  let now = Date.parse('2026-11-21T12:00:00Z')
  return {
    waits,
    now: () => now,
    random: () => random,
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      waits.push(ms)
      now += ms
    },
  }
}

export interface Heard {
  readonly texts: string[]
  readonly lost: string[]
  readonly again: [string, number][]
  begun: number
  readonly watch: Watch
}

/** A watch that notes all that it is told. */
export function listener(signal: AbortSignal = new AbortController().signal): Heard {
  const heard: Omit<Heard, 'watch'> = { texts: [], lost: [], again: [], begun: 0 }
  return Object.assign(heard, {
    watch: {
      signal,
      onBegin: () => void heard.begun++,
      onText: (text: string) => void heard.texts.push(text),
      onLost: (reason: string) => void heard.lost.push(reason),
      onAgain: (reason: string, wait: number) => void heard.again.push([reason, wait]),
    },
  })
}

/** A model with everything around it, without a limit of money. */
export function opened(format: Format, url: string, more: Partial<OpenOptions> = {}): Model {
  return openModel({
    names: [format.model],
    env: format.env(url),
    budget: openBudget({ limit: 'none', prices: new Map() }),
    around: still(),
    ...more,
  })
}
