// Metrics: what the generated Python exposes and what the contract promises to dashboards and alerts are the same set.

import { isTest } from './paths.js'
import type { Literal, PythonCall } from './python-facts.js'
import type { PythonProject } from './python-project.js'
import { type Finding, inContract, inFile, type Seam } from './seam.js'

const TYPES: Readonly<Record<string, { readonly type: string; readonly labels: readonly [string, number] }>> = {
  Counter: { type: 'counter', labels: ['labelnames', 2] },
  Gauge: { type: 'gauge', labels: ['labelnames', 2] },
  Histogram: { type: 'histogram', labels: ['labelnames', 2] },
  Summary: { type: 'summary', labels: ['labelnames', 2] },
  CounterMetricFamily: { type: 'counter', labels: ['labels', 3] },
  GaugeMetricFamily: { type: 'gauge', labels: ['labels', 3] },
  HistogramMetricFamily: { type: 'histogram', labels: ['labels', 4] },
}

interface Exposed {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
}

/** As Prometheus stores it: client libraries add `_total` to counters. */
const storedName = (name: string, type: string) =>
  type === 'counter' && !name.endsWith('_total') ? `${name}_total` : name

export const prometheusSeam: Seam = {
  name: 'seam/prometheus-metric',
  find({ python, contract }) {
    const promised = new Map(
      Object.entries(contract.prometheus).map(([name, entry]) => [storedName(name, entry.type), { name, entry }]),
    )
    const produced = new Set<string>()
    const findings: Finding[] = []
    let publisher = false
    for (const { file, facts } of python.modules) {
      if (isTest(file.path) || !facts.imports.some(({ module }) => module.split('.')[0] === 'prometheus_client'))
        continue
      for (const call of facts.calls) {
        const exposed = exposedBy(call)
        if (exposed === undefined) continue
        // A publisher that looks every name up in the contract, and refuses the rest, is held to it at run time.
        if (exposed === 'computed' && /\bcontract\w*(\([^()]*\))?\.prometheus\b/.test(file.content)) {
          publisher = true
          continue
        }
        if (exposed === 'computed') {
          findings.push(
            inFile(
              file,
              'the name and the labels of a metric must be literals, or nobody can compare them with the contract',
              call.line,
            ),
          )
          continue
        }
        const match = promised.get(storedName(exposed.name, exposed.type))
        if (match === undefined)
          findings.push(inFile(file, `the metric ${exposed.name} is not in contract.prometheus`, call.line))
        else {
          produced.add(match.name)
          for (const reason of differences(exposed, match.entry))
            findings.push(inFile(file, `the metric ${exposed.name} ${reason}`, call.line))
        }
      }
    }
    if (publisher) findings.push(...namedMetrics(python, Object.keys(contract.prometheus), produced))
    for (const [name, entry] of Object.entries(contract.prometheus))
      if (!produced.has(name))
        findings.push(inContract(entry.owner, `no Python file exposes the metric prometheus.${name}`))
    return findings
  },
}

/** Names that are handed to such a publisher: literals that are metrics of the contract, or that only look like one. */
function namedMetrics(python: PythonProject, promised: readonly string[], produced: Set<string>): Finding[] {
  const prefix = commonPrefix(promised)
  const looksLikeOne = new RegExp(`^${prefix}[a-z0-9_]+$`)
  return python.modules
    .filter(({ file }) => !isTest(file.path))
    .flatMap(({ file, facts }) => {
      const exact = facts.strings.filter(({ value }) => promised.includes(value))
      for (const { value } of exact) produced.add(value)
      if (exact.length === 0 || prefix.length < 4) return []
      return facts.strings
        .filter(
          ({ value }) =>
            looksLikeOne.test(value) &&
            !promised.some((name) => storedName(name, 'counter') === storedName(value, 'counter')),
        )
        .map(({ value, line }) => inFile(file, `the metric ${value} is not in contract.prometheus`, line))
    })
}

function commonPrefix(names: readonly string[]): string {
  const [first = '', ...rest] = names
  let length = rest.length === 0 ? 0 : first.length
  while (length > 0 && !rest.every((name) => name.startsWith(first.slice(0, length)))) length -= 1
  return first.slice(0, length).replace(/[^_]*$/, '')
}

function exposedBy(call: PythonCall): Exposed | 'computed' | undefined {
  const kind = TYPES[call.callee.split('.').at(-1) ?? '']
  if (kind === undefined) return undefined
  const [keyword, at] = kind.labels
  const name = argument(call, 'name', 0)
  const labels = call.keywords.has(keyword) || call.positional.length > at ? argument(call, keyword, at) : []
  if (typeof name !== 'string' || labels === undefined || typeof labels === 'string') return 'computed'
  const parts = [call.keywords.get('namespace'), call.keywords.get('subsystem'), name]
  return { name: parts.filter((part) => typeof part === 'string' && part !== '').join('_'), type: kind.type, labels }
}

const argument = (call: PythonCall, keyword: string, at: number): Literal =>
  call.keywords.has(keyword) ? call.keywords.get(keyword) : call.positional[at]

function differences(exposed: Exposed, entry: { readonly type: string; readonly labels: readonly string[] }): string[] {
  const sorted = (labels: readonly string[]) => [...labels].sort().join(', ') || 'none'
  return [
    ...(exposed.type === entry.type ? [] : [`is a ${exposed.type}, the contract says ${entry.type}`]),
    ...(sorted(exposed.labels) === sorted(entry.labels)
      ? []
      : [`has the labels ${sorted(exposed.labels)}, the contract says ${sorted(entry.labels)}`]),
  ]
}
