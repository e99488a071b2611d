// A model that follows a script: no vendor, no network, and it can misbehave on demand. What it says proves nothing about
// what a real model would say.
import type { Message, Model, ReplyPart, Turn, TurnRequest, Watch } from '../../src/provider/turn.js'

/** Gives the outcome of the next turn; `turn` counts from 1. */
export type Script = (request: TurnRequest, turn: number) => Turn

export interface ScriptedModel extends Model {
  /** Every request, in order. */
  readonly requests: readonly TurnRequest[]
}

export function scriptedModel(script: Script, name = 'scripted:model'): ScriptedModel {
  const requests: TurnRequest[] = []
  return {
    name,
    requests,
    async turn(request: TurnRequest, { signal, onText }: Watch) {
      signal.throwIfAborted()
      requests.push(request)
      const turn = script(request, requests.length)
      for (const part of 'reply' in turn ? turn.reply : [])
        if (part.type === 'text')
          for (let at = 0; at < part.text.length; at += 1000) onText?.(part.text.slice(at, at + 1000))
      return turn
    },
  }
}

/** One turn after the other; what is beyond the list fails, so that a test sees a conversation that goes on too long. */
export const inOrder =
  (...turns: readonly Turn[]): Script =>
  (_, turn) =>
    turns[turn - 1] ?? { outcome: 'failed', failure: 'server', reason: 'the script is at its end', sent: false }

/** A reply that is complete: strings are text. */
export function says(...parts: readonly (string | ReplyPart)[]): Extract<Turn, { outcome: 'ok' }> {
  const reply = parts.map((part) => (typeof part === 'string' ? { type: 'text' as const, text: part } : part))
  const stop = reply.some(({ type }) => type === 'tool-call') ? 'tools' : 'end'
  return { outcome: 'ok', stop, reply, model: 'scripted:model', usage: USAGE }
}
const USAGE = { input: 100, cacheRead: 0, cacheWrite: 0, output: 50 }

export function cutOff(...parts: readonly (string | ReplyPart)[]): Turn {
  const { reply, model, usage } = says(...parts)
  return { outcome: 'truncated', limit: 'reply', reply, model, ...(usage === undefined ? {} : { usage }) }
}

/** A call of a tool; a string is the input as it was written, JSON or not. */
export const calls = (name: string, input: object | string = {}, call = `${name}-1`): ReplyPart => ({
  type: 'tool-call',
  call,
  name,
  input: typeof input === 'string' ? input : JSON.stringify(input),
})

/** A submission in which everything is empty that may be. */
export const SUBMISSION = {
  summary: 'Fits the files to the requirements.',
  decisions: [],
  assumptions: [],
  covers: [],
  contract: [],
  files: [],
  remove: [],
}

/** A call of submit with it. */
export const submits = (given: object = {}): ReplyPart => calls('submit', { ...SUBMISSION, ...given })

/** A file as the form of the answer asks for it. */
export function fileBlock(mark: string, path: string, text: string): string {
  const ends = text === '' || text.endsWith('\n')
  return `<file-${mark} path="${path}"${ends ? '' : ' final-newline="no"'}>\n${text}${ends ? '' : '\n'}</file-${mark}>\n`
}

/** An edit as the form of the answer asks for it; each text ends in a newline or is empty. */
export function editBlock(mark: string, path: string, ...changes: readonly (readonly [string, string])[]): string {
  const parts = changes.map(
    ([search, replace]) =>
      `<search-${mark}>\n${search}</search-${mark}>\n<replace-${mark}>\n${replace}</replace-${mark}>\n`,
  )
  return `<edit-${mark} path="${path}">\n${parts.join('')}</edit-${mark}>\n`
}

/** All that was said to the model in its last message. */
export function lastSaid({ messages }: TurnRequest): string {
  return textOf(messages.at(-1))
}

export const textOf = (message: Message | undefined): string =>
  (message?.parts ?? []).flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')
