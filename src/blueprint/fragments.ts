// Fragments: what several components extend (dependencies, settings) is data, merged by key and written once.
import { parse as parseToml, stringify as stringifyToml } from 'smol-toml'
import { stringify as stringifyYaml } from 'yaml'
import { DefinitionError } from '../errors.js'
import type { Json } from '../types.js'

export interface FragmentData {
  /** Manifest that gave the data; named when two disagree. */
  readonly from: string
  readonly value: Record<string, Json>
}

type Owned = { readonly value: Json; readonly from: string }

/** Merges in the given order. Maps merge by key, lists by the name that each entry starts with; two different scalars are an error. */
export function mergeFragments(target: string, fragments: readonly FragmentData[]): Record<string, Json> {
  const owners = new Map<string, string>()
  let merged: Json = {}
  for (const { from, value } of fragments)
    merged = merge(target, [], { value: merged, from: '' }, { value, from }, owners)
  return merged as Record<string, Json>
}

function merge(target: string, trail: readonly string[], left: Owned, right: Owned, owners: Map<string, string>): Json {
  const where = trail.join('.')
  if (isRecord(left.value) && isRecord(right.value)) {
    const result: Record<string, Json> = { ...left.value }
    for (const [key, value] of Object.entries(right.value)) {
      const path = [...trail, key]
      const before = result[key]
      result[key] =
        before === undefined
          ? claim(path, value, right.from, owners)
          : merge(target, path, { value: before, from: left.from }, { value, from: right.from }, owners)
    }
    return result
  }
  if (Array.isArray(left.value) && Array.isArray(right.value))
    return mergeLists(target, trail, left.value, right, owners)
  if (JSON.stringify(left.value) === JSON.stringify(right.value)) return left.value
  const other = owners.get(where) ?? left.from
  throw new DefinitionError(
    `${where} of ${target} is ${JSON.stringify(left.value)} by ${other} and ${JSON.stringify(right.value)} here; equal keys need equal values`,
    { file: right.from },
  )
}

function claim(path: readonly string[], value: Json, from: string, owners: Map<string, string>): Json {
  owners.set(path.join('.'), from)
  if (isRecord(value)) for (const [key, below] of Object.entries(value)) claim([...path, key], below, from, owners)
  if (Array.isArray(value)) for (const entry of value) owners.set([...path, keyOf(entry)].join('.'), from)
  return value
}

function mergeLists(
  target: string,
  trail: readonly string[],
  left: Json[],
  right: Owned,
  owners: Map<string, string>,
): Json[] {
  const byKey = new Map(left.map((entry) => [keyOf(entry), entry]))
  for (const entry of right.value as Json[]) {
    const key = keyOf(entry)
    const before = byKey.get(key)
    const where = [...trail, key].join('.')
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(entry)) {
      const other = owners.get(where) ?? 'another component'
      throw new DefinitionError(
        `${trail.join('.')} of ${target} has ${JSON.stringify(before)} by ${other} and ${JSON.stringify(entry)} here`,
        { file: right.from },
      )
    }
    if (before === undefined) owners.set(where, right.from)
    byKey.set(key, entry)
  }
  return [...byKey.values()]
}

/** `mlflow==3.17.2` and `mlflow[extras]==3.17.2` are the same entry; a map is keyed by its name or id. */
function keyOf(entry: Json): string {
  if (typeof entry === 'string') return /^[A-Za-z0-9._/-]+(?=\s*[[=<>!~;@ ])/.exec(entry)?.[0].toLowerCase() ?? entry
  if (isRecord(entry)) return String(entry.name ?? entry.id ?? JSON.stringify(entry))
  return JSON.stringify(entry)
}

function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Writes merged data, one entry per line, so that later merges stay local. */
export function serialise(format: 'toml' | 'yaml' | 'json', data: Record<string, Json>, header?: string): string {
  const head = header === undefined ? '' : `${header.trimEnd().replace(/^(?!#)/gm, '# ')}\n`
  switch (format) {
    case 'json':
      return `${JSON.stringify(data, null, 2)}\n`
    case 'yaml':
      return head + stringifyYaml(data, { version: '1.1', lineWidth: 0 })
    case 'toml':
      return head + spreadLists(stringifyToml(data))
  }
}

function spreadLists(toml: string): string {
  const lines = toml.split('\n').map((line) => {
    const match = /^([A-Za-z0-9_."-]+) = (\[ .+ \])$/.exec(line)
    const [, key, list] = match ?? []
    if (key === undefined || list === undefined) return line
    const entries = parseToml(`list = ${list}`).list
    if (!Array.isArray(entries) || entries.length < 2 || entries.some((entry) => typeof entry === 'object')) return line
    const items = entries.map((entry) => `    ${stringifyToml({ entry }).trim().slice('entry = '.length)},`)
    return [`${key} = [`, ...items, ']'].join('\n')
  })
  return `${lines.join('\n').trimEnd()}\n`
}
