// Metrics that are asked for: rules, dashboards, analyses and scalers select only what somebody emits, by labels that it has.
import type { Contract } from '../spec/contract.js'
import type { EmittedFile, Json } from '../types.js'
import { nearest } from './distance.js'
import { dataDocuments } from './documents.js'
import { isObject } from './json-value.js'
import { kindOf } from './kinds.js'
import { platformQueries } from './platform-manifests.js'
import { readQuery, type Selector } from './promql.js'
import { recordedNames } from './queries.js'
import { type Finding, inContract, inFile, lineOf, type Seam } from './seam.js'

/** Where a platform lists the metrics of programs that are not its own, with what emits each. */
const EXTERNAL = /(^|\/)external-metrics\.yaml$/

/** Labels that come from how a series is collected, not from who emits it. */
const COLLECTED =
  'job instance namespace pod container service endpoint node cluster environment stage exported_job exported_instance le quantile alertname alertstate severity criterion'.split(
    ' ',
  )

export const metricSeam: Seam = {
  name: 'seam/metric',
  async find({ files, contract }) {
    const own = emittedByUs(contract)
    const foreign = await emittedByOthers(files)
    const recorded = await recordedNames(files)
    const known = [...own.keys(), ...foreign.keys(), ...recorded, 'ALERTS']
    const asked = new Set<string>()
    const findings: Finding[] = []
    for (const placed of await platformQueries(files)) {
      const { file, text } = placed
      const query = await readQuery(text)
      for (const selector of query.selectors) {
        asked.add(selector.metric)
        if (!known.includes(selector.metric))
          findings.push(
            inFile(
              file,
              `nothing emits the metric ${selector.metric || 'without a name'}${nearest(selector.metric, known)}`,
              placed.line,
            ),
          )
        else
          findings.push(
            ...unknownLabels(selector, own).map((label) =>
              inFile(file, missingLabel(selector.metric, label), placed.line),
            ),
          )
      }
      findings.push(
        ...unknownGroupings(query, own, foreign, recorded).map((label) =>
          inFile(file, `no metric of this expression has the label ${label}: ${text.slice(0, 80)}`, placed.line),
        ),
      )
    }
    return [...findings, ...unasked(files, foreign, asked), ...(await unread(files, contract, asked))]
  },
}

const missingLabel = (metric: string, label: string) => `the metric ${metric} has no label ${label}`

/** Names as Prometheus stores them, with their labels; a histogram is three series. */
function emittedByUs(contract: Contract): Map<string, readonly string[]> {
  return new Map(
    Object.entries(contract.prometheus).flatMap(([name, { type, labels }]) => {
      const stored = type === 'counter' && !name.endsWith('_total') ? `${name}_total` : name
      const suffixes =
        type === 'histogram' ? ['_bucket', '_sum', '_count'] : type === 'summary' ? ['', '_sum', '_count'] : ['']
      return suffixes.map((suffix) => [`${stored}${suffix}`, labels] as const)
    }),
  )
}

/** Metrics of the lists, by name; the labels where a list gives them. */
async function emittedByOthers(
  files: readonly EmittedFile[],
): Promise<Map<string, { file: EmittedFile; labels?: readonly string[] }>> {
  const found = new Map<string, { file: EmittedFile; labels?: readonly string[] }>()
  for (const file of files.filter(({ path }) => EXTERNAL.test(path)))
    for (const { value } of await dataDocuments(file)) for (const name of listed(value)) found.set(name, { file })
  return found
}

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

/** Names below any key `metrics`, whether they are keys, entries of a list or the `name` of one. */
function listed(value: Json, inside = false): string[] {
  if (Array.isArray(value))
    return value.flatMap((one) => {
      if (inside && typeof one === 'string') return [one]
      if (inside && isObject(one) && typeof one.name === 'string') return [one.name]
      return listed(one)
    })
  if (!isObject(value)) return []
  if (inside) return Object.keys(value).filter((name) => METRIC.test(name))
  return Object.entries(value).flatMap(([key, inner]) => listed(inner, key === 'metrics'))
}

function unknownLabels({ metric, labels }: Selector, own: ReadonlyMap<string, readonly string[]>): string[] {
  const has = own.get(metric)
  return has === undefined ? [] : labels.filter((label) => !has.includes(label) && !COLLECTED.includes(label))
}

/** A label that an expression groups by comes from one of its metrics; those of others are not all listed, so they excuse any. */
function unknownGroupings(
  query: Awaited<ReturnType<typeof readQuery>>,
  own: ReadonlyMap<string, readonly string[]>,
  foreign: ReadonlyMap<string, unknown>,
  recorded: ReadonlySet<string>,
): string[] {
  if (query.selectors.some(({ metric }) => foreign.has(metric) || recorded.has(metric) || !own.has(metric))) return []
  const labels = new Set([
    ...query.selectors.flatMap(({ metric }) => own.get(metric) ?? []),
    ...COLLECTED,
    ...query.made,
  ])
  return query.groupings.filter((label) => !labels.has(label))
}

/** A listed metric that nothing asks for is a line to take out. */
function unasked(
  files: readonly EmittedFile[],
  foreign: ReadonlyMap<string, { file: EmittedFile }>,
  asked: ReadonlySet<string>,
): Finding[] {
  return [...foreign]
    .filter(
      ([name]) =>
        !asked.has(name) &&
        !files.some((file) => !EXTERNAL.test(file.path) && new RegExp(`\\b${name}\\b`).test(file.content)),
    )
    .map(([name, { file }]) => inFile(file, `nothing asks for the metric ${name}`, lineOf(file, name)))
}

/** What nobody looks at is measured for nothing: a rule, a dashboard, a scaler, an analysis or code asks for it. */
async function unread(
  files: readonly EmittedFile[],
  contract: Contract,
  asked: ReadonlySet<string>,
): Promise<Finding[]> {
  // Without rules there is no monitoring yet that could ask.
  const rules = files.filter((file) => kindOf(file) === 'prometheus-rules')
  if (rules.length === 0) return []
  const series = [...emittedByUs(contract).keys()]
  const recorded = await recordedNames(files)
  return [
    ...Object.entries(contract.prometheus)
      .filter(
        ([name]) =>
          !series.some((one) => asked.has(one) && new RegExp(`^${name}(_total|_bucket|_sum|_count)?$`).test(one)),
      )
      .filter(([name]) => !readByCode(name, files))
      .map(([name, { owner }]) => inContract(owner, `nothing asks for the metric ${name}`)),
    ...rules.flatMap((file) =>
      [...file.content.matchAll(/\brecord: *["']?([\w:]+)/g)]
        .map(([, name = '']) => name)
        .filter((name) => recorded.has(name) && !asked.has(name) && !readByCode(name, files))
        .map((name) => inFile(file, `nothing reads what is recorded as ${name}`, lineOf(file, name))),
    ),
  ]
}

/** Settings and documents' commands ask by text. */
const readByCode = (name: string, files: readonly EmittedFile[]): boolean =>
  files.some(
    (file) =>
      /^(conf|scripts|dags)\//.test(file.path) &&
      file.content.includes(name) &&
      new RegExp(`\\b${name}(_total|_bucket|_sum|_count)?\\b`).test(file.content),
  )
