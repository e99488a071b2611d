// Helm charts of a platform, the values that each environment gives them, and stand-ins for what only an installation knows.
import { posix } from 'node:path'
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { at, isObject } from './json-value.js'
import { kindOf } from './kinds.js'

export interface Chart {
  readonly name: string
  readonly folder: string
  readonly files: readonly EmittedFile[]
  readonly environments: readonly ChartEnvironment[]
}

export interface ChartEnvironment {
  readonly name: string
  /** Files of values, the more particular ones last. */
  readonly values: readonly EmittedFile[]
}

/** `deploy/environments/<environment>/<chart>.yaml`, and what all charts of an environment share. */
const ENVIRONMENT = /^(?:.*\/)?environments\/([^/]+)\/([^/]+)\.yaml$/
const SHARED = ['images']

export async function chartsOf(files: readonly EmittedFile[]): Promise<Chart[]> {
  const charts: Chart[] = []
  for (const file of files.filter((one) => kindOf(one) === 'helm-chart')) {
    const folder = posix.dirname(file.path)
    const [document] = await dataDocuments(file)
    const named = at(document?.value, 'name')
    const name = typeof named === 'string' ? named : posix.basename(folder)
    const own = files.filter((one) => one.path.startsWith(`${folder}/`))
    charts.push({
      name,
      folder,
      files: own,
      environments: environmentsOf(name, files, own),
    })
  }
  return charts
}

function environmentsOf(chart: string, files: readonly EmittedFile[], own: readonly EmittedFile[]): ChartEnvironment[] {
  // A chart without images of ours is not given their digests.
  const shared = SHARED.filter((name) => own.some(({ content }) => content.includes(`.Values.${name}`)))
  const found = new Map<string, EmittedFile[]>()
  for (const wanted of [...shared, chart])
    for (const file of files.filter((one) => kindOf(one) === 'helm-values')) {
      const [, environment = '', name = ''] = ENVIRONMENT.exec(file.path) ?? []
      if (name === wanted) found.set(environment, [...(found.get(environment) ?? []), file])
    }
  return [...found].map(([name, values]) => ({ name, values }))
}

/** Where a value is to be seen that no file may hold, so that a chart can be rendered without an installation. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/account/i, '123456789012'],
  [/url$|repository$/i, 'https://git.example.com/platform/platform.git'],
  [/registry/i, 'registry.example.com'],
  [/region/i, 'eu-central-1'],
  [/host|domain/i, 'platform.example.com'],
  [/^(to|from)$|mail/i, 'team@example.com'],
]

/** Values that the schema requires and no file gives; `environment` is the one that is rendered. */
export async function standIns(chart: Chart, environment: string): Promise<{ [key: string]: Json }> {
  const given: { [key: string]: Json } = {}
  const values = await valuesOf(chart, environment)
  const schema = await schemaOf(chart)
  for (const path of requiredBySchema(schema, values)) {
    const known = values.map((value) => at(value, ...path)).findLast((value) => value !== undefined)
    if (isMissing(known)) place(given, path, standIn(path, environment))
  }
  return given
}

async function valuesOf(chart: Chart, environment: string): Promise<Json[]> {
  const own = chart.environments.find(({ name }) => name === environment)?.values ?? []
  const base = chart.files.filter((file) => file.path === `${chart.folder}/values.yaml`)
  const values: Json[] = []
  for (const file of [...base, ...own]) for (const { value } of await dataDocuments(file)) values.push(value)
  return values
}

interface Demand {
  readonly message: string
  readonly path: readonly string[]
}

const demandsOf = new WeakMap<Chart, readonly Demand[]>()

/** Every `required` of the chart's templates with the value that it asks for. */
function demands(chart: Chart): readonly Demand[] {
  const known = demandsOf.get(chart)
  if (known !== undefined) return known
  const found: Demand[] = []
  for (const { content } of chart.files)
    for (const line of content.split('\n')) {
      const call = /required\s+"([^"]*)"/.exec(line)
      if (call === null) continue
      // The value follows the message, or was piped into it.
      const after = /\.Values\.([\w.]+)/.exec(line.slice(call.index))?.[1]
      const before = [...line.slice(0, call.index).matchAll(/\.Values\.([\w.]+)/g)].at(-1)?.[1]
      const path = (after ?? before)?.split('.')
      if (path !== undefined) found.push({ message: call[1] ?? '', path })
    }
  demandsOf.set(chart, found)
  return found
}

/** Whether something is rendered only with, or without, a value below this name: then it is given only where the engine asks for it. */
const decides = (chart: Chart, [root = '']: readonly string[]): boolean =>
  chart.files.some(({ content }) =>
    [...content.matchAll(/\{\{-?\s*(?:if|with|else if|else with|range)\b([^}]*)\}\}/g)].some(([, condition = '']) =>
      new RegExp(`\\.Values\\.${root}\\b`).test(condition),
    ),
  )

/** Adds the value that the engine misses, by the message of the template's own `required`; false where there is none to add. */
export async function addDemanded(
  chart: Chart,
  environment: string,
  problem: string,
  given: { [key: string]: Json },
): Promise<boolean> {
  const asked = demands(chart).find((one) => isOpen(one, given) && problem.includes(one.message))
  if (asked !== undefined) {
    give(await schemaOf(chart), environment, given, asked)
    // It stops at the first that it misses, and each question is a rendering: whatever else is asked for beside it is given with it.
    await addAbsent(chart, environment, given, asked.path[0])
    return true
  }
  // A message that was put together names its value first: `cluster: see …`.
  const named = /: ([A-Za-z]\w*): [^:]*$/.exec(problem)?.[1]
  if (named === undefined || named in given) return false
  given[named] = standIn([named], environment)
  return true
}

/** Adds what templates ask for and no file gives, as far as nothing hangs on its being there; `entered` is the part that was asked for. */
export async function addAbsent(
  chart: Chart,
  environment: string,
  given: { [key: string]: Json },
  entered?: string,
): Promise<void> {
  const [schema, values] = [await schemaOf(chart), await valuesOf(chart, environment)]
  const absent = ({ path }: Demand) => values.every((value) => isMissing(at(value, ...path)))
  for (const one of demands(chart))
    if (isOpen(one, given) && absent(one) && (one.path[0] === entered || !decides(chart, one.path)))
      give(schema, environment, given, one)
}

const isOpen = ({ path }: Demand, given: { [key: string]: Json }): boolean => at(given, ...path) === undefined

function give(schema: Json, environment: string, given: { [key: string]: Json }, { path }: Demand): void {
  const list = at(schema, ...path.flatMap((key) => ['properties', key]), 'type') === 'array'
  const value = standIn(path, environment)
  place(given, path, list ? [value] : value)
}

/** What `required` refuses. */
const isMissing = (value: Json | undefined): boolean => value === undefined || value === null || value === ''

function standIn(path: readonly string[], environment: string): string {
  const last = path.at(-1) ?? ''
  return last === 'environment' ? environment : (STAND_INS.find(([name]) => name.test(last))?.[1] ?? 'given')
}

async function schemaOf(chart: Chart): Promise<Json> {
  const file = chart.files.find((one) => one.path === `${chart.folder}/values.schema.json`)
  return file === undefined ? null : ((await dataDocuments(file))[0]?.value ?? null)
}

function requiredBySchema(schema: Json, values: readonly Json[], path: readonly string[] = []): string[][] {
  const properties = at(schema, 'properties')
  // Inside a part that is left out nothing is required.
  if (!isObject(properties) || (path.length > 0 && !values.some((value) => isObject(at(value, ...path))))) return []
  const required = at(schema, 'required')
  return Object.entries(properties).flatMap(([name, inner]) => {
    const here = [...path, name]
    const wanted = Array.isArray(required) && required.includes(name) && at(inner, 'type') === 'string'
    // What may be empty is left to the templates to ask for.
    const open = at(inner, 'minLength') === undefined && at(inner, 'pattern') === undefined
    return [...(wanted && !open && !mayBeEmpty(inner) ? [here] : []), ...requiredBySchema(inner, values, here)]
  })
}

function mayBeEmpty(schema: Json): boolean {
  const pattern = at(schema, 'pattern')
  return typeof pattern === 'string' && at(schema, 'minLength') === undefined && new RegExp(pattern).test('')
}

function place(into: { [key: string]: Json }, path: readonly string[], value: Json): void {
  const [first = '', ...rest] = path
  if (rest.length === 0) {
    into[first] = value
    return
  }
  const inner = into[first]
  const next = isObject(inner) ? inner : {}
  into[first] = next
  place(next, rest, value)
}
