// Tailorings as data: one generated file of the churn platform, what is replaced in it, and what the guard has to say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { CheckResult, EmittedFile } from '../../src/types.js'
import { guard } from '../../src/verify/guard.js'
import { statedNumbers } from '../../src/verify/guard-stated.js'
import type { GuardAbout } from '../../src/verify/guard-subject.js'
import { platformOf } from '../emitted/platforms.js'

const caseSchema = z.strictObject({
  name: z.string(),
  file: z.string(),
  find: z.string().optional(),
  replace: z.string().optional(),
  append: z.string().optional(),
  /** Path of a file that comes beside it, holding what is appended. */
  new: z.string().optional(),
  remove: z.boolean().optional(),
  check: z.string().optional(),
  reason: z.string().optional(),
  stated: z.record(z.string(), z.number()).optional(),
})
export type Case = z.infer<typeof caseSchema>

export const casesOf = (name: string): Case[] =>
  z.array(caseSchema).parse(parse(readFileSync(join(import.meta.dirname, 'fixtures/guard', `${name}.yaml`), 'utf8')))

export const CHURN = { example: 'churn-telecom', maturity: 5 } as const

export async function churn(): Promise<{ files: readonly EmittedFile[]; about: GuardAbout }> {
  const { composition, contract, spec } = await platformOf(CHURN)
  return { files: composition.files, about: { contract, stated: statedNumbers(spec) } }
}

/** What the guard says of a case; throws where its words are not in the file any more. */
export async function judged({
  file,
  find,
  replace = '',
  append,
  remove,
  stated,
  new: path,
}: Case): Promise<CheckResult[]> {
  const { files, about } = await churn()
  const before = files.find(({ path }) => path === file)
  if (before === undefined) throw new Error(`the platform has no ${file}`)
  if (find !== undefined && !before.content.includes(find)) throw new Error(`${file} does not hold ${find}`)
  const baseline = files.filter(({ deliverable }) => deliverable === before.deliverable)
  const said = {
    ...about,
    project: files,
    stated: [...about.stated, ...Object.entries(stated ?? {}).map(([path, value]) => ({ path, value }))],
  }
  if (remove === true) return guard(baseline, [], [file], said)
  if (path !== undefined) return guard(baseline, [{ ...before, path, content: append ?? '' }], [], said)
  const changed = find === undefined ? before.content : before.content.replace(find, () => replace)
  const content = changed + (append ?? '')
  return guard(
    baseline,
    baseline.map((one) => (one === before ? { ...one, content } : one)),
    [],
    said,
  )
}
