// The fixed set of words that templates may use beside paths.
import type Handlebars from 'handlebars'
import { stringify } from 'yaml'
import { partMark } from './parts.js'

/** Helpers that take a block, with how the block's own context comes about. */
export const BLOCKS: Readonly<Record<string, 'same' | 'item' | 'value'>> = {
  if: 'same',
  unless: 'same',
  each: 'item',
  with: 'value',
}

const inline: Readonly<Record<string, (...given: unknown[]) => unknown>> = {
  eq: (a, b) => a === b,
  in: (value, ...list) => list.flat().includes(value),
  and: (...values) => values.every(truthy),
  or: (...values) => values.some(truthy),
  not: (value) => !truthy(value),
  has: (value, name) => typeof value === 'object' && value !== null && Object.hasOwn(value, String(name)),
  json: (value) => JSON.stringify(value, null, 2),
  yaml: (value) => (typeof value === 'object' && value !== null ? yamlOnce(value) : toYaml(value)),
  join: (values, separator) => (Array.isArray(values) ? values.join(String(separator)) : String(values)),
  less: (a, b) => Number(a) < Number(b),
  multiply: (a, b) => Number(a) * Number(b),
  minus: (a, b) => Number((Number(a) - Number(b)).toPrecision(12)),
  divide: (a, b) => Number((Number(a) / Number(b)).toPrecision(12)),
  ceil: (value) => Math.ceil(Number(value)),
  larger: (a, b) => Math.max(Number(a), Number(b)),
  round: (value, digits) => Number(Number(value).toFixed(Number(digits))),
  part: partMark,
  indent: (text, spaces) => String(text).replace(/^(?=.)/gm, ' '.repeat(Number(spaces))),
}

/** Names that a template may call. */
export const FUNCTIONS: ReadonlySet<string> = new Set([...Object.keys(BLOCKS), ...Object.keys(inline), 'lookup'])

/** Adds ours to Handlebars' own, in an instance that nobody else uses. */
export function registerFunctions(handlebars: typeof Handlebars): void {
  for (const [name, helper] of Object.entries(inline)) {
    handlebars.registerHelper(name, (...given: unknown[]) => helper(...given.slice(0, -1)))
  }
  for (const name of ['log', 'helperMissing', 'blockHelperMissing']) handlebars.unregisterHelper(name)
}

const toYaml = (value: unknown): string => stringify(value, { lineWidth: 0 }).trimEnd()

const written = new WeakMap<object, string>()

/** Spec and contract stand in every prompt of a run, and nothing in a context is ever changed in place. */
function yamlOnce(value: object): string {
  const text = written.get(value) ?? toYaml(value)
  written.set(value, text)
  return text
}

const truthy = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))
