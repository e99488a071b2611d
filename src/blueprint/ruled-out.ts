// What a platform was not asked for is said, with the words that rule it out, so that nothing is silently absent. Pure.
import { DefinitionError } from '../errors.js'
import type { Contract } from '../spec/contract.js'
import type { Json } from '../types.js'
import type { RenderTemplate, Settings } from './compose.js'
import type { Component, Contribution } from './load.js'
import type { NotApplicable } from './manifest.js'
import { visible } from './visible.js'

export type RuledOut = Contract['not_applicable']

/** A deliverable that the chosen maturity leaves out as a whole. */
export interface Above {
  readonly id: string
  readonly title: string
  readonly maturity: number
}

/**
 * Rows and whole deliverables that options, text or maturity rule out.
 * @throws DefinitionError where a declaration names a field without an origin, or two declare one row
 */
export function ruledOut(
  components: readonly Component[],
  settings: Settings,
  above: readonly Above[],
  render: RenderTemplate,
): RuledOut {
  const entries: RuledOut = {}
  for (const { id, title, maturity } of above) {
    const reason = `comes with maturity ${maturity}; this platform has ${settings.maturity}`
    entries[id] = { owner: id, phrase: title, reason, ...wordsFor('maturity', settings, '') }
  }
  const givenBy = new Map<string, string>()
  for (const { contribution, declared } of declarations(components)) {
    if (!settings.deliverables.has(contribution.deliverable)) continue
    const reason = reasonOf(declared, contribution, settings, render)
    if (reason === '') continue
    const other = givenBy.get(declared.row)
    if (other !== undefined) {
      throw new DefinitionError(`rules out ${declared.row}, which ${other} rules out too`, { file: contribution.file })
    }
    givenBy.set(declared.row, contribution.file)
    const words = wordsFor(declared.because, settings, contribution.file)
    entries[declared.row] = { owner: contribution.deliverable, phrase: declared.phrase, reason, ...words }
  }
  return entries
}

/** Every declaration of the components, whether it holds here or not. */
export function declarations(
  components: readonly Component[],
): { contribution: Contribution; declared: NotApplicable }[] {
  return components.flatMap(({ contributions }) =>
    contributions.flatMap((contribution) =>
      contribution.manifest.not_applicable.map((declared) => ({ contribution, declared })),
    ),
  )
}

/** Empty where the row applies: a reason that depends on numbers of the spec renders to nothing then. */
function reasonOf(declared: NotApplicable, { file }: Contribution, settings: Settings, render: RenderTemplate): string {
  const chosen = Object.entries(declared.when).every(([option, values]) =>
    values.includes(settings.options[option] ?? ''),
  )
  if (!chosen || settings.maturity >= (declared.below ?? Number.POSITIVE_INFINITY)) return ''
  const context = visible(settings.context, declared.reads, file)
  return render(declared.reason, `${file} ${declared.row}`, context).trim()
}

/** The user's own words where they decided, else why it was assumed. */
function wordsFor(
  because: string,
  { context }: Settings,
  file: string,
): Omit<RuledOut[string], 'owner' | 'phrase' | 'reason'> {
  const path = because === 'maturity' || because.startsWith('options.') ? `spec.${because}` : because
  let value: Json | undefined = context
  for (const part of path.split('.')) {
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[part] : undefined
  }
  const fact = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  const { origin, quote, req, reason } = fact
  if (origin !== 'stated' && origin !== 'assumed' && origin !== 'edited') {
    throw new DefinitionError(`because: expected a field of the spec that has an origin, got ${because}`, { file })
  }
  return {
    because,
    origin,
    ...(typeof quote === 'string' ? { quote } : {}),
    ...(typeof req === 'string' ? { req } : {}),
    ...(typeof quote !== 'string' && typeof reason === 'string' ? { basis: reason } : {}),
  }
}
