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
    charts.push({
      name,
      folder,
      files: files.filter((one) => one.path.startsWith(`${folder}/`)),
      environments: environmentsOf(name, files),
    })
  }
  return charts
}

function environmentsOf(chart: string, files: readonly EmittedFile[]): ChartEnvironment[] {
  const found = new Map<string, EmittedFile[]>()
  for (const wanted of [...SHARED, chart])
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
]

/** Values for everything that the chart requires and no file gives; `environment` is the one that is rendered. */
export async function standIns(chart: Chart, environment: string): Promise<Json> {
  const given: { [key: string]: Json } = {}
  const paths = [...requiredBySchema(await schemaOf(chart)), ...chart.files.flatMap(requiredByTemplate)]
  const own = chart.environments.find(({ name }) => name === environment)?.values ?? []
  const base = chart.files.filter((file) => file.path === `${chart.folder}/values.yaml`)
  const values: Json[] = []
  for (const file of [...base, ...own]) for (const { value } of await dataDocuments(file)) values.push(value)
  for (const path of paths) {
    const known = values.map((value) => at(value, ...path)).findLast((value) => value !== undefined)
    if (known !== undefined && known !== null && known !== '') continue
    const last = path.at(-1) ?? ''
    const stand = last === 'environment' ? environment : (STAND_INS.find(([name]) => name.test(last))?.[1] ?? 'given')
    place(given, path, stand)
  }
  return given
}

async function schemaOf(chart: Chart): Promise<Json> {
  const file = chart.files.find((one) => one.path === `${chart.folder}/values.schema.json`)
  return file === undefined ? null : ((await dataDocuments(file))[0]?.value ?? null)
}

function requiredBySchema(schema: Json, path: readonly string[] = []): string[][] {
  const properties = at(schema, 'properties')
  if (!isObject(properties)) return []
  const required = at(schema, 'required')
  return Object.entries(properties).flatMap(([name, inner]) => {
    const here = [...path, name]
    const wanted = Array.isArray(required) && required.includes(name) && at(inner, 'type') === 'string'
    return [...(wanted ? [here] : []), ...requiredBySchema(inner, here)]
  })
}

const requiredByTemplate = ({ content }: EmittedFile): string[][] =>
  [...content.matchAll(/required\s+"[^"]*"\s+\(?\$?\.Values\.([\w.]+)/g)].map(([, path = '']) => path.split('.'))

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
