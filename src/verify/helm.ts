// Charts are linted and rendered by Helm's own engine for every environment, and what comes out is held to the schemas of the cluster.
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { addAbsent, addDemanded, type Chart, chartsOf, standIns } from './charts.js'
import { type Check, type Tool, verdicts } from './check.js'
import { isObject } from './json-value.js'
import { kubernetesTool, manifestProblems } from './kubernetes.js'
import { askOnce, textsOf, answered as verdictsOf } from './official.js'
import type { ValidatorAnswer, ValidatorName } from './validators.js'

const STAND_INS = 'values-of-an-installation.json'

interface Rendering {
  readonly chart: Chart
  readonly environment: string
  readonly answer: ValidatorAnswer
}

const renderings = new WeakMap<readonly EmittedFile[], Promise<Rendering[]>>()

/** Every chart for every environment that gives it values, or once with its own. */
function renderAll(files: readonly EmittedFile[]): Promise<Rendering[]> {
  const before = renderings.get(files) ?? render(files)
  renderings.set(files, before)
  return before
}

async function render(files: readonly EmittedFile[]): Promise<Rendering[]> {
  // Side by side: while one chart's answer is read here, the engine has the next one's question.
  const perChart = (await chartsOf(files)).map(async (chart) => {
    const made: Rendering[] = []
    const named = chart.environments.map(({ name }) => name)
    for (const environment of named.length === 0 ? ['default'] : named)
      made.push({ chart, environment, answer: await askHelm('helm/template', chart, environment) })
    return made
  })
  return (await Promise.all(perChart)).flat()
}

/** What the engine asked for once it asks for in every environment: each question is a rendering. */
const demanded = new WeakMap<Chart, string>()

function demandedBefore(chart: Chart, environment: string): { [key: string]: Json } {
  const parsed: unknown = JSON.parse(demanded.get(chart) ?? '{}', (key, value: unknown) =>
    key === 'environment' ? environment : value,
  )
  return isObject(parsed as Json) ? (parsed as { [key: string]: Json }) : {}
}

/** Values that only an installation knows are stood in for, those of templates as the engine asks for them. */
async function askHelm(validator: ValidatorName, chart: Chart, environment: string): Promise<ValidatorAnswer> {
  const values = chart.environments.find(({ name }) => name === environment)?.values ?? []
  const given = { ...demandedBefore(chart, environment), ...(await standIns(chart, environment)) }
  await addAbsent(chart, environment, given)
  for (;;) {
    const answer = await askOnce({
      validator,
      files: { ...textsOf(chart.files), ...textsOf(values), [STAND_INS]: JSON.stringify(given) },
      options: {
        chart: chart.folder,
        values: [STAND_INS, ...values.map((file) => file.path)],
        release: chart.name,
        namespace: 'default',
      },
    })
    const missed = answer.problems.find(({ message }) => /execution error at|required/.test(message))
    if (missed === undefined || !(await addDemanded(chart, environment, missed.message, given))) return answer
    demanded.set(chart, JSON.stringify(given))
  }
}

export interface Rendered {
  readonly file: EmittedFile
  readonly environment: string
  readonly text: string
}

/** What the charts give to the cluster, by the template that it comes from; nothing where the module is missing. */
export async function renderedCharts(files: readonly EmittedFile[]): Promise<Rendered[]> {
  return (await renderAll(files)).flatMap(({ chart, environment, answer }) => rendered(chart, environment, answer))
}

function rendered(chart: Chart, environment: string, { data }: ValidatorAnswer): Rendered[] {
  const manifests = isObject(data as Json | undefined) ? (data as { manifests?: Json }).manifests : undefined
  if (!isObject(manifests)) return []
  return Object.entries(manifests).flatMap(([name, text]) => {
    const path = `${chart.folder}/${name.slice(name.indexOf('/') + 1)}`
    const file = chart.files.find((one) => one.path === path)
    return file === undefined || typeof text !== 'string' ? [] : [{ file, environment, text }]
  })
}

export const helmCheck: Check = {
  name: 'helm/lint',
  level: 'L1',
  kinds: ['helm-chart', 'helm-values', 'helm-template'],
  elsewhere: true,
  async run(files, project, answered = () => {}): Promise<CheckResult[]> {
    const all = await renderAll(project)
    const results: CheckResult[] = []
    const charts = [...new Set(all.map(({ chart }) => chart))]
    // Asked together, so that no question waits until this thread has time to ask it.
    const lints = await Promise.all(
      charts.map((chart) => askHelm('helm/lint', chart, chart.environments[0]?.name ?? 'default')),
    )
    answered()
    for (const [at, chart] of charts.entries()) {
      const own = files.filter(
        (file) => chart.files.includes(file) || chart.environments.some(({ values }) => values.includes(file)),
      )
      const lint = lints[at]
      if (lint !== undefined) results.push(...verdictsOf(this, own, lint, true))
      for (const one of all.filter((rendering) => rendering.chart === chart)) results.push(...refusals(one, own))
    }
    results.push(...(await clusterResults(files, project)))
    return [...unclaimed(files, results), ...repeatedOnce(results)]
  },
}

/** What the engine refused to render; an acceptance is the lint's to say. */
function refusals({ environment, answer }: Rendering, files: readonly EmittedFile[]): CheckResult[] {
  const check = { name: 'helm/template', level: 'L1' } as const
  return verdictsOf(check, files, answer)
    .filter((result) => result.status === 'fail')
    .map((result) => ({ ...result, reason: `for ${environment}: ${result.reason}` }))
}

async function clusterResults(files: readonly EmittedFile[], project: readonly EmittedFile[]): Promise<CheckResult[]> {
  const tool: Tool = kubernetesTool()
  const say = verdicts({ name: 'helm/kubernetes', level: 'L1' }, tool)
  const results: CheckResult[] = []
  const seen = new Set<string>()
  for (const { file, environment, text } of await renderedCharts(project)) {
    const id = `${file.path} ${text}`
    if (seen.has(id) || !files.includes(file)) continue
    seen.add(id)
    const problems = await manifestProblems(text)
    results.push(
      ...(problems.length === 0
        ? [say.pass(file)]
        : problems.map(({ line, message }) =>
            say.fail(file, `rendered for ${environment}: ${message}`, { line: templateLine(file, text, line) }),
          )),
    )
  }
  return results
}

/** The template's line that gave a line of the output; nothing where it was computed. */
function templateLine(file: EmittedFile, text: string, line: number): number | undefined {
  const said = text.split('\n')[line - 1]?.trim()
  const index =
    said === undefined || said === '' ? -1 : file.content.split('\n').findIndex((one) => one.trim() === said)
  return index < 0 ? undefined : index + 1
}

/** A template or values file that belongs to no chart is not known to anybody. */
function unclaimed(files: readonly EmittedFile[], results: readonly CheckResult[]): CheckResult[] {
  const claimed = new Set(results.map((result) => result.file))
  const say = verdicts(helmCheck, { tool: 'mlops-agents', version: '' })
  return files
    .filter((file) => !claimed.has(file.path))
    .map((file) => say.fail(file, 'no chart of this repository uses it'))
}

/** The same fault in three environments is one fault. */
function repeatedOnce(results: readonly CheckResult[]): CheckResult[] {
  const seen = new Set<string>()
  return results.filter(({ check, file, status, reason, line }) => {
    const id = `${check} ${file} ${status} ${line} ${reason.replace(/^(rendered )?for \w+: /, '')}`
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}
