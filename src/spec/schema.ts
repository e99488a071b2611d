// spec.yaml: what was asked, in the user's words, and what was assumed. A person may edit it; edited fields win on the next design.
import { z } from 'zod'
import { fact } from './facts.js'

export const TASK_KINDS = [
  'tabular-classification',
  'regression',
  'forecasting',
  'recommendation',
  'text-classification',
  'image-classification',
  'anomaly-detection',
  'survival',
] as const
export type TaskKind = (typeof TASK_KINDS)[number]

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,47}$/, 'lower case letters, digits and underscores, starting with a letter, at most 48')
export const projectName = z
  .string()
  // Buckets, hosts and roles are built from it, and their limit is 63 characters.
  .regex(/^[a-z][a-z0-9-]{0,22}[a-z0-9]$/, 'lower case letters, digits and hyphens, 2 to 24 characters')

/** `measure`: varies per entity and period; `attribute`: one value per entity; the rest say it by name. */
export const COLUMN_ROLES = ['key', 'time', 'measure', 'attribute', 'protected', 'target'] as const
export const COLUMN_TYPES = ['integer', 'number', 'category', 'boolean', 'timestamp', 'string'] as const

export const columnSchema = z.strictObject({
  name: identifier,
  type: z.enum(COLUMN_TYPES),
  role: z.enum(COLUMN_ROLES),
  description: z.string().min(1),
  source: identifier.optional(),
  unit: z.string().optional(),
  values: z.array(z.string()).min(2).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** Median of the demonstration data, in the column's unit. */
  typical: z.number().optional(),
  nullable: z.boolean().default(false),
  /** Where the text lists the column itself. */
  quote: z.string().optional(),
  req: z.string().optional(),
})
export type Column = z.infer<typeof columnSchema>

const sourceSchema = z.strictObject({
  name: identifier,
  system: z.string().min(1),
  location: z.string().optional(),
  cadence: z.string().optional(),
  origin: z.enum(['stated', 'assumed', 'edited']),
  quote: z.string().optional(),
  req: z.string().optional(),
})

/** What the demonstration data plant, so that a model has something to find: a lag, an interaction and the rule of thumb that people use today. */
const signalSchema = z.strictObject({
  lag: identifier,
  interaction: z.tuple([identifier, identifier]),
  rule: z.strictObject({ column: identifier, direction: z.enum(['high', 'low']), description: z.string() }),
})

const taskDetails = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tabular-classification'),
    classes: z.number().int().min(2).default(2),
    positive_rate: fact(z.number().gt(0).lt(1)),
  }),
  z.strictObject({ kind: z.literal('regression'), unit: z.string().nullable(), error_band: z.boolean() }),
  z.strictObject({
    kind: z.literal('forecasting'),
    steps: z.number().int().positive(),
    frequency: z.string(),
    quantiles: z.array(z.number().gt(0).lt(1)),
  }),
  z.strictObject({
    kind: z.literal('recommendation'),
    items: z.number().int().positive().nullable(),
    list_length: z.number().int().positive(),
  }),
  z.strictObject({
    kind: z.literal('text-classification'),
    labels: z.number().int().min(2).nullable(),
    languages: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('image-classification'),
    classes: z.array(z.string()),
    costs: z.record(z.string(), z.number()).optional(),
  }),
  z.strictObject({
    kind: z.literal('anomaly-detection'),
    alerts_per_day: z.number().positive().nullable(),
    labels: z.enum(['none', 'few', 'many']),
  }),
  z.strictObject({
    kind: z.literal('survival'),
    horizon_days: z.number().positive(),
    events: z.number().int().nullable(),
  }),
])

const optionChoice = z.strictObject({
  value: z.string(),
  origin: z.enum(['stated', 'assumed', 'edited']),
  quote: z.string().optional(),
  req: z.string().optional(),
  reason: z.string().optional(),
})

const statementValue = z.union([z.string(), z.number(), z.boolean()])

/** What is predicted, from which data, how it is served and by when: of a workflow that predicts something. */
const subject = {
  task: fact(taskDetails),
  entity: z.strictObject({
    singular: fact(z.string()),
    plural: z.string(),
    key: identifier,
    count: fact(z.number().int().positive().nullable()),
  }),
  target: z.strictObject({
    column: identifier,
    description: fact(z.string()),
    horizon_days: fact(z.number().int().positive()),
    label_delay_days: fact(z.number().int().nonnegative()),
  }),
  data: z.strictObject({
    domain: fact(z.string()),
    sources: z.array(sourceSchema),
    rows: fact(z.number().int().positive()),
    history_months: fact(z.number().int().positive()),
    columns: z.array(columnSchema),
    signal: signalSchema,
  }),
  split: z.strictObject({ policy: fact(z.enum(['time', 'group', 'random'])) }),
  leakage: z.strictObject({
    /** Gap between the last moment a feature may see and the start of the target window. */
    gap_days: fact(z.number().int().nonnegative()),
    excluded: z.array(z.strictObject({ column: z.string(), reason: z.string() })),
  }),
  serving: z.strictObject({
    latency_ms: fact(z.number().positive()),
    latency_percentile: fact(z.number().gt(0).lt(100)),
    throughput_rps: fact(z.number().positive()),
  }),
  schedule: z.strictObject({
    cadence: fact(z.enum(['hourly', 'daily', 'weekly', 'monthly'])),
    weekday: fact(z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])).optional(),
    deadline: fact(z.string().regex(/^\d{2}:\d{2}$/)),
    timezone: fact(z.string()),
    /** Start of the run, early enough for the deadline, as cron in `timezone`. */
    cron: z.string(),
  }),
  compliance: z.strictObject({
    residency: fact(z.string().nullable()),
    region: fact(z.string()),
    personal_data: fact(z.boolean()),
    protected_attributes: fact(z.array(identifier)),
    regulation: fact(z.array(z.string())),
    retention_days: fact(z.number().int().positive()),
  }),
  /** Only where the text names one: what the platform may cost. */
  budget: z
    .strictObject({
      amount: fact(z.number().positive()),
      currency: z.string().regex(/^[A-Z]{3}$/, 'three capital letters, e.g. EUR'),
      period: z.enum(['day', 'week', 'month', 'year']),
    })
    .optional(),
}

const head = {
  version: z.literal(1),
  /** The workflow file, from the folder of this one; absent where it is the product's own. */
  workflow: z.string().min(1).optional(),
  name: projectName,
  title: z.string().min(1),
  text: z.string(),
  requirements: z.array(z.strictObject({ id: z.string().regex(/^REQ-\d{3}$/), text: z.string().min(1) })),
}

const rest = {
  tools: z.array(z.strictObject({ name: z.string(), quote: z.string(), req: z.string() })),
  options: z.record(z.string(), optionChoice),
  maturity: fact(z.number().int().min(1).max(5)),
  assumptions: z.array(z.string()),
  /** Statements of the text that cannot all hold, or numbers that nothing meets; `taken` is used until a person edits the field or strikes the others. */
  contradictions: z.array(
    z
      .strictObject({
        field: z.string(),
        statements: z.array(z.strictObject({ value: statementValue, quote: z.string(), req: z.string() })).min(1),
        /** Why the numbers cannot be met, computed. */
        arithmetic: z.string().min(1).optional(),
        taken: statementValue,
        reason: z.string(),
      })
      .refine(({ statements, arithmetic }) => statements.length > 1 || arithmetic !== undefined, {
        message: 'one statement alone contradicts nothing; give the other one, or the arithmetic that it fails',
      }),
  ),
  questions: z.array(z.strictObject({ field: z.string(), question: z.string(), needs_answer: z.boolean() })),
  advisories: z.array(z.strictObject({ component: z.string(), date: z.iso.date(), text: z.string() })),
}

/** The spec of a workflow that predicts nothing: requirements, options and maturity. */
export const plainSpecSchema = z.strictObject({ ...head, ...rest })

/** The spec of a workflow that predicts something. */
export const fullSpecSchema = z.strictObject({ ...head, ...subject, ...rest })
export type FullSpec = z.infer<typeof fullSpecSchema>

/** Either of them; which one it has to be is for those to say who know the workflow. */
export const specSchema = fullSpecSchema.partial({
  task: true,
  entity: true,
  target: true,
  data: true,
  split: true,
  leakage: true,
  serving: true,
  schedule: true,
  compliance: true,
})
export type Spec = z.infer<typeof specSchema>

export const isFull = (spec: Spec): spec is FullSpec => spec.task !== undefined

/** What only a full spec has; one of these alone shows what a text is meant to be. */
export const FULL_SECTIONS = Object.keys(subject)
