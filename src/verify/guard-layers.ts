// What a settings file lies over: a new key of it that loosens what holds without it must not pass as something new.
import { posix } from 'node:path'
import type { EmittedFile, Json } from '../types.js'
import { type DataDocument, dataDocuments } from './documents.js'
import { at, isObject, textAt } from './json-value.js'
import { merge, SETTINGS_SCHEMA } from './settings.js'

/** The document as the program sees it; as it is where it lies over nothing. */
export async function layered(
  document: DataDocument,
  file: EmittedFile,
  project: readonly EmittedFile[],
): Promise<DataDocument> {
  const under = await underneath(file, project)
  return under === undefined ? document : { value: merge(under, document.value), position: document.position }
}

/** What holds where the file says nothing: a chart's own values, the settings of every environment, the defaults of the code. */
export async function underneath(file: EmittedFile, project: readonly EmittedFile[]): Promise<Json | undefined> {
  const beside = (name: string) => project.find(({ path }) => path === posix.join(posix.dirname(file.path), name))
  const chart = /^deploy\/environments\/[^/]+\/([\w-]+)\.yaml$/.exec(file.path)?.[1]
  if (chart !== undefined) return contentOf(project.find(({ path }) => path === `deploy/charts/${chart}/values.yaml`))
  const schema = beside(SETTINGS_SCHEMA)
  // Each file with a schema of its own name is no layer of the settings.
  const own = beside(`${posix.basename(file.path, '.yaml')}.schema.json`)
  if (schema === undefined || own !== undefined || !file.path.endsWith('.yaml')) return undefined
  const root = await contentOf(schema)
  const defaults = root === undefined ? undefined : defaultsOf(root, root)
  const base = beside('base.yaml')
  const shared = base === undefined || base.path === file.path ? undefined : await contentOf(base)
  if (defaults === undefined || shared === undefined) return shared ?? defaults
  return merge(defaults, shared)
}

const contentOf = async (file: EmittedFile | undefined): Promise<Json | undefined> =>
  file === undefined ? undefined : (await dataDocuments(file))[0]?.value

/** The defaults that a schema names, with those of its parts. */
function defaultsOf(schema: Json, root: Json): Json | undefined {
  const referred = textAt(schema, '$ref')
  const target = referred === '' ? schema : (at(root, ...referred.replace(/^#\//, '').split('/')) ?? schema)
  const said = at(schema, 'default') ?? at(target, 'default')
  const properties = at(target, 'properties')
  if (!isObject(properties)) return said
  const inner = Object.fromEntries(
    Object.entries(properties).flatMap(([name, one]) => {
      const value = defaultsOf(one, root)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return said === undefined ? inner : merge(inner, said)
}
