// Kubernetes objects out of a YAML text, read as the cluster reads it: by YAML 1.1, where an unquoted `yes` or `off` is a boolean.
import type { Document, LineCounter, Tags } from 'yaml'
import type { Json } from '../types.js'
import { messageOf } from './check.js'
import type { Path } from './structural.js'

export interface Manifest {
  /** As given; empty where the document does not say. */
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  readonly value: { [key: string]: Json }
  /** Line of the value at a path, or of the nearest one above it; counted from 1. */
  line(path: Path): number
}

export interface Manifests {
  readonly manifests: readonly Manifest[]
  readonly problems: readonly { readonly message: string; readonly line: number }[]
}

type Yaml = typeof import('yaml')

/** What Go's YAML reader has no idea of, though version 1.1 of the language knows it: `12:30` stays a string there. */
const UNKNOWN_TO_GO = /:(timestamp|binary|omap|pairs|set)$/
const tags = (all: Tags): Tags =>
  all.filter((tag) => typeof tag === 'string' || !(UNKNOWN_TO_GO.test(tag.tag) || tag.format === 'TIME'))

/** `json` is what a program wrote: one object a line with `---` between, and no key twice. */
export type Written = 'yaml' | 'json'

const known = new Map<string, Promise<Manifests>>()

/**
 * Every object of the text; empty documents are none, and what is no object is a problem. A text is read once: several environments
 * get the same one from a chart, and several checks look at it.
 */
export function readManifests(text: string, written: Written = 'yaml'): Promise<Manifests> {
  const before = known.get(text) ?? read(text, written)
  known.set(text, before)
  return before
}

async function read(text: string, written: Written): Promise<Manifests> {
  const yaml = await import('yaml')
  const quickly = written === 'json' ? jsonValues(text) : await sureValues(text)
  const documents = quickly?.map((value) => ({ errors: [], toJS: (): Json => value })) ?? parsed(text, yaml).documents
  // What is kept holds values alone: the trees are many times as large, and nobody asks where something stands in what is in order.
  let again: Parsed | undefined
  const lineAt = (index: number, path: Path): number => {
    again ??= parsed(text, yaml)
    const document = again.documents[index]
    return document === undefined ? 1 : again.lines.linePos(offset(document, path, yaml)).line
  }
  const manifests: Manifest[] = []
  const problems: { message: string; line: number }[] = []
  for (const [index, document] of documents.entries()) {
    for (const error of document.errors)
      problems.push({ message: error.message.split('\n')[0] ?? '', line: error.linePos?.[0].line ?? 1 })
    if (document.errors.length > 0) continue
    const line = (path: Path) => lineAt(index, path)
    try {
      const value: Json = document.toJS()
      if (value === null) continue
      if (typeof value !== 'object' || Array.isArray(value))
        problems.push({ message: 'expected an object with apiVersion and kind', line: line([]) })
      else manifests.push(manifest(value, line))
    } catch (error) {
      // An undefined alias is found only here.
      problems.push({ message: messageOf(error), line: line([]) })
    }
  }
  return { manifests, problems }
}

const jsonValues = (text: string): Json[] =>
  text === '' ? [] : text.split('\n---\n').map((document) => JSON.parse(document) as Json)

/** What is no plain text, and what a key is not to be. */
const UNUSUAL = /^%|<<\s*:|(^|[-:?[{,])\s*[&*!]\S|(^|[\s{,])(~|[Nn]ull|NULL)?:(\s|$)|^\s*\?\s/m

/**
 * Plain scalars that version 1.1 of YAML may read otherwise than 1.2, and more; `8080`, `0.5`, `10m` and `1.2.3` are the same in both.
 * So are words, and digests: a letter of theirs behind digits is in no number.
 */
const UNSURE =
  /^(?:(?:y|n|yes|no|on|off)$|(?!e[a-z])(?![1-9][\de]*[a-df])(?!(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,9})\.\d{1,5})$)(?!.*\..*\.)[-+]?[.\de][\da-fxoin_.:+-]*$)/i

let sure: Promise<(text: string) => unknown[]> | undefined

/** The values by a parser several times as fast; undefined where it could see anything in them that Kubernetes does not. */
async function sureValues(text: string): Promise<Json[] | undefined> {
  if (UNUSUAL.test(text)) return undefined
  sure ??= sureParser()
  const parse = await sure
  try {
    const values = parse(text) as Json[]
    return values.length > 0 && values.every((value) => typeof value === 'object' && value !== null)
      ? values
      : undefined
  } catch {
    // Refused, or not sure: the other one says what it is.
    return undefined
  }
}

async function sureParser(): Promise<(text: string) => unknown[]> {
  const { CORE_SCHEMA, FAILSAFE_SCHEMA, NOT_RESOLVED, Schema, defineScalarTag, loadAll } = await import('js-yaml')
  const unsure = defineScalarTag('tag:mlops-agents,2026:unsure', {
    implicit: true,
    resolve: (source) => {
      if (UNSURE.test(source)) throw new Error(`${source} may be something else to Kubernetes`)
      return NOT_RESOLVED
    },
    identify: () => false,
  })
  // It is asked about every plain scalar before the others are.
  const others = CORE_SCHEMA.tags.filter((tag) => !FAILSAFE_SCHEMA.tags.includes(tag))
  const schema = new Schema([...FAILSAFE_SCHEMA.tags, unsure, ...others])
  return (text) => loadAll(text, { schema })
}

interface Parsed {
  readonly documents: readonly Document[]
  readonly lines: LineCounter
}

function parsed(text: string, { LineCounter, parseAllDocuments }: Yaml): Parsed {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: tags,
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
  })
  return { documents: Array.isArray(documents) ? documents : [], lines }
}

function manifest(value: { [key: string]: Json }, line: Manifest['line']): Manifest {
  const text = (one: Json | undefined) => (typeof one === 'string' ? one : '')
  const { metadata } = value
  const apiVersion = text(value.apiVersion)
  const named = metadata !== null && typeof metadata === 'object' && !Array.isArray(metadata) ? metadata : {}
  return {
    apiVersion,
    kind: text(value.kind),
    name: text(named.name),
    namespace: typeof named.namespace === 'string' ? named.namespace : undefined,
    value,
    line,
  }
}

/** Of the key of a value, where it has one: the value of a block starts a line later. */
function offset(document: Document, path: Path, { isMap, isNode, isScalar }: Yaml): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const parent = depth === 0 ? undefined : document.getIn(path.slice(0, depth - 1), true)
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path[depth - 1]))
      : undefined
    const node = pair?.key ?? document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
