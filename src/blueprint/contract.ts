// The contract is computed before phase 1: each component's templates give the entries that its deliverables own.
import { DefinitionError } from '../errors.js'
import { CONTRACT_SECTIONS, type Contract, contractSchema } from '../spec/contract.js'
import { readYaml } from '../spec/document.js'
import type { Json } from '../types.js'
import type { RenderTemplate, Settings } from './compose.js'
import type { Component } from './load.js'
import type { RuledOut } from './ruled-out.js'
import { visible } from './visible.js'

/** Those that templates give; what is not applicable is declared in manifests instead. */
const GIVEN_SECTIONS = CONTRACT_SECTIONS.filter((name) => name !== 'not_applicable')

type Sections = Record<string, Record<string, Json>>

/**
 * Computes contract.yaml from the spec and the chosen components.
 * @throws DefinitionError when two components define one entry, or an entry does not fit the schema
 */
export function computeContract(
  components: readonly Component[],
  settings: Settings,
  render: RenderTemplate,
  notApplicable: RuledOut = {},
): Contract {
  const sections: Sections = Object.fromEntries(GIVEN_SECTIONS.map((name) => [name, {}]))
  const givenBy = new Map<string, string>()
  for (const component of components) {
    for (const { deliverable, contractTemplate, manifest } of component.contributions) {
      if (contractTemplate === undefined || !settings.deliverables.has(deliverable)) continue
      const file = `blueprints/${component.id}/deliverables/${deliverable}.contract.yaml.hbs`
      const context = visible(settings.context, manifest.contract_reads, file)
      addEntries(sections, givenBy, readYaml(render(contractTemplate, file, context), file) as Json, deliverable, file)
    }
  }
  const parsed = contractSchema.safeParse({
    version: 1,
    project: settings.project,
    ...sections,
    not_applicable: notApplicable,
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const [section, entry] = issue?.path ?? []
  const file = givenBy.get(`${String(section)}.${String(entry)}`) ?? 'contract.yaml'
  throw new DefinitionError(`${issue?.path.join('.')}: ${issue?.message}`, { file })
}

function addEntries(sections: Sections, givenBy: Map<string, string>, given: Json, owner: string, file: string): void {
  if (given === null) return
  if (typeof given !== 'object' || Array.isArray(given))
    throw new DefinitionError('expected a map of contract sections', { file })
  for (const [section, entries] of Object.entries(given)) {
    const known = sections[section]
    if (known === undefined) {
      throw new DefinitionError(`unknown contract section ${section}; known are ${GIVEN_SECTIONS.join(', ')}`, {
        file,
      })
    }
    if (entries === null) continue
    if (typeof entries !== 'object' || Array.isArray(entries))
      throw new DefinitionError(`${section}: expected a map of entries`, { file })
    for (const [name, entry] of Object.entries(entries)) {
      const id = `${section}.${name}`
      const other = givenBy.get(id)
      if (other !== undefined) throw new DefinitionError(`defines ${id}, which ${other} defines too`, { file })
      if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
        throw new DefinitionError(`${id}: expected a map`, { file })
      givenBy.set(id, file)
      known[name] = { owner, ...entry }
    }
  }
}
