// YAML, TOML and JSON files as plain values with positions, so that schemas and seams can point at a line.
import type { EmittedFile, Json } from '../types.js'
import type { Position } from './check.js'
import { kindOf } from './kinds.js'
import { parseYaml } from './yaml.js'

export interface DataDocument {
  readonly value: Json
  position(path: readonly (string | number)[]): Position
}

const known = new WeakMap<EmittedFile, Promise<DataDocument[]>>()

/** Documents of a data file; empty when it does not parse, which another check reports. Each file is parsed once. */
export function dataDocuments(file: EmittedFile): Promise<DataDocument[]> {
  const documents = known.get(file) ?? read(file)
  known.set(file, documents)
  return documents
}

async function read(file: EmittedFile): Promise<DataDocument[]> {
  if (kindOf(file) === 'toml') return toml(file.content)
  // JSON is read through the YAML parser here, for the sake of positions only.
  const { documents, problems } = await parseYaml(file.content)
  return problems.length === 0 ? documents : []
}

async function toml(text: string): Promise<DataDocument[]> {
  const { parse } = await import('smol-toml')
  try {
    const value = JSON.parse(JSON.stringify(parse(text))) as Json
    return [{ value, position: (path) => tomlPosition(text, path) }]
  } catch {
    return []
  }
}

/** Line of the deepest table or key on the way to `path`; the parser keeps no positions. */
function tomlPosition(text: string, path: readonly (string | number)[]): Position {
  const keys = path.filter((part) => typeof part === 'string')
  const lines = text.split('\n')
  let found = 0
  let start = 0
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const header = new RegExp(`^\\s*\\[\\[?\\s*${keys.slice(0, depth).map(escaped).join('\\s*\\.\\s*')}\\s*\\]`)
    const index = lines.findIndex((line) => header.test(line))
    if (index < 0) continue
    found = index
    start = depth
    break
  }
  for (const key of keys.slice(start)) {
    const index = lines.findIndex(
      (line, at) => at >= found && new RegExp(`(^|[\\s{,.])${escaped(key)}\\s*[.=]`).test(line),
    )
    if (index < 0) break
    found = index
  }
  return { line: found + 1 }
}

const escaped = (key: string) => `"?${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"?`
