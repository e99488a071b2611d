// What the data of a domain usually look like, used where a text does not list its columns; domains are data files, not code.
import { z } from 'zod'
import { columnSchema } from '../spec/schema.js'

const identifier = columnSchema.shape.name

/** A word to recognise the domain by; a plain string weighs 1. */
const cue = z.union([
  z.string().min(2),
  z.strictObject({ word: z.string().min(2), weight: z.number().int().positive() }),
])

export const domainSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case words joined by hyphens'),
    description: z.string().min(1),
    recognise: z.array(cue),
    entity: identifier,
    entity_plural: identifier,
    /** Words, in any language, that name the entity in a text; the entity is then called by the English name on the left. */
    entities: z.record(identifier, z.array(z.string().min(2))).default({}),
    /** Words that name the outcome itself, such as churn; they state the target where no sentence spells it out. */
    events: z.array(z.string().min(2)).default([]),
    target_description: z.string().min(1),
    target_column: identifier,
    horizon_days: z.number().int().positive(),
    positive_rate: z.number().gt(0).lt(1),
    personal_data: z.boolean(),
    /** Key, time and target are added by intake; `source` is the table that usually holds the column. */
    columns: z.array(columnSchema.extend({ role: z.enum(['measure', 'attribute', 'protected']) })).min(8),
    signal: z.strictObject({
      lag: identifier,
      interaction: z.tuple([identifier, identifier]),
      rule: z.strictObject({ column: identifier, direction: z.enum(['high', 'low']), description: z.string().min(1) }),
    }),
    leakage_excluded: z.array(z.strictObject({ column: identifier, reason: z.string().min(1) })).default([]),
  })
  .superRefine((domain, context) => {
    const of = new Map(domain.columns.map((column) => [column.name, column]))
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message })
    const measures = domain.columns.filter(
      (column) => column.role === 'measure' && (column.type === 'number' || column.type === 'integer'),
    )
    if (measures.length < 4) refuse(['columns'], `expected at least 4 numeric measures, got ${measures.length}`)
    if (of.size !== domain.columns.length) refuse(['columns'], 'expected every column name once')
    if (!measures.some((column) => column.name === domain.signal.lag))
      refuse(['signal', 'lag'], 'expected the name of a numeric measure')
    for (const [index, name] of domain.signal.interaction.entries())
      if (!of.has(name) || of.get(name)?.role === 'protected')
        refuse(['signal', 'interaction', index], 'expected the name of a column that is not protected')
    if (!of.has(domain.signal.rule.column)) refuse(['signal', 'rule', 'column'], 'expected the name of a column')
    for (const [index, column] of domain.columns.entries()) {
      const numeric = column.type === 'number' || column.type === 'integer'
      if (numeric && (column.minimum === undefined || column.maximum === undefined || column.typical === undefined))
        refuse(['columns', index], 'expected minimum, maximum and typical for a number')
      else if (
        numeric &&
        !(Number(column.minimum) <= Number(column.typical) && Number(column.typical) <= Number(column.maximum))
      )
        refuse(['columns', index, 'typical'], 'expected a value from minimum to maximum')
      if (column.type === 'category' && !column.values)
        refuse(['columns', index, 'values'], 'expected the values of a category')
    }
  })
export type Domain = z.infer<typeof domainSchema>
