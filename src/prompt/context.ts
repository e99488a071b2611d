// Exactly what a prompt may see. A prompt sees the outputs of the agents that its agent uses, and its own earlier ones.
import { z } from 'zod'
import { UsageError } from '../errors.js'
import type { Json } from '../types.js'
import { ANYTHING, record, type Shape } from './shape.js'

/** Judged as a whole and passed on uncopied: spec and contract are large, and the same in every prompt of a run. */
const json = z.custom<Json>(isJson, 'expected JSON')

function isJson(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isJson)
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isJson)
  return value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value)
}

const baseShape = {
  spec: json,
  contract: json,
  /** Chosen value by option name. */
  options: z.record(z.string(), z.string()),
  maturity: z.number().int().positive(),
  agent: z.strictObject({ name: z.string(), description: z.string(), instructions: z.string() }),
  deliverable: z.strictObject({
    id: z.string(),
    title: z.string(),
    maturity: z.number().int().positive(),
    /** The baseline that the agent may tailor. */
    files: z.array(z.strictObject({ path: z.string(), content: z.string() })),
    /** What a person wanted of this or an earlier attempt, oldest first. */
    notes: z.array(z.string()).default([]),
    /** What a person changed in the accepted files since, as unified diffs, each cut to a bounded length. */
    edits: z.array(z.strictObject({ path: z.string(), diff: z.string() })).default([]),
  }),
  /** Derived from workspace and key; marks the tags of the reply so that no file's text can end a block. */
  nonce: z.string().regex(/^[a-z0-9]+$/),
}
/** Parts of every context; a phase id must not be one of them. */
export const CONTEXT_NAMES = ['requirements', ...Object.keys(baseShape)] as const

const outputs = z.record(z.string(), z.strictObject({ output: z.string() }))

/** `requirements` is there for agents that use them; every other name is a phase id with the outputs of its agents. */
export const promptContextSchema = z.object({ requirements: z.string().optional(), ...baseShape }).catchall(outputs)
export type PromptContext = z.infer<typeof promptContextSchema>

/** What `{{requirements}}` and `{{phase.agent.output}}` one agent's prompt has. */
export interface Visible {
  readonly requirements: boolean
  /** Phase id to the agents of it that are visible. */
  readonly phases: Readonly<Record<string, readonly string[]>>
}

/** JSON Schemas of the documents in a context, and the names of the options; below an absent one anything is allowed. */
export interface Documents {
  readonly spec?: Shape
  readonly contract?: Shape
  readonly options?: readonly string[]
}

/** The shape that an agent's prompt is checked against. */
export function contextShape(visible: Visible, documents: Documents = {}): Shape {
  const phases = Object.entries(visible.phases).map(([phase, agents]) => {
    if (CONTEXT_NAMES.some((name) => name === phase)) {
      throw new UsageError(
        `a phase cannot be called ${phase}: prompts use that name for something else; rename the phase`,
      )
    }
    return [
      phase,
      record(Object.fromEntries(agents.map((agent) => [agent, record({ output: { type: 'string' } })]))),
    ] as const
  })
  const options =
    documents.options === undefined
      ? ANYTHING
      : record(Object.fromEntries(documents.options.map((name) => [name, { type: 'string' }])))
  const fixed = z.toJSONSchema(z.strictObject({ agent: baseShape.agent, deliverable: baseShape.deliverable }))
    .properties as Record<string, Shape>
  return record({
    ...(visible.requirements ? { requirements: { type: 'string' } } : {}),
    spec: documents.spec ?? ANYTHING,
    contract: documents.contract ?? ANYTHING,
    options,
    maturity: { type: 'number' },
    ...fixed,
    nonce: { type: 'string' },
    ...Object.fromEntries(phases),
  })
}
