// Everything that was assumed, as sentences: what a person should look through first.
import type { Spec } from '../spec/schema.js'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const show = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ')
  if (value === null) return 'unknown'
  if (isRecord(value) && typeof value.kind === 'string') return value.kind
  return String(value)
}

function* walk(path: string, node: unknown): Generator<string> {
  if (!isRecord(node)) return
  if ('value' in node && node.origin === 'assumed')
    yield `${path}: ${show(node.value)}${typeof node.reason === 'string' ? ` (${node.reason})` : ''}`
  for (const [key, inner] of Object.entries(node))
    if (isRecord(inner)) yield* walk(path === '' ? key : `${path}.${key}`, inner)
}

export const listAssumptions = (spec: Spec): string[] => [...walk('', spec)]
