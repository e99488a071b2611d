// What a blueprint template may see: only the context paths that its manifest declares, because the deliverable's key covers only those.
import type { Json } from '../types.js'

type Tree = Map<string, Tree>

/**
 * A view of the context restricted to the declared paths. Reading another name at a declared branching point throws,
 * also where Handlebars would stay silent (`#if`, `#each`).
 * @param reads paths such as `spec.serving`, `contract.features`, `maturity`
 */
export function visible(context: Record<string, Json>, reads: readonly string[], where: string): Record<string, Json> {
  const tree: Tree = new Map()
  for (const read of reads) {
    let at = tree
    for (const part of read.split('.')) {
      const next: Tree = at.get(part) ?? new Map()
      at.set(part, next)
      at = next
    }
  }
  return guard(context, tree, [], where)
}

function guard(value: Record<string, Json>, tree: Tree, trail: readonly string[], where: string): Record<string, Json> {
  const picked: Record<string, Json> = {}
  for (const [name, below] of tree) {
    const child = value[name]
    if (child === undefined) continue
    picked[name] = below.size > 0 && isRecord(child) ? guard(child, below, [...trail, name], where) : child
  }
  return new Proxy(picked, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !tree.has(name) && !(name in Object.prototype) && name !== 'then') {
        const path = [...trail, name].join('.')
        throw new Error(`${where} reads ${path}, which its manifest does not declare in \`reads\``)
      }
      return Reflect.get(target, name, receiver)
    },
  })
}

function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
