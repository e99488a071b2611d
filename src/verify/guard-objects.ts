// Objects of the cluster as the guard compares them, also out of a chart's templates: what Helm fills in is read as a word.
import type { EmittedFile, Json } from '../types.js'
import { at, isObject, textAt } from './json-value.js'
import { kindOf } from './kinds.js'

export interface ClusterObject {
  readonly file: EmittedFile
  /** `Deployment tracker`; the name of a template's block where it is no object by itself. */
  readonly id: string
  readonly kind: string
  readonly value: Json
  readonly line: number
}

const known = new WeakMap<EmittedFile, Promise<ClusterObject[]>>()

/** Objects of a manifest or a template; empty for other files, and for what cannot be read. */
export function clusterObjects(file: EmittedFile): Promise<ClusterObject[]> {
  const before = known.get(file) ?? read(file)
  known.set(file, before)
  return before
}

async function read(file: EmittedFile): Promise<ClusterObject[]> {
  const kind = kindOf(file)
  if (kind === 'helm-template')
    return (
      await Promise.all(blocksOf(file.content).map((block) => parsed(file, plain(block.text), block.name, block.line)))
    ).flat()
  return kind === 'kubernetes' || kind === 'kustomization' ? parsed(file, file.content, '', 1) : []
}

async function parsed(file: EmittedFile, text: string, block: string, from: number): Promise<ClusterObject[]> {
  const { LineCounter, parseAllDocuments } = await import('yaml')
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: false,
    strict: false,
    logLevel: 'silent',
  })
  return (Array.isArray(documents) ? documents : []).flatMap((document, index) => {
    if (document.errors.length > 0) return []
    try {
      const value: Json = document.toJS()
      if (value === null || typeof value !== 'object') return []
      const kind = textAt(value, 'kind')
      const name = textAt(value, 'metadata', 'name') || textAt(value, 'metadata', 'generateName')
      const space = textAt(value, 'metadata', 'namespace')
      const id =
        kind === '' ? `${block || file.path} ${index}` : [kind, name, space].filter((word) => word !== '').join(' ')
      return [{ file, id, kind, value, line: lines.linePos(document.range[0]).line + from - 1 }]
    } catch {
      return []
    }
  })
}

/** Named blocks of a file of definitions, or all of a template. */
function blocksOf(text: string): { name: string; text: string; line: number }[] {
  const defined = [
    ...text.matchAll(/^\{\{-?\s*define "([^"]+)"\s*-?\}\}\n([\s\S]*?)(?=^\{\{-?\s*define "|(?![\s\S]))/gm),
  ]
  if (defined.length === 0) return [{ name: '', text, line: 1 }]
  return defined.map((match) => ({
    name: match[1] ?? '',
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length + 1,
  }))
}

/** The text with Helm's own words taken for values, line by line, so that the lines stay. */
function plain(text: string): string {
  return text
    .replace(/\{\{-?\s*\/\*[\s\S]{0,2000}?\*\/\s*-?\}\}/g, (comment) => comment.replace(/[^\n]/g, ''))
    .split('\n')
    .map((line) => {
      if (/^\s*\{\{.*\}\}\s*$/.test(line)) return ''
      const inner = line.replace(/\{\{`?((?:(?!\{\{).)*?)`?\}\}/g, (_, word: string) => word.replace(/[^\w.]+/g, '_'))
      return inner
    })
    .join('\n')
}

/** What Helm is told to refuse, and what it takes in from elsewhere. */
export const templateWords = (text: string): string[] =>
  [...text.matchAll(/\b(fail \(|required ")|include "([^"]+)"|"name" "([^"]+)"/g)].map(([, refusal, included, name]) =>
    refusal === undefined ? (included ?? name ?? '') : 'a refusal of wrong values',
  )

/** Every object inside that holds containers, by the words of its path. */
export function podsOf(value: Json, path = ''): { path: string; pod: { [key: string]: Json } }[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => podsOf(one, `${path}.${textAt(one, 'name') || index}`))
  if (!isObject(value)) return []
  const own = Array.isArray(at(value, 'containers')) ? [{ path, pod: value }] : []
  return [...own, ...Object.entries(value).flatMap(([key, one]) => podsOf(one, `${path}.${key}`))]
}
