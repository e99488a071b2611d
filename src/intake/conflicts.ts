// Statements of one text that cannot all hold: what each says and where, and which one is taken until a person decides.
import type { Contradiction } from '../spec/contradictions.js'
import { origin, type Reading, type Span } from './reading.js'

export type Value = Contradiction['taken']

/** Words of the text, and the value that they give to the field. */
export interface Statement extends Span {
  readonly value: Value
}

export interface Conflict {
  /** Path of the fact in spec.yaml, e.g. `target.horizon_days`. */
  readonly field: string
  /** At least two, no value twice; one alone where arithmetic refutes it. */
  readonly statements: readonly Statement[]
  /** Why the numbers cannot be met, computed. */
  readonly arithmetic?: string
  readonly taken: Value
  readonly reason: string
}

/** One conflict where the statements give more than one value, else none. Of statements with the same value the first is quoted. */
export const conflictsAbout = (
  field: string,
  statements: readonly Statement[],
  reason: string,
  taken: Value | undefined = statements[0]?.value,
): Conflict[] => {
  const firsts = new Map<Value, Statement>()
  for (const statement of statements) if (!firsts.has(statement.value)) firsts.set(statement.value, statement)
  return taken === undefined || firsts.size < 2 ? [] : [{ field, statements: [...firsts.values()], taken, reason }]
}

/** As the spec keeps it: with the words and the requirement of each statement. */
export const contradictionOf = (reading: Reading, conflict: Conflict): Contradiction => ({
  field: conflict.field,
  statements: conflict.statements.map((statement) => {
    const { quote, req } = origin(reading, statement)
    return { value: statement.value, quote, req }
  }),
  ...(conflict.arithmetic === undefined ? {} : { arithmetic: conflict.arithmetic }),
  taken: conflict.taken,
  reason: conflict.reason,
})

/**
 * The text as if the statements that a person decided against had been struck from it, so that everything derived follows the decision.
 * Undefined where no decision differs from what is taken anyway.
 */
export const strikeOverruled = (
  reading: Reading,
  conflicts: readonly Conflict[],
  settled: (field: string) => unknown,
): Reading | undefined => {
  const overruled = conflicts.flatMap(({ field, statements, taken }) => {
    // An option is put over the spec by whoever decides it; without its words the text would seem not to name the tool.
    const value = field.startsWith('options.') ? undefined : settled(field)
    return value !== undefined && value !== taken && statements.some((one) => one.value === value)
      ? statements.filter((one) => one.value !== value)
      : []
  })
  if (overruled.length === 0) return undefined
  let norm = reading.norm
  for (const { start, end } of overruled) norm = norm.slice(0, start) + ' '.repeat(end - start) + norm.slice(end)
  return { ...reading, norm }
}

/** What `read` makes of the text, with what a person has decided about; what is left of the contradictions is in the spec. */
export const withDecisions = <S extends object>(
  reading: Reading,
  read: (reading: Reading) => { readonly spec: S; readonly conflicts: readonly Conflict[] },
  settled: (field: string) => unknown,
): S & { contradictions: Contradiction[] } => {
  const plain = read(reading)
  const struck = strikeOverruled(reading, plain.conflicts, settled)
  const { spec } = struck ? read(struck) : plain
  const open = plain.conflicts.filter(({ field }) => settled(field) === undefined)
  return { ...spec, contradictions: open.map((conflict) => contradictionOf(reading, conflict)) }
}
