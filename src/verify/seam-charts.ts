// Values and charts: what a template reads is among the values, every value is read, every chart is applied, every Dockerfile copies what exists.
import type { EmittedFile, Json } from '../types.js'
import { type Chart, chartsOf } from './charts.js'
import { nearest } from './distance.js'
import { dataDocuments } from './documents.js'
import { renderedCharts } from './helm.js'
import { at, isObject } from './json-value.js'
import { kindOf } from './kinds.js'
import { unlistedManifests } from './kustomize.js'
import { type Finding, inFile, lineOf, type Seam } from './seam.js'

export const valuesSeam: Seam = {
  name: 'seam/helm-values',
  async find({ files }) {
    const findings: Finding[] = []
    const passed = parametersOf(files)
    for (const chart of await chartsOf(files)) findings.push(...(await chartFindings(chart, passed)))
    return findings
  },
}

/** What the applications hand to every chart, whether it reads it or not. */
const parametersOf = (files: readonly EmittedFile[]): Set<string> =>
  new Set([
    'images',
    ...files
      .filter((file) => kindOf(file) === 'helm-template')
      .flatMap(({ content }) => [
        ...[...content.matchAll(/name: (\w[\w.]*)\s*\n\s*value: /g)].map(([, name = '']) => name),
        ...(content.includes('valuesObject:')
          ? [...content.matchAll(/^\s+(\w+): \{\{/gm)].map(([, name = '']) => name)
          : []),
      ]),
  ])

async function chartFindings(chart: Chart, passed: ReadonlySet<string>): Promise<Finding[]> {
  const file = chart.files.find(({ path }) => path === `${chart.folder}/values.yaml`)
  if (file === undefined) return []
  const values = (await dataDocuments(file))[0]?.value ?? {}
  const used = new Set<string>()
  const findings: Finding[] = []
  const templates = chart.files.filter((one) => kindOf(one) === 'helm-template')
  const asked = new Set(templates.flatMap(({ content }) => conditions(content)))
  for (const template of templates)
    for (const [text, path = ''] of template.content.matchAll(/\.Values\.([A-Za-z_][\w.]*\w|[A-Za-z_]\w*)/g)) {
      used.add(path)
      const [root = ''] = path.split('.')
      if (asked.has(root) && isObject(values) && !(root in values)) continue
      const known = knownPrefix(values, path.split('.'))
      if (known !== undefined)
        findings.push(
          inFile(
            template,
            `values.yaml of ${chart.name} has no ${path}${nearest(path, known)}`,
            lineOf(template, text),
          ),
        )
    }
  return [
    ...findings,
    ...(await schemaFindings(chart, file)),
    ...leaves(values)
      .filter(
        (leaf) =>
          leaf !== '' &&
          !passed.has(leaf.split('.')[0] ?? '') &&
          ![...used].some((path) => leaf === path || leaf.startsWith(`${path}.`)),
      )
      // A value that templates reach by `index` or inside `with` is named there by its last word.
      .filter((leaf) => !chart.files.some((one) => kindOf(one) === 'helm-template' && reaches(one, leaf)))
      .map((leaf) =>
        inFile(file, `no template of ${chart.name} reads ${leaf}`, lineOf(file, `${leaf.split('.').at(-1)}:`)),
      ),
  ]
}

/** Without a closed schema Helm takes a misspelt value without a word. */
async function schemaFindings({ name, folder, files }: Chart, values: EmittedFile): Promise<Finding[]> {
  const file = files.find(({ path }) => path === `${folder}/values.schema.json`)
  if (file === undefined)
    return [inFile(values, `the chart ${name} has no values.schema.json, so a misspelt value is taken for none`)]
  const closed = (await dataDocuments(file)).every(({ value }) => at(value, 'additionalProperties') === false)
  return closed
    ? []
    : [inFile(file, `additionalProperties: expected false, so that a misspelt value of ${name} is refused`)]
}

const reaches = (file: EmittedFile, leaf: string): boolean => {
  const last = leaf.split('.').at(-1) ?? ''
  const [root = ''] = leaf.split('.')
  return (
    new RegExp(`[.$"]${last.replace(/[^\w-]/g, '.')}\\b`).test(file.content) &&
    new RegExp(`\\.Values\\.${root}\\b|\\bValues "${root}"`).test(file.content)
  )
}

/** Values that a template asks for before it reads them: what a smaller platform leaves out as a whole. */
const conditions = (content: string): string[] =>
  [...content.matchAll(/\{\{-?\s*(?:if|with|else if)\s([^}]*)\}\}/g)].flatMap(([, condition = '']) =>
    [...condition.matchAll(/\.Values\.(\w+)(?![\w.])/g)].map(([, name = '']) => name),
  )

/** Keys that are there where a path does not lead on; nothing where it does. Below an empty or open value anything may lie. */
function knownPrefix(values: Json, path: readonly string[]): string[] | undefined {
  let current: Json | undefined = values
  for (const [index, key] of path.entries()) {
    if (!isObject(current)) return undefined
    if (Object.keys(current).length === 0 && index > 0) return undefined
    if (!(key in current)) return Object.keys(current)
    current = current[key]
  }
  return undefined
}

function leaves(value: Json, path: readonly string[] = []): string[] {
  if (!isObject(value) || Object.keys(value).length === 0) return [path.join('.')]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

/** A manifest that no kustomization names never reaches a cluster; a template that renders to nothing anywhere is dead. */
export const appliedSeam: Seam = {
  name: 'wired/cluster',
  async find({ files }) {
    const charts = await chartsOf(files)
    const rendered = new Set((await renderedCharts(files)).map(({ file }) => file.path))
    return [
      ...(await unlistedManifests(files)).map((file) => inFile(file, 'no kustomization beside it names this manifest')),
      ...charts.flatMap(({ files: own }) =>
        own.filter((file) => isUnused(file, own, rendered)).map((file) => inFile(file, 'nothing in its chart uses it')),
      ),
      ...charts.flatMap(absentFiles),
    ]
  },
}

/** Helm reads a file that is not there as an empty one, without a word. */
const absentFiles = ({ folder, files }: Chart): Finding[] =>
  files
    .filter((file) => kindOf(file) === 'helm-template')
    .flatMap((file) =>
      [...file.content.matchAll(/\.Files\.(?:Get|Lines|Glob|AsConfig)\s+"([^"]+)"/g)].flatMap(([said, name = '']) => {
        const pattern = new RegExp(`^${name.split('*').map(escaped).join('[^/]*')}$`)
        return files.some(({ path }) => pattern.test(path.slice(folder.length + 1)))
          ? []
          : [inFile(file, `the chart has no file ${name}`, lineOf(file, said))]
      }),
    )

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

/** Names of a chart's own partial templates, or what its templates read from beside them. */
function isUnused(file: EmittedFile, chart: readonly EmittedFile[], rendered: ReadonlySet<string>): boolean {
  // A chart that does not render has a fault of its own, which the check of charts reports.
  if (kindOf(file) !== 'helm-template' || !chart.some(({ path }) => rendered.has(path))) return false
  if (!/\/_[^/]*$/.test(file.path))
    return (
      !rendered.has(file.path) && !/NOTES\.txt$/.test(file.path) && !/^\s*\{\{-?\s*(if|range|with)/m.test(file.content)
    )
  const names = [...file.content.matchAll(/define\s+"([^"]+)"/g)].map(([, name = '']) => name)
  return !names.some((name) => chart.some((other) => other.content.includes(`"${name}"`) && other !== file))
}

export const dockerSeam: Seam = {
  name: 'seam/docker-copy',
  find({ files }) {
    const exists = (path: string) => files.some((file) => file.path === path || file.path.startsWith(`${path}/`))
    const copied = files
      .filter((file) => kindOf(file) === 'dockerfile')
      .flatMap((file) => copies(file.content).map((copy) => ({ file, ...copy })))
      .filter(({ source }) => !/[$*]/.test(source))
    return [
      ...copied
        .filter(({ source }) => source !== '.' && !MADE_LATER.test(source) && !exists(source))
        .map(({ file, source, line }) => inFile(file, `COPY ${source}: there is no such file or folder`, line)),
      ...contextProblems(files, copied),
    ]
  },
}

interface Copy {
  readonly file: EmittedFile
  readonly source: string
  readonly line: number
}

/** What is sent to the builder can get into a layer: so it is said what is, and it is what some image copies. */
function contextProblems(files: readonly EmittedFile[], copied: readonly Copy[]): Finding[] {
  const [first] = copied
  if (first === undefined) return []
  const ignore = files.find(({ path }) => path === '.dockerignore')
  if (ignore === undefined)
    return [inFile(first.file, 'no .dockerignore keeps secrets and the history out of what the builder is sent')]
  const lines = ignore.content.split('\n').map((line) => line.trim())
  const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).replace(/\/$/, ''))
  // A list of what is left out says nothing of what is meant to be there.
  if (!lines.includes('*')) return []
  const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)
  return [
    ...copied
      .filter(({ source }) => !kept.some((one) => within(source, one)))
      .map(({ file, source, line }) => inFile(file, `COPY ${source}: .dockerignore leaves it out`, line)),
    ...kept
      .filter((one) => !copied.some(({ source }) => within(source, one)))
      .map((one) => inFile(ignore, `no image copies ${one}`, lineOf(ignore, `!${one}`))),
  ]
}

/** Locks come into being at the first `make` and are then committed. */
const MADE_LATER = /(^|\/)uv\.lock$/

/** Sources of COPY and ADD from the build context. */
function copies(text: string): { source: string; line: number }[] {
  const joined = text.replace(/\\\n/g, ' \u0000')
  let line = 0
  return joined.split('\n').flatMap((said) => {
    line += 1
    const start = line
    line += said.split('\u0000').length - 1
    const words = said.replaceAll('\u0000', ' ').trim().split(/\s+/)
    if (!/^(COPY|ADD)$/i.test(words[0] ?? '') || words.some((word) => word.startsWith('--from='))) return []
    const sources = words.slice(1, -1).filter((word) => !word.startsWith('--') && !/^https?:/.test(word))
    return sources.map((source) => ({ source: source.replace(/^\.\//, '').replace(/\/$/, ''), line: start }))
  })
}
