// From what the user gave (text, flags, an existing spec.yaml, answers) to the spec that is designed from.
import path from 'node:path'
import { UsageError } from '../errors.js'
import type { Knowledge } from '../intake/knowledge.js'
import type { Catalogue, Definitions } from '../run/definitions.js'
import { dropDecided } from '../spec/assumptions.js'
import { markEdited, mergeSpec } from '../spec/merge.js'
import type { Spec } from '../spec/schema.js'
import { askOptions } from './ask.js'
import { requireBuilt } from './choices.js'

export interface Given {
  readonly text: string | undefined
  readonly choices: ReadonlyMap<string, string>
  readonly maturity: number | undefined
  /** spec.yaml of the workspace as the person has it, and as it was last generated. */
  readonly existing: Spec | undefined
  readonly generated: Spec | undefined
  readonly interactive: boolean
}

export interface Specified {
  readonly spec: Spec
  /** What a person edited and the text would now have changed. */
  readonly kept: readonly { readonly path: string }[]
}

/** Intake is loaded where a text is read: designing again from spec.yaml needs none of it. */
export async function loadKnowledge(definitions: Definitions, catalogue: Catalogue): Promise<Knowledge> {
  const { composeKnowledge, loadVocabulary } = await import('../intake/knowledge.js')
  const { options, maturity } = definitions.loaded.workflow
  const { vocabulary, domains } = await loadVocabulary(path.join(definitions.root, 'blueprints'))
  return composeKnowledge({ options, maturity: maturity.default, components: catalogue, vocabulary, domains })
}

async function readText(text: string, definitions: Definitions, catalogue: Catalogue): Promise<Spec> {
  const { readRequirements } = await import('../intake/requirements.js')
  return readRequirements(text, await loadKnowledge(definitions, catalogue))
}

/** The folder that a text leads to where no workspace is named. */
export async function defaultFolder(text: string, definitions: Definitions, catalogue: Catalogue): Promise<string> {
  return (await readText(text, definitions, catalogue)).name
}

/** @throws UsageError where nothing says what to design, or what is asked for is not built */
export async function specify(given: Given, definitions: Definitions, catalogue: Catalogue): Promise<Specified> {
  const read = await readGiven(given, definitions, catalogue)
  const { options } = definitions.loaded.workflow
  const chosen = withChoices(read.spec, given.choices, given.maturity)
  const kind = chosen.task.value.kind
  if (!catalogue.has(`task/${kind}`)) {
    const built = [...catalogue.keys()].filter((id) => id.startsWith('task/')).map((id) => id.slice('task/'.length))
    const because = chosen.task.quote === undefined ? '' : ` (from "${chosen.task.quote}")`
    throw new UsageError(
      `the requirements ask for ${kind}${because}, which has no blueprint yet; built are ${built.join(', ')}`,
    )
  }
  for (const [name, choice] of Object.entries(chosen.options)) requireBuilt(name, choice.value, options, catalogue)
  const answers = given.interactive ? await askOptions(chosen, options, catalogue) : new Map<string, string>()
  return { spec: dropDecided(withChoices(chosen, answers, undefined)), kept: read.kept }
}

export const nothingToDesignFrom = (): UsageError =>
  new UsageError(
    'there is nothing to design from: give the requirements as text or with --requirements-file, or name a --workspace that has a spec.yaml',
  )

async function readGiven(given: Given, definitions: Definitions, catalogue: Catalogue): Promise<Specified> {
  const { text, existing, generated } = given
  if (text === undefined) {
    if (existing === undefined) throw nothingToDesignFrom()
    return { spec: generated ? markEdited(existing, generated) : existing, kept: [] }
  }
  const fresh = await readText(text, definitions, catalogue)
  if (existing === undefined) return { spec: fresh, kept: [] }
  const { spec, kept } = mergeSpec(existing, generated, fresh)
  return { spec, kept }
}

/** A choice by flag or answer is the person's own, so later texts do not change it. */
function withChoices(spec: Spec, choices: ReadonlyMap<string, string>, maturity: number | undefined): Spec {
  const options = { ...spec.options }
  for (const [name, value] of choices) {
    if (options[name]?.value !== value || options[name].origin === 'assumed')
      options[name] = { value, origin: 'edited', reason: 'chosen by the user' }
  }
  return { ...spec, options, maturity: maturity === undefined ? spec.maturity : { value: maturity, origin: 'edited' } }
}
