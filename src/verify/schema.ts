// Data files are accepted by a schema: the publisher's, which ships with us, or the one that the project itself ships.
import { posix } from 'node:path'
import type { z } from 'zod'
import { contractSchema } from '../spec/contract.js'
import { specSchema } from '../spec/schema.js'
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { type Check, type Verdicts, verdicts } from './check.js'
import { type DataDocument, dataDocuments } from './documents.js'
import { type SchemaProblem, schemaProblems } from './json-schema.js'
import { catalogue, NONE_PUBLISHED, publishedSchema } from './published.js'
import { layeredSettings, settingsSchemaOf } from './settings.js'
import { ownTool, packageTool } from './versions.js'

/** Shapes that this product defines itself; the generated project carries files of them. */
const OWN: Readonly<Record<string, z.ZodType>> = { 'spec.yaml': specSchema, 'contract.yaml': contractSchema }

export const schemaCheck: Check = {
  name: 'schema/json-schema',
  level: 'L1',
  kinds: ['yaml', 'toml', 'json'],
  async run(files, project): Promise<CheckResult[]> {
    const say = verdicts(this, packageTool('@cfworker/json-schema'))
    const results: CheckResult[] = []
    for (const file of files) results.push(...(await checkFile(file, project, say)))
    return results
  },
}

async function checkFile(file: EmittedFile, project: readonly EmittedFile[], say: Verdicts): Promise<CheckResult[]> {
  const documents = await dataDocuments(file)
  const [document] = documents
  if (document === undefined) return [say.fail(file, 'not read, so no schema was applied; see the parse check')]
  const own = OWN[file.path]
  if (own !== undefined) return zodResults(file, own, document)
  const published = catalogue().published.filter((entry) => new RegExp(entry.path).test(file.path))
  if (published.length > 0) {
    const problems = published.flatMap((entry) => {
      const part = valueAt(document.value, entry.at)
      return part === undefined
        ? []
        : schemaProblems(publishedSchema(entry.schema), part, entry.with.map(publishedSchema)).map((problem) => ({
            ...problem,
            path: [...entry.at, ...problem.path],
          }))
    })
    return report(file, document, problems, published.map((entry) => entry.schema).join(', '), say)
  }
  const shipped = shippedSchema(file, project) ?? (await settingsSchemaOf(file, project))
  if (typeof shipped === 'string') return [say.fail(file, shipped, { line: 1 })]
  if (shipped !== undefined) {
    const [schema] = await dataDocuments(shipped)
    if (schema === undefined) return [say.fail(file, `its schema ${shipped.path} does not parse`)]
    const layered = await layeredSettings(file, shipped, project, document.value)
    const problems = documents.flatMap((one) =>
      schemaProblems(schema.value, documents.length === 1 ? layered.value : one.value),
    )
    return report(file, document, problems.filter(layered.concerns), shipped.path, say)
  }
  const unpublished = catalogue().unpublished.find((entry) => new RegExp(entry.path).test(file.path))
  if (unpublished !== undefined)
    return [verdicts({ name: NONE_PUBLISHED, level: 'L0' }, ownTool()).pass(file, unpublished.why)]
  return [
    say.notRun(
      file,
      `no schema is known for ${file.path}: ship one beside it (${stem(file.path)}.schema.json) or name it in the first line (# yaml-language-server: $schema=…)`,
    ),
  ]
}

function report(
  file: EmittedFile,
  document: DataDocument,
  problems: readonly SchemaProblem[],
  schema: string,
  say: Verdicts,
): CheckResult[] {
  if (problems.length === 0) return [say.pass(file, `accepted by ${schema}`)]
  return problems.map((problem) =>
    say.fail(
      file,
      `${problem.path.join('.') || 'the document'}: ${problem.message} (${schema})`,
      document.position(problem.path),
    ),
  )
}

function zodResults(file: EmittedFile, schema: z.ZodType, document: DataDocument): CheckResult[] {
  const say = verdicts({ name: 'schema/zod', level: 'L1' }, packageTool('zod'))
  const parsed = schema.safeParse(document.value)
  if (parsed.success) return [say.pass(file)]
  return parsed.error.issues.map((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    return say.fail(file, `${path.join('.')}: ${issue.message}`, document.position(path))
  })
}

const stem = (path: string) => path.replace(/\.(ya?ml|toml|json)$/, '')

/** The schema that the project ships for a file: named in the file, or beside it. A message when the named one is missing. */
function shippedSchema(file: EmittedFile, project: readonly EmittedFile[]): EmittedFile | string | undefined {
  const named = /^(?:#\s*yaml-language-server:\s*\$schema=|#:schema\s+|\s*\{\s*"\$schema"\s*:\s*")([^\s"]+)/.exec(
    file.content,
  )?.[1]
  const byPath = (path: string) => project.find((other) => other.path === path)
  const folder = posix.dirname(file.path)
  if (named !== undefined && !/^[a-z]+:\/\//.test(named)) {
    const path = posix.normalize(posix.join(folder, named))
    return byPath(path) ?? `it names the schema ${named}, which the project does not contain`
  }
  return byPath(`${stem(file.path)}.schema.json`)
}

function valueAt(value: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = value
  for (const key of path) {
    if (current === null || typeof current !== 'object' || Array.isArray(current)) return undefined
    current = current[key]
  }
  return current
}
