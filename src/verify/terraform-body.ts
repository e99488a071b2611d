// A block's arguments and blocks against the shape that its provider, or the language, gives it.
import type { Json } from '../types.js'
import { nearest } from './distance.js'
import type { HclBlock, HclBody } from './hcl.js'
import { isObject } from './json-value.js'
import type { Shape } from './terraform-schemas.js'

export interface TerraformProblem {
  readonly line: number
  readonly message: string
}

/** What Terraform converts to a type by itself; of a computed value the type is not known here. */
const TYPES: Readonly<Record<string, { readonly name: string; takes(literal: Json): boolean }>> = {
  s: { name: 'a string', takes: (literal) => typeof literal !== 'object' },
  n: {
    name: 'a number',
    takes: (literal) =>
      typeof literal === 'number' || (typeof literal === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(literal)),
  },
  b: { name: 'true or false', takes: (literal) => typeof literal === 'boolean' || /^(true|false)$/.test(`${literal}`) },
  L: { name: 'a list', takes: Array.isArray },
  S: { name: 'a list', takes: Array.isArray },
  M: { name: 'a map', takes: isObject },
}

/** Problems of `body` under `shape`; `line` is that of the block, where something missing is reported. */
export function bodyProblems(body: HclBody, shape: Shape, line: number): TerraformProblem[] {
  const known = Object.keys({ ...shape.a, ...shape.b })
  const count = new Map<string, number>()
  const found: TerraformProblem[] = []
  const add = (at: number, message: string) => found.push({ line: at, message })
  for (const { name, line: at, literal } of body.attributes) {
    const letter = shape.a?.[name]
    if (count.has(name)) add(at, `the argument ${name} is given twice`)
    count.set(name, 1)
    if (letter?.startsWith('c') === true) add(at, `${name} is computed by the provider and cannot be set`)
    const wanted = TYPES[letter?.[1] ?? '']
    if (wanted !== undefined && literal !== undefined && literal !== null && !wanted.takes(literal))
      add(at, `${name} has to be ${wanted.name}, got ${JSON.stringify(literal)}`)
    if (letter !== undefined) continue
    add(
      at,
      shape.b?.[name] === undefined
        ? `unknown argument ${name}${nearest(name, known)}`
        : `${name} is a block: write it without =`,
    )
  }
  for (const block of body.blocks) {
    const { name, inner, dynamic } = unfolded(block)
    const expected = shape.b?.[name]
    // How often a dynamic block occurs is known only when it runs.
    count.set(name, dynamic ? Number.NaN : (count.get(name) ?? 0) + 1)
    if (expected !== undefined) found.push(...bodyProblems(inner, expected[3], block.line))
    else
      add(
        block.line,
        shape.a?.[name] === undefined
          ? `unknown block ${name}${nearest(name, known)}`
          : `${name} is an argument: write ${name} =`,
      )
  }
  for (const [name, letter] of Object.entries(shape.a ?? {}))
    if (letter.startsWith('r') && !count.has(name)) add(line, `the argument ${name} is missing`)
  for (const [name, [least, most, mode]] of Object.entries(shape.b ?? {})) {
    const times = count.get(name) ?? 0
    const limit = mode === 'single' ? 1 : most
    if (times < least) add(line, `expected at least ${least} ${name} block${least > 1 ? 's' : ''}, got ${times}`)
    if (limit > 0 && times > limit)
      add(line, `expected at most ${limit} ${name} block${limit > 1 ? 's' : ''}, got ${times}`)
  }
  return found
}

/** `dynamic "rule" { content { … } }` stands for `rule { … }`. */
function unfolded(block: HclBlock): { name: string; inner: HclBody; dynamic: boolean } {
  if (block.type !== 'dynamic') return { name: block.type, inner: block.body, dynamic: false }
  const content = block.body.blocks.find((inner) => inner.type === 'content')
  return { name: block.labels[0] ?? '', inner: content?.body ?? { attributes: [], blocks: [] }, dynamic: true }
}
