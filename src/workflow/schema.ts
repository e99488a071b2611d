// The shape of workflows/*.yaml. Options, phases, agents and deliverables come from there, never from src.
import { z } from 'zod'

const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case words joined by hyphens')
const optionName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower case words joined by underscores')

/** What a deliverable may see; its key covers exactly these, and reading anything else is an error. */
const readsSchema = z.strictObject({
  spec: z.array(z.string()).default([]),
  contract: z.array(z.string()).default([]),
  options: z.array(optionName).default([]),
  deliverables: z.array(id).default([]),
})
export type Reads = z.infer<typeof readsSchema>

const deliverableSchema = z.strictObject({
  id,
  title: z.string().min(1),
  reads: readsSchema,
  /** Lowest maturity at which it exists. */
  maturity: z.number().int().min(1).max(5).default(1),
})

export const workflowSchema = z.strictObject({
  name: id,
  description: z.string(),
  options: z.record(
    optionName,
    z
      .strictObject({ title: z.string(), default: z.string(), values: z.array(z.string()).min(1) })
      .refine((o) => o.values.includes(o.default), {
        message: 'the default must be one of the values',
      }),
  ),
  maturity: z.strictObject({ default: z.number().int(), levels: z.array(z.string()).min(1) }),
  phases: z
    .array(
      z.strictObject({
        id,
        title: z.string(),
        /** A run waits after this phase until a person has approved what was made. */
        gate: z.boolean().default(false),
        /** Sections of the contract that nobody amends any more once this phase is done. */
        freezes: z.array(z.string()).default([]),
        agents: z
          .array(
            z.strictObject({
              agent: id,
              /** `requirements` or the ids of earlier agents whose outputs the prompt is given. */
              uses: z.array(id).min(1),
              deliverables: z.array(deliverableSchema).min(1),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
  /** Commands of the generated project that take a deliverable past L1, with the evidence file each one writes. */
  verify: z
    .array(
      z.strictObject({
        level: z.enum(['L2', 'L3']),
        run: z.array(z.string()).min(1),
        evidence: z.string(),
        timeout_minutes: z.number().positive(),
        cpu_minutes: z.number().positive(),
      }),
    )
    .default([]),
})
export type Workflow = z.infer<typeof workflowSchema>
