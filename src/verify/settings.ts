// Settings files, one per environment, under the schema that the generated project makes from its own settings model.
import { posix } from 'node:path'
import { z } from 'zod'
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { OWN_TOOL, verdicts } from './check.js'
import { dataDocuments } from './documents.js'
import type { SchemaProblem } from './json-schema.js'

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function merge(under: Json, over: Json): Json {
  if (!isObject(under) || !isObject(over)) return over
  const merged = { ...under }
  for (const [key, value] of Object.entries(over)) merged[key] = key in under ? merge(under[key] ?? null, value) : value
  return merged
}

/**
 * The value that the program will see: an environment's file over `base.yaml`, where there is one. The base alone
 * may leave out what every environment sets, so missing keys of it do not concern us.
 */
export async function layeredSettings(
  file: EmittedFile,
  schema: EmittedFile,
  project: readonly EmittedFile[],
  value: Json,
): Promise<{ value: Json; concerns: (problem: SchemaProblem) => boolean }> {
  const all = { value, concerns: () => true }
  if (posix.basename(schema.path) !== 'settings.schema.json') return all
  const base = project.find((other) => other.path === posix.join(posix.dirname(file.path), 'base.yaml'))
  if (base === undefined) return all
  if (base.path === file.path) return { value, concerns: (problem) => !problem.message.includes('required property') }
  const [under] = await dataDocuments(base)
  return { value: under === undefined ? value : merge(under.value, value), concerns: () => true }
}

const environmentSchema = z.object({
  properties: z.object({ environment: z.unknown() }),
  $defs: z.record(z.string(), z.unknown()).optional(),
})
const enumSchema = z.object({ enum: z.array(z.string()) })
const refSchema = z.object({ $ref: z.string() })

/** Every environment that the settings model names has its file: deleting `prod.yaml` must not go unnoticed. */
export async function missingEnvironments(files: readonly EmittedFile[]): Promise<CheckResult[]> {
  const say = verdicts({ name: 'seam/settings-environment', level: 'L1' }, { tool: OWN_TOOL, version: '' })
  const results: CheckResult[] = []
  for (const schema of files.filter((file) => posix.basename(file.path) === 'settings.schema.json')) {
    const [document] = await dataDocuments(schema)
    const names = environmentNames(document?.value)
    const missing = names.filter(
      (name) => !files.some((file) => file.path === posix.join(posix.dirname(schema.path), `${name}.yaml`)),
    )
    results.push(
      ...missing.map((name) =>
        say.fail(schema, `the environment ${name} has no settings file ${name}.yaml beside the schema`),
      ),
    )
    if (missing.length === 0) results.push(say.pass(schema))
  }
  return results
}

function environmentNames(schema: Json | undefined): string[] {
  const parsed = environmentSchema.safeParse(schema)
  if (!parsed.success) return []
  const { environment } = parsed.data.properties
  const direct = enumSchema.safeParse(environment)
  if (direct.success) return direct.data.enum
  const ref = refSchema.safeParse(environment).data?.$ref.replace('#/$defs/', '') ?? ''
  return enumSchema.safeParse(parsed.data.$defs?.[ref]).data?.enum ?? []
}
