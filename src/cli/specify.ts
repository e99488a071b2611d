// From what the user gave (text, flags, an existing spec.yaml, answers) to the spec that is designed from.
import path from 'node:path'
import { UsageError } from '../errors.js'
import type { Knowledge } from '../intake/knowledge.js'
import type { Proposal } from '../intake/proposals.js'
import type { Catalogue, Definitions } from '../run/definitions.js'
import { dropDecided } from '../spec/assumptions.js'
import {
  type Contradiction,
  dropSettled,
  editedValue,
  markDecided,
  openContradictions,
} from '../spec/contradictions.js'
import { markEdited, mergeSpec } from '../spec/merge.js'
import { isFull, type Spec } from '../spec/schema.js'
import { askContradictions, askOptions } from './ask.js'
import { CHOSEN, requireAllBuilt } from './choices.js'
import { contradictionsNeedDecision } from './contradictions.js'
import type { Reader } from './reading.js'

export interface Given {
  readonly text: string | undefined
  readonly choices: ReadonlyMap<string, string>
  readonly maturity: number | undefined
  /** spec.yaml of the workspace as the person has it, and as it was last generated. */
  readonly existing: Spec | undefined
  readonly generated: Spec | undefined
  /** Whom to ask what nothing decides: the person at the terminal; nobody, so that defaults are taken; or nobody, so that contradictions stop. */
  readonly undecided: 'ask' | 'take defaults' | 'stop at contradictions'
  /** A model that reads the text after the rules; absent where none is configured. */
  readonly reader?: Pick<Reader, 'propose' | 'notices'>
}

export interface Specified {
  readonly spec: Spec
  /** What a person edited and the text would now have changed. */
  readonly kept: readonly { readonly path: string }[]
}

/** Intake is loaded where a text is read: designing again from spec.yaml needs none of it. */
export async function loadKnowledge(definitions: Definitions, catalogue: Catalogue): Promise<Knowledge> {
  const { composeKnowledge, loadVocabulary, ownNames } = await import('../intake/knowledge.js')
  const { options, maturity } = definitions.loaded.workflow
  const { vocabulary, domains } = definitions.plain
    ? { vocabulary: ownNames(options), domains: [] }
    : await loadVocabulary(path.join(definitions.root, 'blueprints'))
  return composeKnowledge({ options, maturity: maturity.default, components: catalogue, vocabulary, domains })
}

type Settled = (field: string) => unknown

/** What a model proposes of the text, asked for once however often the text is read. */
async function proposed({ text, reader }: Given, definitions: Definitions, catalogue: Catalogue) {
  if (text === undefined || reader === undefined) return []
  const knowledge = await loadKnowledge(definitions, catalogue)
  return reader.propose(text, await readText(text, definitions, catalogue), knowledge)
}

/** What a model proposed, put into what the rules read. */
async function withProposals(
  read: Spec,
  proposals: readonly Proposal[],
  settled: Settled,
  notices: string[],
): Promise<Spec> {
  if (proposals.length === 0) return read
  const { take } = await import('../intake/taking.js')
  const { spec, left } = take(read, proposals, settled)
  notices.push(...left.filter((text) => !notices.includes(text)))
  return spec
}

async function readText(
  text: string,
  definitions: Definitions,
  catalogue: Catalogue,
  settled: Settled = () => undefined,
): Promise<Spec> {
  const knowledge = await loadKnowledge(definitions, catalogue)
  if (definitions.plain) return (await import('../intake/plain.js')).readPlain(text, knowledge, settled)
  return (await import('../intake/requirements.js')).readRequirements(text, knowledge, settled)
}

/** The folder that a text leads to where no workspace is named. */
export async function defaultFolder(text: string, definitions: Definitions, catalogue: Catalogue): Promise<string> {
  return (await readText(text, definitions, catalogue)).name
}

/**
 * @throws UsageError where nothing says what to design, or what is asked for is not built
 * @throws DecisionNeeded where the text contradicts itself and nobody may be asked or has agreed to defaults
 */
export async function specify(given: Given, definitions: Definitions, catalogue: Catalogue): Promise<Specified> {
  const { options } = definitions.loaded.workflow
  requireSameKind(given.existing, definitions)
  const proposals = await proposed(given, definitions, catalogue)
  const decide = async (answers: ReadonlyMap<string, Contradiction['taken']>): Promise<Specified> => {
    const { spec, kept } = await readGiven(given, definitions, catalogue, answers, proposals)
    let decided = withChoices(spec, given.choices, given.maturity)
    for (const [field, value] of answers) decided = markDecided(decided, field, value)
    return { spec: dropSettled(decided), kept }
  }
  let { spec, kept } = await decide(new Map())
  requireBuiltTask(spec, catalogue)
  // Of a spec that was designed before, everything was decided then.
  const open = given.text === undefined ? [] : openContradictions(spec, given.existing)
  if (open.length > 0) {
    if (given.undecided === 'stop at contradictions') throw contradictionsNeedDecision(open)
    if (given.undecided === 'ask') ({ spec, kept } = await decide(await askContradictions(open)))
  }
  requireAllBuilt(spec.options, options, catalogue)
  const answers = given.undecided === 'ask' ? await askOptions(spec, options, catalogue) : new Map<string, string>()
  return { spec: withAdvisories(dropDecided(withChoices(spec, answers, undefined)), catalogue), kept }
}

/** What is known today of the components that are chosen now: both may be other ones than when the text was read. */
function withAdvisories(spec: Spec, catalogue: Catalogue): Spec {
  const advisories = Object.entries(spec.options).flatMap(([name, { value }]) => {
    const component = `${name}/${value}`
    return (catalogue.get(component)?.advisories ?? []).map(({ date, text }) => ({ component, date, text }))
  })
  return { ...spec, advisories }
}

/** A spec that predicts something means nothing to a workflow that does not, and the other way round. */
function requireSameKind(existing: Spec | undefined, { plain, loaded }: Definitions): void {
  if (existing === undefined || isFull(existing) !== plain) return
  throw new UsageError(
    `spec.yaml was written for another kind of workflow than ${loaded.workflow.name}, and nothing of it can be taken over; ` +
      'give another --workspace, or the --workflow that it was designed with',
  )
}

function requireBuiltTask(spec: Spec, catalogue: Catalogue): void {
  if (!isFull(spec)) return
  const { kind } = spec.task.value
  if (catalogue.has(`task/${kind}`)) return
  const built = [...catalogue.keys()].filter((id) => id.startsWith('task/')).map((id) => id.slice('task/'.length))
  const because = spec.task.quote === undefined ? '' : ` (from "${spec.task.quote}", ${spec.task.req})`
  throw new UsageError(
    `the requirements ask for ${kind}${because}, which has no blueprint yet; built are ${built.join(', ')}. ` +
      'If one of these is meant, say so in the text; what is not built cannot be designed.',
  )
}

export const nothingToDesignFrom = (): UsageError =>
  new UsageError(
    'there is nothing to design from: give the requirements as text or with --requirements-file, or name a --workspace that has a spec.yaml',
  )

async function readGiven(
  given: Given,
  definitions: Definitions,
  catalogue: Catalogue,
  answers: ReadonlyMap<string, unknown>,
  proposals: readonly Proposal[],
): Promise<Specified> {
  const { text, existing, generated } = given
  if (text === undefined) {
    if (existing === undefined) throw nothingToDesignFrom()
    return { spec: generated ? markEdited(existing, generated) : existing, kept: [] }
  }
  // An edit that was not marked as one still differs from what was generated.
  const own = existing && generated ? markEdited(existing, generated) : existing
  const settled: Settled = (field) =>
    answers.get(field) ?? (field === 'maturity' ? given.maturity : undefined) ?? (own && editedValue(own, field))
  // A flag decides more than any words: a model's other reading of them is no contradiction then.
  const decided: Settled = (field) => settled(field) ?? given.choices.get(field.replace(/^options\./, ''))
  const read = await readText(text, definitions, catalogue, settled)
  const fresh = await withProposals(read, proposals, decided, given.reader?.notices ?? [])
  if (existing === undefined) return { spec: fresh, kept: [] }
  const { spec, kept } = mergeSpec(existing, generated, fresh)
  return { spec, kept }
}

/** A choice by flag or answer is the person's own, so later texts do not change it. */
function withChoices(spec: Spec, choices: ReadonlyMap<string, string>, maturity: number | undefined): Spec {
  const options = { ...spec.options }
  for (const [name, value] of choices) {
    const before = options[name]
    // A flag that says what the text says anyway changes nothing, unless the text says more than one thing.
    const contradicted = spec.contradictions.some(({ field }) => field === `options.${name}`)
    if (before?.value === value && (before.origin === 'edited' || (before.origin === 'stated' && !contradicted)))
      continue
    const overruled =
      before?.origin === 'stated' && before.value !== value ? `; the text says "${before.quote}" (${before.req})` : ''
    options[name] = { value, origin: 'edited', reason: `${CHOSEN}${overruled}` }
  }
  return { ...spec, options, maturity: maturity === undefined ? spec.maturity : { value: maturity, origin: 'edited' } }
}
