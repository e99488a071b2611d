// Whoever is woken finds what to do: every alert has its runbook, a test that it fires, and every runbook and dashboard has one owner.
import { posix } from 'node:path'
import type { EmittedFile } from '../types.js'
import { dataDocuments } from './documents.js'
import { listAt, textAt } from './json-value.js'
import { type Kind, kindOf } from './kinds.js'
import { type Finding, inFile, lineOf, type Seam } from './seam.js'

const RUNBOOKS = 'docs/runbooks/'

interface Alert {
  readonly name: string
  readonly file: EmittedFile
  /** Looked up where it is asked for: the text is parsed once more for it. */
  readonly line: () => number | undefined
  readonly runbook: string
  readonly severity: string
}

async function alertsOf(files: readonly EmittedFile[]): Promise<Alert[]> {
  const alerts: Alert[] = []
  for (const file of files.filter((one) => kindOf(one) === 'prometheus-rules'))
    for (const { value, position } of await dataDocuments(file))
      for (const [g, group] of listAt(value, 'groups').entries())
        for (const [r, rule] of listAt(group, 'rules').entries())
          if (textAt(rule, 'alert') !== '')
            alerts.push({
              name: textAt(rule, 'alert'),
              file,
              line: () => position(['groups', g, 'rules', r, 'alert']).line,
              runbook: textAt(rule, 'annotations', 'runbook_url'),
              severity: textAt(rule, 'labels', 'severity'),
            })
  return alerts
}

export const runbookSeam: Seam = {
  name: 'seam/runbook',
  async find({ files }) {
    const paths = new Set(files.map(({ path }) => path))
    const alerts = await alertsOf(files)
    const findings = alerts.flatMap(({ name, file, line, runbook, severity }) => {
      const expected = `${RUNBOOKS}${name}.md`
      return [
        ...(runbook.endsWith(expected)
          ? []
          : [inFile(file, `the alert ${name} names the runbook ${runbook || '(none)'}, expected ${expected}`, line())]),
        ...(paths.has(expected) ? [] : [inFile(file, `the alert ${name} has no ${expected}`, line())]),
        ...(severity === ''
          ? [inFile(file, `the alert ${name} has no label severity, so nobody knows whom to wake`, line())]
          : []),
      ]
    })
    const names = new Set(alerts.map(({ name }) => name))
    const orphans =
      alerts.length === 0
        ? []
        : files.filter(({ path }) => isAlertRunbook(path) && !names.has(posix.basename(path, '.md')))
    return [
      ...findings,
      ...orphans.map((file) => inFile(file, `no alert is called ${posix.basename(file.path, '.md')}`)),
    ]
  },
}

/** Runbooks of alerts are called as alerts are; others, about releases say, are written in lower case. */
const isAlertRunbook = (path: string) => path.startsWith(RUNBOOKS) && /^[A-Z]\w*\.md$/.test(posix.basename(path))

/** Every alert is seen firing in a test, and seen silent in one. */
export const alertTestSeam: Seam = {
  name: 'seam/alert-test',
  async find({ files }) {
    const fires = new Set<string>()
    const silent = new Set<string>()
    for (const file of files.filter((one) => kindOf(one) === 'prometheus-tests'))
      for (const { value } of await dataDocuments(file))
        for (const test of listAt(value, 'tests'))
          for (const expected of listAt(test, 'alert_rule_test'))
            (listAt(expected, 'exp_alerts').length > 0 ? fires : silent).add(textAt(expected, 'alertname'))
    const alerts = await alertsOf(files)
    const known = new Set(alerts.map(({ name }) => name))
    const unknown = files
      .filter((file) => kindOf(file) === 'prometheus-tests')
      .flatMap((file) =>
        [...new Set([...file.content.matchAll(/^\s*-?\s*alertname: *["']?(\w+)/gm)].map(([, name = '']) => name))]
          .filter((name) => !known.has(name))
          .map((name) => inFile(file, `no rule defines the alert ${name}`, lineOf(file, `alertname: ${name}`))),
      )
    return [
      ...unknown,
      ...(await untestedRecords(files, new Set([...fires, ...silent]))),
      ...alerts.flatMap(({ name, file, line }): Finding[] => [
        ...(fires.has(name) ? [] : [inFile(file, `no test sees the alert ${name} fire`, line())]),
        ...(silent.has(name) ? [] : [inFile(file, `no test sees the alert ${name} stay silent`, line())]),
      ]),
    ]
  },
}

/** What a rule records is computed in a test: asked for there, or by a tested alert, directly or through other records. */
async function untestedRecords(files: readonly EmittedFile[], tested: ReadonlySet<string>): Promise<Finding[]> {
  const records: { name: string; file: EmittedFile; line: () => number | undefined }[] = []
  const reads = new Map<string, string[]>()
  const open: string[] = []
  for (const file of files)
    for (const { value, position } of RULE_KINDS.includes(kindOf(file)) ? await dataDocuments(file) : []) {
      for (const [g, group] of listAt(value, 'groups').entries())
        for (const [r, rule] of listAt(group, 'rules').entries()) {
          const [name, alert, asked] = [textAt(rule, 'record'), textAt(rule, 'alert'), names(textAt(rule, 'expr'))]
          if (tested.has(alert)) open.push(...asked)
          if (name === '') continue
          reads.set(name, [...(reads.get(name) ?? []), ...asked])
          records.push({ name, file, line: () => position(['groups', g, 'rules', r, 'record']).line })
        }
      for (const test of listAt(value, 'tests'))
        for (const one of listAt(test, 'promql_expr_test')) open.push(...names(textAt(one, 'expr')))
    }
  const computed = new Set<string>()
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (computed.has(name)) continue
    computed.add(name)
    open.push(...(reads.get(name) ?? []))
  }
  return records
    .filter(({ name }) => !computed.has(name))
    .map(({ name, file, line }) => inFile(file, `no test computes what is recorded as ${name}`, line()))
}

const RULE_KINDS: readonly Kind[] = ['prometheus-rules', 'prometheus-tests']

/** Every word of an expression that could be a metric; more than it selects, so that a test is never asked for twice. */
const names = (expression: string): string[] => expression.match(/[a-zA-Z_:][\w:]*/g) ?? []

/** Alert names and dashboard uids are addresses: one each. */
export const uniqueSeam: Seam = {
  name: 'seam/unique',
  async find({ files }) {
    const seen = new Map<string, string>()
    const findings: Finding[] = []
    const claim = (name: string, file: EmittedFile, line: () => number | undefined) => {
      const before = seen.get(name)
      if (before !== undefined) findings.push(inFile(file, `${name} is taken by ${before}`, line()))
      else seen.set(name, file.path)
    }
    for (const { name, file, line } of await alertsOf(files)) claim(`the alert ${name}`, file, line)
    for (const file of files.filter((one) => kindOf(one) === 'dashboard'))
      for (const { value } of await dataDocuments(file)) {
        claim(`the dashboard uid ${textAt(value, 'uid')}`, file, () => lineOf(file, '"uid"'))
        claim(`the dashboard title ${textAt(value, 'title')}`, file, () => lineOf(file, '"title"'))
      }
    return findings
  },
}
