// Why a deliverable is stale, as a person would say it: which value was what, and is now what. Pure.
import { type Difference, differences } from '../spec/diff.js'
import type { Json } from '../types.js'
import { changedInputs, type Inputs, readValue } from './plan.js'

/** Values behind the hashes of a key: roots spec, contract, options, maturity, project. */
export type Values = Readonly<Record<string, Json>>

export interface Change {
  readonly before: Inputs
  readonly after: Inputs
  /** Absent where they cannot be read any more; then only names can be said. */
  readonly old: Values | undefined
  readonly now: Values
  /** Dotted paths of spec.yaml that a person edited since it was generated. */
  readonly edited: ReadonlySet<string>
}

/** More differences than this within one input are counted. */
const SHOWN = 4

/** What a person decides comes first, what only follows from something else last. */
const ORDER = ['maturity', 'options', 'spec', 'product', 'contract', 'fragments', 'deliverable']
function rank(name: string): number {
  const at = ORDER.indexOf(name.split(/[. ]/)[0] ?? '')
  return at < 0 ? ORDER.indexOf('product') : at
}

/** One sentence per difference, each once; what a person decided first, then by the inputs' names. */
export function changeWords(change: Change): string[] {
  const { before, after } = change
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const changed = names.filter((name) => before[name] !== after[name]).sort((one, two) => rank(one) - rank(two))
  // Another option brings the blueprint of another component: that is no change of a blueprint.
  const chosen = changed.some((name) => name.startsWith('options.'))
  const sentences = changed
    .filter((name) => !(chosen && name === 'blueprint'))
    .flatMap((name) => {
      const words = inputWords(name, change)
      // What is only read since now, or no longer, has not changed by that.
      const both = before[name] !== undefined && after[name] !== undefined
      return words.length > 0 || !both ? words : [`${name}: its value is the same, but not where it comes from`]
    })
  return [...new Set(sentences)]
}

function inputWords(name: string, change: Change): string[] {
  const { before, after, old, now } = change
  const [root = '', ...rest] = name.split('.')
  if (name === 'model') return [`model was ${before.model ?? 'none'}, now ${after.model ?? 'none'}`]
  if (name === 'blueprint') return ['its blueprint changed']
  const target = /^fragments of (.*)$/.exec(name)?.[1]
  if (target !== undefined) {
    const given =
      before[name] === undefined ? 'something' : after[name] === undefined ? 'nothing any more' : 'something else'
    return [`other deliverables give ${target} ${given}`]
  }
  if (name.startsWith('deliverable ')) return [`${name.slice('deliverable '.length)} gives other files`]
  if (old === undefined || !(root in now)) return namesOnly(name, before, after)
  if (root === 'maturity') return [`maturity was ${show(old.maturity)}, now ${show(now.maturity)}`]
  const [was, is] = [readValue(name, old), readValue(name, now)]
  if (root === 'options') return differences(rest.join('.'), was, is).map(optionWords)
  if (root === 'contract') return limited(contractWords(rest, was, is))
  if (root === 'spec') return limited(specWords(rest.join('.'), was, is, change.edited))
  return limited(differences(name, was, is).map(said))
}

const namesOnly = (name: string, before: Inputs, after: Inputs): string[] =>
  changedInputs(
    before[name] === undefined ? {} : { [name]: before[name] },
    after[name] === undefined ? {} : { [name]: after[name] },
  )

function limited(sentences: readonly string[]): string[] {
  if (sentences.length <= SHOWN) return [...sentences]
  return [...sentences.slice(0, SHOWN), `and ${sentences.length - SHOWN} more of the same kind`]
}

/** Parts of the spec that only restate what other parts say. */
const FOLLOWS = /^(assumptions|advisories|questions|contradictions|text)\b/

const optionWords = ({ path, before, after }: Difference): string => `${path} was ${show(before)}, now ${show(after)}`

function specWords(path: string, was: Json, is: Json, edited: ReadonlySet<string>): string[] {
  const within = (one: string, other: string): boolean => one === other || one.startsWith(`${other}.`)
  const own = differences(path, was, is).filter((difference) => !FOLLOWS.test(difference.path))
  return own.map((difference) => {
    const option = /^options\.(\w+)/.exec(difference.path)?.[1]
    // Said once, whether a deliverable reads the option or the spec that holds it.
    if (option !== undefined && !edited.has(difference.path)) return optionWords({ ...difference, path: option })
    const mine = [...edited].some((one) => within(one, difference.path) || within(difference.path, one))
    return `${mine ? 'you edited spec.yaml' : 'spec.yaml'}: ${said(difference)}`
  })
}

/** `serving.latency_ms 200 -> 80` */
function said({ path, before, after }: Difference): string {
  if (before === undefined || before === null) return `${path} is new (${show(after)})`
  if (after === undefined || after === null) return `${path} is gone (was ${show(before)})`
  if (isList(before) && isList(after)) return `${path}: ${listWords(before, after)}`
  return `${path} ${show(before)} -> ${show(after)}`
}

const isList = (value: Json): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string')

/** `without a, b; with c`; the same entries in another order are that. */
function listWords(before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((one) => !after.includes(one))
  const added = after.filter((one) => !before.includes(one))
  const parts = [
    gone.length > 0 ? `without ${gone.join(', ')}` : '',
    added.length > 0 ? `with ${added.join(', ')}` : '',
  ]
  return parts.filter(Boolean).join('; ') || 'in another order'
}

/** A value in a sentence: a long one is cut, a structured one is only counted. */
function show(value: Json | undefined): string {
  if (Array.isArray(value))
    return value.every((one) => typeof one !== 'object') ? cut(value.join(', ') || 'none') : `${value.length} entries`
  if (typeof value === 'object' && value !== null)
    return 'value' in value ? show(value.value) : `${Object.keys(value).length} entries`
  return value === undefined || value === null ? 'none' : cut(String(value))
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)

/** Sections of the contract are named in the plural, an entry in the singular. */
const ENTRY: Readonly<Record<string, string>> = { criteria: 'criterion', identities: 'identity', sizing: 'sizing' }
const entryOf = (section: string): string => ENTRY[section] ?? section.replace(/s$/, '')

function contractWords(path: readonly string[], was: Json, is: Json): string[] {
  const [section, entry, ...rest] = path
  if (section === undefined) return sections(was, is)
  if (entry === undefined) return entryWords(section, was, is)
  const field = [`contract: ${entryOf(section)} ${entry}`, ...rest].join('.')
  if (rest.length > 0) return differences(field, was, is).map(said)
  return entryWords(section, { [entry]: was }, { [entry]: is })
}

/** Entries of a section by name. */
const entriesOf = (value: Json | undefined): Map<string, Json> =>
  new Map(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [])

/** Every entry of the contract that is new, gone, changed or renamed, with its owner. */
export const contractChanges = (was: Json, is: Json): string[] => sections(was, is)

function sections(was: Json, is: Json): string[] {
  const [one, other] = [entriesOf(was), entriesOf(is)]
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((section) =>
    entryWords(section, one.get(section) ?? null, other.get(section) ?? null),
  )
}

/** Entries that are new, gone, changed or renamed: gone and new with the same content is the same entry under another name. */
function entryWords(section: string, was: Json, is: Json): string[] {
  const [one, other] = [entriesOf(was), entriesOf(is)]
  const there = (value: Json | undefined): boolean => value !== undefined && value !== null
  const gone = [...one.keys()].filter((name) => there(one.get(name)) && !there(other.get(name)))
  const added = [...other.keys()].filter((name) => there(other.get(name)) && !there(one.get(name)))
  const what = `contract: ${entryOf(section)}`
  const sentences: string[] = []
  const taken = new Set<string>()
  for (const name of gone) {
    const to = added.find((other_) => !taken.has(other_) && sameEntry(name, one.get(name), other_, other.get(other_)))
    if (to !== undefined) taken.add(to)
    sentences.push(
      to === undefined
        ? `${what} ${name} is gone${by(one.get(name))}`
        : `${what} ${name} renamed ${to}${by(other.get(to))}`,
    )
  }
  for (const name of added) if (!taken.has(name)) sentences.push(`${what} ${name} is new${by(other.get(name))}`)
  for (const name of other.keys()) {
    if (!there(one.get(name)) || !there(other.get(name))) continue
    for (const difference of differences(`${what} ${name}`, one.get(name), other.get(name)))
      sentences.push(`${said(difference)}${by(other.get(name))}`)
  }
  return sentences
}

/** Who answers for the entry, where it says so. */
function by(entry: Json | undefined): string {
  const owner = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry.owner : undefined
  return typeof owner === 'string' ? ` (by ${owner})` : ''
}

function sameEntry(name: string, was: Json | undefined, newName: string, is: Json | undefined): boolean {
  const plain = (value: Json | undefined, own: string): string =>
    (JSON.stringify(value) ?? '').replaceAll(`"${own}"`, '"*"')
  return plain(was, name) === plain(is, newName)
}
