// Bounds, switches and named checks in settings: conf/, charts' values, tfvars, pyproject.toml, and the schemas that hold them.
import type { Contract } from '../spec/contract.js'
import type { EmittedFile, Json } from '../types.js'
import { type DataDocument, dataDocuments } from './documents.js'
import { type Direction, directionOf, movedLooser, snake } from './guard-directions.js'
import { layered } from './guard-layers.js'
import { type Change, type GuardAbout, type GuardRule, type GuardSubject, type Loss, shown } from './guard-subject.js'
import { type Difference, differences, type Keys, leaves, placed } from './guard-values.js'
import { hclFile } from './hcl.js'
import { at, isObject } from './json-value.js'
import { type Kind, kindOf } from './kinds.js'

const SETTINGS: readonly Kind[] = ['yaml', 'json', 'helm-values']

/** Parents whose entries are checks that run, or things that must be met. */
const CHECKS =
  /^(preconditions|guard_metrics|guards|checks|gates|validators|stages|around|criteria|bounds|expectations|rules|hooks|repos|updates|thresholds)$/

export const thresholdRule: GuardRule = {
  name: 'guard/threshold',
  async find(subject) {
    const losses: Loss[] = []
    for (const change of subject.changes) {
      if (!change.after.path.endsWith('.schema.json')) losses.push(...(await settingsLoosened(change, subject)))
      else if (change.before !== undefined) losses.push(...(await schemaLoosened(change.before, change.after)))
    }
    return losses
  },
}

async function settingsLoosened({ before, after }: Change, { about, project }: GuardSubject): Promise<Loss[]> {
  const own = await settingsOf(after)
  // A file that is new changes what it lies over.
  const old = before === undefined ? own && { ...own, value: {} } : await settingsOf(before)
  if (own === undefined || old === undefined) return []
  const [was, is] = [await layered(old, after, project), await layered(own, after, project)]
  const found: Loss[] = []
  const kept = [...leaves(is.value)]
  for (const difference of differences(was.value, is.value)) {
    const line = is.position(placed(is.value, difference.path)).line
    for (const reason of reasonsOf(difference, was.value, is.value, kept, after, about))
      found.push({ file: after, line, reason })
  }
  return found
}

function* reasonsOf(
  { path, was, is }: Difference,
  whole: Json,
  now: Json,
  kept: readonly { path: Keys; value: Json }[],
  file: EmittedFile,
  about: GuardAbout,
): Generator<string> {
  const name = path.join('.')
  const parent = String(path.at(-2) ?? '')
  if (is === undefined && was !== undefined) {
    if (CHECKS.test(parent) && at(now, ...placed(now, path.slice(0, -1))) !== undefined)
      return yield `${name} is gone, so that nobody asks for it any more; keep it`
    if (CHECKS.test(String(path.at(-1))) && [...leaves(was)].length > 0)
      return yield `${name} is gone, and every check in it; keep it`
    for (const leaf of leaves(was, path)) {
      const key = String(leaf.path.at(-1))
      const moved = kept.some((one) => String(one.path.at(-1)) === key && one.value === leaf.value)
      const direction = typeof leaf.path.at(-1) === 'string' ? named(leaf.path, whole, about.contract) : undefined
      if (/^(seed|random_state)$/.test(key)) yield `${leaf.path.join('.')} is gone: results cannot be repeated; keep it`
      else if (direction !== undefined && !moved && guards(direction, leaf.value))
        yield `${leaf.path.join('.')} (${shown(leaf.value)}) is gone; keep it`
    }
    return
  }
  if (was === undefined || is === undefined) return
  if (CHECKS.test(parent) && (is === null || is === false || is === ''))
    return yield `${name} is ${JSON.stringify(is)}, so that nobody asks for it any more; keep it`
  if (/^(seed|random_state)$/.test(String(path.at(-1))) && is === null)
    return yield `${name} is gone: results cannot be repeated; keep it`
  const seldom = /monitor|drift|valid|check/i.test(name) && /cron|schedule/i.test(name) ? runs(was) > runs(is) : false
  if (seldom) return yield `${name} went from ${shown(was)} to ${shown(is)}, which looks less often; keep it`
  const direction = named(path, whole, about.contract)
  const why =
    direction === undefined ? undefined : movedLooser(direction, was, is, `${file.path} ${name}`, about.stated)
  if (why !== undefined) yield `${name} ${why}`
}

/** About how often a week a schedule in cron's words runs. */
function runs(schedule: Json): number {
  const fields = String(schedule).trim().split(/\s+/)
  if (fields.length !== 5) return 0
  const times = (field: string | undefined, all: number): number => {
    const [, step] = /^\*(?:\/(\d+))?$/.exec(field ?? '') ?? []
    return field?.startsWith('*') === true ? all / Number(step ?? 1) : (field ?? '').split(',').length
  }
  const [minute, hour, day, , weekday] = fields
  return times(minute, 60) * times(hour, 24) * Math.min((times(day, 30) * 7) / 30, times(weekday, 7))
}

/** Whether its absence would loosen anything: a switch that stood on its unsafe side guarded nothing. */
const guards = (direction: Direction, value: Json): boolean =>
  direction === 'on'
    ? value === true
    : direction === 'off'
      ? value === false
      : typeof value === 'number' || typeof value === 'string'

/** Direction of a bound: from the metric that it is about, from the comparison beside it, else from its name. */
function named(path: Keys, whole: Json, contract: Contract): Direction | undefined {
  const key = snake(String(path.at(-1)))
  const beside = at(whole, ...placed(whole, path.slice(0, -1)))
  if (/^(threshold|bound|value|limit)$/.test(key) && isObject(beside)) {
    const { direction, comparison } = beside
    if (direction === 'higher' || (typeof comparison === 'string' && comparison.startsWith('>'))) return 'floor'
    if (direction === 'lower' || (typeof comparison === 'string' && comparison.startsWith('<'))) return 'cap'
    const metric = [beside.name, beside.metric, path.at(-2)].map((one) => contract.metrics[String(one)]).find(Boolean)
    if (metric !== undefined) return metric.direction === 'higher' ? 'floor' : 'cap'
    // A share of one group against another: one is equal.
    if (/ratio|coverage|recall|precision|accuracy|auc|skill/.test(String(beside.name ?? path.at(-2)))) return 'floor'
    if (key === 'value') return undefined
  }
  const metric = contract.metrics[key] ?? contract.metrics[String(path.at(-1))]
  if (metric !== undefined && /threshold|gate|bound|guard/.test(path.slice(0, -1).join('.')))
    return metric.direction === 'higher' ? 'floor' : 'cap'
  return directionOf(path)
}

/** The first document of a settings file; literals of a tfvars file. */
async function settingsOf(file: EmittedFile | undefined): Promise<DataDocument | undefined> {
  if (file === undefined) return undefined
  const kind = kindOf(file)
  if (kind === 'toml' && file.path.endsWith('.lock')) return undefined
  if (SETTINGS.includes(kind) || kind === 'toml') return (await dataDocuments(file))[0]
  if (!file.path.endsWith('.tfvars')) return undefined
  const { body } = await hclFile(file)
  const value = Object.fromEntries(
    body.attributes.flatMap(({ name, literal }) => (literal === undefined ? [] : [[name, literal]])),
  )
  const line = (path: Keys) => body.attributes.find(({ name }) => name === path[0])?.line ?? 1
  return { value, position: (path) => ({ line: line(path) }) }
}

const LIMITS: Readonly<Record<string, 'floor' | 'cap'>> = {
  minimum: 'floor',
  exclusiveMinimum: 'floor',
  minLength: 'floor',
  minItems: 'floor',
  maximum: 'cap',
  exclusiveMaximum: 'cap',
  maxLength: 'cap',
  maxItems: 'cap',
}

/** A schema goes on refusing what it refused. */
async function schemaLoosened(before: EmittedFile, after: EmittedFile): Promise<Loss[]> {
  const [[was], [is]] = [await dataDocuments(before), await dataDocuments(after)]
  if (was === undefined || is === undefined) return []
  return differences(was.value, is.value).flatMap((one): Loss[] => {
    const key = String(one.path.at(-1))
    const name = one.path.join('.')
    const lost = (reason: string): Loss[] => [
      { file: after, line: is.position(placed(is.value, one.path)).line, reason: `${name} ${reason}` },
    ]
    if (one.path.at(-2) === 'properties') return []
    if (key === 'additionalProperties' && one.was === false)
      return lost('was closed; keep it closed, and name what is new')
    const side = LIMITS[key]
    if (side !== undefined && typeof one.was === 'number') {
      if (one.is === undefined) return lost(`(${one.was}) is gone; keep the limit`)
      const why = movedLooser(side, one.was, one.is, '', [])
      return why === undefined ? [] : lost(why)
    }
    if (one.path.at(-2) === 'required' && one.is === undefined) {
      const owner = at(is.value, ...placed(is.value, one.path.slice(0, -2)))
      return isObject(owner) && isObject(owner.properties) && key in owner.properties
        ? lost('need not be given any more; keep it required')
        : []
    }
    return key === 'pattern' && one.is === undefined ? lost('is gone; keep the form that values must have') : []
  })
}
