// Settings files, one per environment, under the schema that the generated project makes from its own settings model.
import { posix } from 'node:path'
import { z } from 'zod'
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import type { SchemaProblem } from './json-schema.js'
import { type Finding, inFile, type Seam } from './seam.js'

export const SETTINGS_SCHEMA = 'settings.schema.json'

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** One value laid over another, key by key. */
export function merge(under: Json, over: Json): Json {
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
  if (posix.basename(schema.path) !== SETTINGS_SCHEMA) return all
  const base = project.find((other) => other.path === posix.join(posix.dirname(file.path), 'base.yaml'))
  if (base === undefined) return all
  if (base.path === file.path) return { value, concerns: (problem) => !problem.message.includes('required property') }
  const [under] = await dataDocuments(base)
  return { value: under === undefined ? value : merge(under.value, value), concerns: () => true }
}

/** Every environment that the settings model names has its file: deleting `prod.yaml` must not go unnoticed. */
export const settingsSeam: Seam = {
  name: 'seam/settings-environment',
  async find({ files }) {
    const findings: Finding[] = []
    for (const schema of files.filter((file) => posix.basename(file.path) === SETTINGS_SCHEMA)) {
      const folder = posix.dirname(schema.path)
      for (const name of await settingsEnvironments(schema))
        if (!files.some((file) => file.path === posix.join(folder, `${name}.yaml`)))
          findings.push(inFile(schema, `the environment ${name} has no settings file ${name}.yaml beside the schema`))
      findings.push(...unevenFamilies(files, await settingsEnvironments(schema)))
    }
    return findings
  },
}

/** What one environment has as `x.dev.yaml`, every environment has: the name is put together at run time. */
function unevenFamilies(files: readonly EmittedFile[], environments: readonly string[]): Finding[] {
  return files.flatMap((file) => {
    const own = environments.find((name) => file.path.endsWith(`.${name}.yaml`))
    if (own === undefined) return []
    const family = file.path.slice(0, -`${own}.yaml`.length)
    return environments
      .filter((name) => !files.some((other) => other.path === `${family}${name}.yaml`))
      .map((name) => inFile(file, `there is no ${family}${name}.yaml for the environment ${name}`))
  })
}

const environmentSchema = z.object({
  properties: z.object({ environment: z.unknown() }),
  $defs: z.record(z.string(), z.unknown()).optional(),
})
const enumSchema = z.object({ enum: z.array(z.string()) })
const refSchema = z.object({ $ref: z.string() })

/** Values of `environment` in the schema of the settings; empty where it does not say. */
async function settingsEnvironments(schema: EmittedFile): Promise<string[]> {
  const [document] = await dataDocuments(schema)
  const parsed = environmentSchema.safeParse(document?.value)
  if (!parsed.success) return []
  const { environment } = parsed.data.properties
  const direct = enumSchema.safeParse(environment)
  if (direct.success) return direct.data.enum
  const ref = refSchema.safeParse(environment).data?.$ref.replace('#/$defs/', '') ?? ''
  return enumSchema.safeParse(parsed.data.$defs?.[ref]).data?.enum ?? []
}

/** The schema of the settings, for a file that is settings: `base.yaml`, or one named after an environment. */
export async function settingsSchemaOf(
  file: EmittedFile,
  project: readonly EmittedFile[],
): Promise<EmittedFile | undefined> {
  if (!file.path.endsWith('.yaml')) return undefined
  const beside = posix.join(posix.dirname(file.path), SETTINGS_SCHEMA)
  const schema = project.find((other) => other.path === beside)
  if (schema === undefined) return undefined
  const name = posix.basename(file.path, '.yaml')
  return name === 'base' || (await settingsEnvironments(schema)).includes(name) ? schema : undefined
}
