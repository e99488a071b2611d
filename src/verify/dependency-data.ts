// What no parser can know about Python packages: module names that differ from package names, and the few packages used without an import.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const reasoned = { why: z.string().min(1) }
const dataSchema = z.strictObject({
  /** Module (dotted prefix) -> package on the index, where the two differ. */
  modules: z.record(z.string(), z.string()),
  /** Where `text` is given, the package is needed as long as a file whose path matches `in` has it; `{environment}` is the folder that declares it. */
  unimported: z.array(
    z.strictObject({
      package: z.string(),
      text: z.string().default(''),
      in: z.string().default(''),
      ...reasoned,
    }),
  ),
  /** Files that are used without any other file naming them. */
  files: z.array(z.strictObject({ path: z.string(), ...reasoned })),
})
const stdlibSchema = z.strictObject({ python: z.string(), modules: z.array(z.string()) })

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../validators/${name}`, import.meta.url), 'utf8'))

let data: z.infer<typeof dataSchema> | undefined
let stdlib: ReadonlySet<string> | undefined

export function dependencyData(): z.infer<typeof dataSchema> {
  data ??= dataSchema.parse(read('dependencies.json'))
  return data
}

export function standardLibrary(): ReadonlySet<string> {
  stdlib ??= new Set(stdlibSchema.parse(read('python-stdlib.json')).modules)
  return stdlib
}

/** Index names compare without case and with all separators alike. */
export const normalised = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')

/** Package that a module comes from: the longest prefix that is listed, else the first name itself. */
export function packageOf(module: string): string {
  const parts = module.split('.')
  const { modules } = dependencyData()
  for (let length = parts.length; length > 0; length -= 1) {
    const listed = modules[parts.slice(0, length).join('.')]
    if (listed !== undefined) return normalised(listed)
  }
  return normalised(parts[0] ?? module)
}
