// Refuses a template that reads what its context cannot have, when the workflow is loaded and nothing has been paid for yet.
import { DefinitionError } from '../errors.js'
import type { PromptSet } from './compile.js'
import { contextShape, type Documents, type Visible } from './context.js'
import { namesAt, type Shape, shapeHas } from './shape.js'
import { type ParsedTemplate, type PathUse, pathsOf } from './walk.js'

/** Throws at the first path that a context of this shape cannot have; partials are judged where they are drawn in. */
export function checkTemplate(
  template: ParsedTemplate,
  shape: Shape,
  partials: ReadonlyMap<string, ParsedTemplate> = new Map(),
): void {
  for (const use of pathsOf(template, partials)) {
    const length = use.parts.findIndex((_, i) => !shapeHas(shape, use.parts.slice(0, i + 1)))
    if (length < 0) continue
    const names = namesAt(shape, use.parts.slice(0, length))
    const expected = names.length === 0 ? 'nothing can stand below it' : `expected one of ${names.join(', ')}`
    throw new DefinitionError(
      `{{${use.written}}} does not exist in the context: no ${use.parts[length]} in ${use.parts.slice(0, length).join('.') || 'it'}; ${expected}`,
      use,
    )
  }
}

/** Checks each prompt against what its own agent is given; `given` is by prompt name. A prompt that no agent uses is an error. */
export function checkPrompts(set: PromptSet, given: ReadonlyMap<string, Visible>, documents: Documents = {}): void {
  for (const [name, { template }] of set.prompts) {
    const visible = given.get(name)
    if (visible === undefined)
      throw new DefinitionError('no agent of the workflow has this name; delete the prompt or add the agent', {
        file: template.file,
      })
    checkTemplate(template, contextShape(visible, documents), set.partials)
  }
}

/**
 * Throws at the first path that lies outside what was declared, e.g. `spec.serving`, `contract.endpoints`, `maturity`. The
 * record of a declared entry may be named too (`lookup contract.criteria "SC-DATA-1"`): rendering shows only the declared part.
 */
export function checkReads(
  template: ParsedTemplate,
  declared: readonly string[],
  partials: ReadonlyMap<string, ParsedTemplate> = new Map(),
): void {
  const undeclared = pathsOf(template, partials).find((use) => !declared.some((path) => touches(path.split('.'), use)))
  if (undeclared === undefined) return
  const list = declared.length === 0 ? 'nothing is declared' : `declared are ${declared.join(', ')}`
  throw new DefinitionError(
    `reads ${undeclared.parts.join('.')} without declaring it; ${list}: add it to reads`,
    undeclared,
  )
}

const covers = (path: readonly string[], use: PathUse): boolean => path.every((part, i) => use.parts[i] === part)
/** Whether a use is of the path, below it, or of the record whose entry it is; a root is not such a record, except maturity with its levels. */
const touches = (path: readonly string[], use: PathUse): boolean => {
  const record = path.slice(0, -1)
  const named = record.length > 1 || record[0] === 'maturity'
  return covers(path, use) || (named && use.parts.join('.') === record.join('.'))
}
