// Every PromQL expression that a platform holds, wherever it lies: rules, dashboards, analyses of a rollout, triggers of a scaler.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { eachObject, listAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { withoutVariables } from './promql.js'

export interface PlacedQuery {
  readonly file: EmittedFile
  readonly line: number | undefined
  readonly text: string
}

/** Where a kind of object keeps its expressions: the key, and what must stand beside it. */
const KEYS: readonly { readonly key: string; readonly beside?: string }[] = [
  { key: 'expr' },
  { key: 'query', beside: 'address' },
  { key: 'query', beside: 'serverAddress' },
]

/** Expressions of a file that holds some; empty for all others. */
export async function queriesOf(file: EmittedFile): Promise<PlacedQuery[]> {
  const kind = kindOf(file)
  if (kind !== 'prometheus-rules' && kind !== 'dashboard' && kind !== 'kubernetes') return []
  const found: PlacedQuery[] = []
  for (const document of await dataDocuments(file))
    for (const { path, text } of expressions(document.value)) {
      const clean = kind === 'dashboard' ? withoutVariables(text) : text
      found.push({
        file,
        // Where a value stands takes a slower parser to find, and only what is refused is asked for it.
        get line() {
          return document.position(path).line
        },
        text: clean,
      })
    }
  return found
}

/** Expressions inside a value, each with its path. */
export function expressions(value: Json): { path: readonly (string | number)[]; text: string }[] {
  const found: { path: readonly (string | number)[]; text: string }[] = []
  eachObject(value, (object, path) => {
    for (const { key, beside } of KEYS) {
      const text = textAt(object, key)
      if (text !== '' && (beside === undefined || beside in object)) found.push({ path: [...path, key], text })
    }
    // A variable of a dashboard asks for the values of a label.
    const asked = /^label_values\((.+),\s*\w+\s*\)$/.exec(
      textAt(object, 'query') || textAt(object, 'query', 'query'),
    )?.[1]
    if (asked !== undefined && textAt(object, 'type') === 'query') found.push({ path: [...path, 'query'], text: asked })
  })
  return found
}

/** Names that recording rules give to what they compute. */
export async function recordedNames(files: readonly EmittedFile[]): Promise<Set<string>> {
  const names = new Set<string>()
  for (const file of files.filter((one) => kindOf(one) === 'prometheus-rules'))
    for (const { value } of await dataDocuments(file))
      for (const group of listAt(value, 'groups'))
        for (const rule of listAt(group, 'rules')) names.add(textAt(rule, 'record'))
  names.delete('')
  return names
}
