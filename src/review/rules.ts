// Which lines a reviewer is to see first. That is data beside the workflow; here it is only read and checked.
import { z } from 'zod'
import { parseChecked } from '../spec/document.js'

const pattern = z.string().min(1).refine(compiles, { message: 'expected a regular expression of JavaScript' })

const rulesSchema = z.strictObject({
  kinds: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z][a-z0-9-]*$/),
      title: z.string().min(1),
      rules: z
        .array(
          z.strictObject({
            /** Fits the path. */
            files: pattern,
            /** Fits the line. */
            lines: pattern,
            /** Fits lines that look alike and decide nothing. */
            except: pattern.optional(),
          }),
        )
        .min(1),
    }),
  ),
})

function compiles(source: string): boolean {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    return false
  }
}

export interface SensitiveKind {
  readonly id: string
  readonly title: string
  readonly rules: readonly { readonly files: RegExp; readonly lines: RegExp; readonly except?: RegExp }[]
}

/** @throws DefinitionError with line and column */
export function readSensitiveKinds(text: string, file: string): SensitiveKind[] {
  const compiled = (source: string) => new RegExp(source, 'u')
  return parseChecked(rulesSchema, text, file).value.kinds.map(({ id, title, rules }) => ({
    id,
    title,
    rules: rules.map(({ files, lines, except }) => ({
      files: compiled(files),
      lines: compiled(lines),
      ...(except === undefined ? {} : { except: compiled(except) }),
    })),
  }))
}
