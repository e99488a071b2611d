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

/** The file of a case, and what becomes of it; throws where its words are not in the file any more. */
export async function tailoredBy({
  file,
  find,
  replace = '',
  append,
}: Case): Promise<{ before: EmittedFile; content: string }> {
  const before = (await churn()).files.find(({ path }) => path === file)
  if (before === undefined) throw new Error(`the platform has no ${file}`)
  if (find !== undefined && !before.content.includes(find)) throw new Error(`${file} does not hold ${find}`)
  const changed = find === undefined ? before.content : before.content.replace(find, () => replace)
  return { before, content: changed + (append ?? '') }
}

/** What the guard says of a case. */
export async function judged(one: Case): Promise<CheckResult[]> {
  const { files, about } = await churn()
  const { before, content } = await tailoredBy(one)
  const baseline = files.filter(({ deliverable }) => deliverable === before.deliverable)
  const stated = [...about.stated, ...Object.entries(one.stated ?? {}).map(([path, value]) => ({ path, value }))]
  const said = { ...about, project: files, stated }
  if (one.remove === true) return guard(baseline, [], [one.file], said)
  if (one.new !== undefined) return guard(baseline, [{ ...before, path: one.new, content: one.append ?? '' }], [], said)
  const tailored = baseline.map((file) => (file === before ? { ...file, content } : file))
  return guard(baseline, tailored, [], said)
}
