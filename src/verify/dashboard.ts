// Grafana publishes no validator, so dashboards are held to rules of our own; their expressions to Prometheus' own grammar.
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { type Check, nothingBeside, verdicts } from './check.js'
import { dataDocuments } from './documents.js'
import { eachObject, type JsonObject, listAt, numberAt, objectAt, textAt } from './json-value.js'
import { promqlProblems } from './promql-check.js'
import { ownTool, packageTool } from './versions.js'

export const dashboardCheck: Check = {
  name: 'dashboard/model',
  level: 'L0',
  kinds: ['dashboard'],
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const say = verdicts(this, ownTool())
    const asked = verdicts({ name: 'dashboard/promql', level: 'L1' }, packageTool('@prometheus-io/lezer-promql'))
    const results: CheckResult[] = []
    for (const file of files) {
      const [document] = await dataDocuments(file)
      if (document === undefined) continue
      const model = modelProblems(document.value).map(({ path, message }) =>
        say.fail(file, message, document.position(path)),
      )
      const queries = (await promqlProblems(file)).map(({ line, message }) => asked.fail(file, message, { line }))
      results.push(...(model.length === 0 ? [say.pass(file)] : model))
      results.push(...(queries.length === 0 ? [asked.pass(file)] : queries))
    }
    return results
  },
}

interface ModelProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Variables that Grafana itself brings. */
const BUILT_IN = /^__/

function modelProblems(value: Json): ModelProblem[] {
  const missing = ['uid', 'title'].filter((key) => textAt(value, key) === '')
  const panels = listAt(value, 'panels')
  const ids = panels.map((panel) => numberAt(panel, 'id'))
  const declared = new Set(listAt(value, 'templating', 'list').map((one) => textAt(one, 'name')))
  return [
    ...missing.map((key) => ({ path: [], message: `the dashboard has no ${key}` })),
    ...(numberAt(value, 'id') === undefined
      ? []
      : [{ path: ['id'], message: 'id belongs to one Grafana: leave it out' }]),
    ...panels.flatMap((panel, index) => panelProblems(panel, ['panels', index])),
    ...ids.flatMap((id, index) =>
      id !== undefined && ids.indexOf(id) !== index
        ? [{ path: ['panels', index], message: `two panels have the id ${id}` }]
        : [],
    ),
    ...overlaps(panels),
    ...undeclared(value, declared),
  ]
}

function panelProblems(panel: Json, path: readonly (string | number)[]): ModelProblem[] {
  const type = textAt(panel, 'type')
  const place = objectAt(panel, 'gridPos')
  const placed = ['h', 'w', 'x', 'y'].every((key) => typeof place[key] === 'number')
  const queried = !/^(row|text|dashlist|alertlist|news|logs|nodeGraph|traces)$/.test(type)
  return [
    ...(type === '' ? [{ path, message: 'the panel has no type' }] : []),
    ...(textAt(panel, 'title') === '' && type !== 'text' ? [{ path, message: 'the panel has no title' }] : []),
    ...(placed ? [] : [{ path, message: 'the panel has no gridPos with h, w, x and y' }]),
    ...((numberAt(place, 'x') ?? 0) + (numberAt(place, 'w') ?? 0) > 24
      ? [{ path: [...path, 'gridPos'], message: 'the panel is wider than the 24 columns of a dashboard' }]
      : []),
    ...(queried && listAt(panel, 'targets').length === 0 ? [{ path, message: 'the panel asks for nothing' }] : []),
  ]
}

/** Two panels in one place: Grafana moves one of them, and nobody knows where. */
function overlaps(panels: readonly Json[]): ModelProblem[] {
  const boxes = panels.map((panel) => objectAt(panel, 'gridPos'))
  const side = (box: JsonObject, key: string) => numberAt(box, key) ?? 0
  const apart = (a: JsonObject, b: JsonObject, from: string, size: string) =>
    side(a, from) + side(a, size) <= side(b, from) || side(b, from) + side(b, size) <= side(a, from)
  return boxes.flatMap((box, index) =>
    boxes.slice(0, index).some((other) => !apart(box, other, 'x', 'w') && !apart(box, other, 'y', 'h'))
      ? [{ path: ['panels', index, 'gridPos'], message: 'the panel lies over another one' }]
      : [],
  )
}

function undeclared(value: Json, declared: ReadonlySet<string>): ModelProblem[] {
  const found: ModelProblem[] = []
  eachObject(value, (object, path) => {
    for (const [, name = ''] of textAt(object, 'expr').matchAll(/\$\{?(\w+)/g))
      if (!BUILT_IN.test(name) && !declared.has(name))
        found.push({ path: [...path, 'expr'], message: `the dashboard has no variable ${name}` })
  })
  return found
}
