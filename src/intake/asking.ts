// Has a model read requirements after the rules: one conversation of a few turns, whose only tool proposes facts.
import { z } from 'zod'
import { solid } from '../provider/solid.js'
import type { Message, Model, ReplyPart, ToolDescription, Turn, TurnRequest } from '../provider/turn.js'
import type { Spec } from '../spec/schema.js'
import type { Json } from '../types.js'
import type { Knowledge } from './knowledge.js'
import { factsOf, type Judged, judge, PROPOSE, type Proposal, proposeSchema, type Refused } from './proposals.js'
import { type Reading, readText } from './reading.js'

const line = z.string()
/** What the messages to the model are made of; their sentences lie in prompts/intake. */
export const INTAKE_MESSAGES = {
  system: z.strictObject({}),
  text: z.strictObject({
    text: line,
    facts: z.array(z.strictObject({ field: line, value: line, origin: line, quote: line })),
    questions: z.array(z.strictObject({ field: line, question: line })),
  }),
  refused: z.strictObject({
    accepted: z.number().int(),
    refused: z.array(z.strictObject({ field: line, reason: line })),
  }),
  form: z.strictObject({ issues: z.array(line) }),
}
export const INTAKE_TOOLS = [PROPOSE] as const

export type IntakeSay = <Name extends keyof typeof INTAKE_MESSAGES>(
  name: Name,
  data: z.infer<(typeof INTAKE_MESSAGES)[Name]>,
) => string

export interface Asked {
  readonly model: Model
  readonly say: IntakeSay
  /** Of the tool. */
  readonly description: string
  readonly signal: AbortSignal
}

export interface Answered {
  readonly proposals: readonly Proposal[]
  /** What a person should know of it: what was dropped, or why nothing came of it. */
  readonly notices: readonly string[]
}

/** Most tokens of an answer. */
const MAX_TOKENS = 8_000
/** Once to answer, and once more after each kind of mistake. */
const TURNS = 3
const LARGEST = 200_000

export function describePropose(description: string): ToolDescription {
  const { $schema: _, ...schema } = z.toJSONSchema(proposeSchema) as Record<string, Json>
  return { name: PROPOSE, description, schema }
}

/** What is sent first: the same for the same text, in any folder. */
export function firstRequest(
  text: string,
  spec: Spec,
  { say, description }: Pick<Asked, 'say' | 'description'>,
): TurnRequest {
  const questions = spec.questions.filter((one) => one.needs_answer).map(({ field, question }) => ({ field, question }))
  return {
    system: say('system', {}),
    tools: [describePropose(description)],
    messages: [
      { role: 'user', parts: [{ type: 'text', text: say('text', { text, facts: factsOf(spec), questions }) }] },
    ],
    maxTokens: MAX_TOKENS,
  }
}

/** `spec` is what the rules read. Whatever the model does, it throws only the signal's reason. */
export async function askForFacts(text: string, spec: Spec, knowledge: Knowledge, asked: Asked): Promise<Answered> {
  const reading = readText(text)
  const about = { reading, spec, knowledge }
  const first = firstRequest(text, spec, asked)
  let messages: readonly Message[] = first.messages
  const taken = new Map<string, Proposal>()
  let dropped: readonly Refused[] = []
  let [wrongForms, wrongFacts] = [0, 0]
  const ended = (why?: string): Answered => ({
    proposals: [...taken.values()],
    notices: [
      ...dropped.map(({ field, reason }) => `${asked.model.name} proposed ${field}, which is not taken: ${reason}`),
      ...(why === undefined ? [] : [`${asked.model.name} ${why}; the rules' facts stand`]),
    ],
  })
  for (let turn = 1; turn <= TURNS; turn++) {
    asked.signal.throwIfAborted()
    const outcome = await asked.model.turn({ ...first, messages }, { signal: asked.signal })
    const reply = replyOf(outcome)
    if (typeof reply === 'string') return ended(`gave no answer to the requirements (${reply})`)
    const read = readReply(reply, about, asked.say)
    if (read.judged !== undefined) {
      for (const one of read.judged.taken) taken.set(one.field, one)
      dropped = read.judged.refused
      if (dropped.length === 0 || wrongFacts++ > 0) return ended()
    } else if (wrongForms++ > 0) return ended('did not answer in the form that was asked for')
    messages = [...messages, { role: 'assistant', parts: read.said }, { role: 'user', parts: read.back }]
  }
  return ended()
}

/** What can be handed back, or why there is nothing. */
function replyOf(turn: Turn): readonly ReplyPart[] | string {
  switch (turn.outcome) {
    case 'ok': {
      const size = turn.reply.reduce((sum, part) => sum + (part.type === 'vendor' ? 0 : JSON.stringify(part).length), 0)
      if (size > LARGEST) return 'its reply was too long'
      return turn.reply.some((part) => part.type !== 'text' || part.text.trim() !== '') ? turn.reply : 'it said nothing'
    }
    case 'truncated':
      return 'its reply was cut off'
    case 'refused':
    case 'invalid':
    case 'over budget':
    case 'failed':
      return turn.reason === '' ? turn.outcome : turn.reason
  }
}

interface ReadReply {
  /** Absent where nothing was proposed in the right form. */
  readonly judged?: Judged
  readonly said: ReplyPart[]
  readonly back: Extract<Message, { role: 'user' }>['parts']
}

type About = { readonly reading: Reading; readonly spec: Spec; readonly knowledge: Knowledge }

function readReply(reply: readonly ReplyPart[], { reading, spec, knowledge }: About, say: IntakeSay): ReadReply {
  const said = solid(reply)
  const calls = said.filter((part) => part.type === 'tool-call')
  const proposed = calls.find(({ name }) => name === PROPOSE)
  const parsed = proposed === undefined ? undefined : parse(proposed.input)
  const judged = parsed !== undefined && 'facts' in parsed ? judge(parsed.facts, reading, spec, knowledge) : undefined
  const issues = parsed === undefined || 'facts' in parsed ? [`there is one tool, ${PROPOSE}`] : parsed.issues
  const text =
    judged === undefined
      ? say('form', { issues })
      : say('refused', { accepted: judged.taken.length, refused: [...judged.refused] })
  const back =
    calls.length === 0
      ? [{ type: 'text' as const, text }]
      : calls.map(({ call }) => ({ type: 'tool-result' as const, call, text, failed: true }))
  return { ...(judged === undefined ? {} : { judged }), said, back }
}

function parse(input: string): z.infer<typeof proposeSchema> | { readonly issues: string[] } {
  let value: unknown
  try {
    value = JSON.parse(input)
  } catch (error) {
    return {
      issues: [`the input is not JSON: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200)],
    }
  }
  const parsed = proposeSchema.safeParse(value)
  if (parsed.success) return parsed.data
  return {
    issues: parsed.error.issues.slice(0, 20).map(({ path, message }) => `${path.join('.')}: ${message}`.slice(0, 200)),
  }
}
