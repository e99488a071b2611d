// What identifies a turn, and an answer as it is kept: with both, no answer that has arrived is ever asked for again.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Json } from '../types.js'
import type { Turn, TurnRequest } from './turn.js'

/** Turns that brought an answer; what came to nothing is not kept, so that it can be tried again. */
export type Answer = Extract<Turn, { readonly outcome: 'ok' | 'truncated' | 'refused' }>

export const isAnswer = (turn: Turn): turn is Answer =>
  turn.outcome === 'ok' || turn.outcome === 'truncated' || turn.outcome === 'refused'

/** Sha256 over everything that an answer depends on; the same in every process, folder and order of keys. */
export function requestId(model: string, { messages, tools, ...rest }: TurnRequest): string {
  return hashOf([model, rest, hashOnce(tools), messages.map(hashOnce)])
}

/** What is said in a conversation is said again in every later request of it. */
const hashes = new WeakMap<object, string>()

function hashOnce(value: object): string {
  const known = hashes.get(value) ?? hashOf(value)
  hashes.set(value, known)
  return known
}

const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value as Json)))
    .digest('hex')

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, sorted(one)]))
}

const count = z.number().int().nonnegative()
const answered = {
  reply: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text'), text: z.string() }),
      z.strictObject({ type: z.literal('tool-call'), call: z.string(), name: z.string(), input: z.string() }),
      z.strictObject({ type: z.literal('vendor'), value: z.json() }),
    ]),
  ),
  usage: z.strictObject({ input: count, cacheRead: count, cacheWrite: count, output: count }).exactOptional(),
  model: z.string(),
}

export const answerSchema: z.ZodType<Answer> = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('ok'), stop: z.enum(['end', 'tools', 'pause']), ...answered }),
  z.strictObject({ outcome: z.literal('truncated'), limit: z.enum(['reply', 'context']), ...answered }),
  z.strictObject({ outcome: z.literal('refused'), reason: z.string(), ...answered }),
]) as z.ZodType<Answer>
