// Which deliverables have to be made, and why. Pure: a key is a hash over exactly what a deliverable declares that it reads.
import { createHash } from 'node:crypto'
import type { Baseline } from '../blueprint/compose.js'
import type { EmittedFile, Json, Level } from '../types.js'
import type { Placed } from '../workflow/order.js'
import type { Reads } from '../workflow/schema.js'

/** Named inputs of a deliverable, each as a short hash; comparing two of these says which input changed. */
export type Inputs = Readonly<Record<string, string>>

/** What is known of the attempt that a deliverable's present files came from. */
export interface PreviousAttempt {
  readonly attempt: number
  readonly key: string
  readonly inputs: Inputs
  /** The attempt took the deliverable's files away. */
  readonly removed: boolean
  readonly level: Level | 'none'
  /** Hash of what was accepted, where that is not the baseline. */
  readonly output?: string
}

export type PlanItem = {
  readonly placed: Placed
  readonly inputs: Inputs
  readonly key: string
  readonly attempt: number
} & (
  | { readonly kind: 'not built' }
  | { readonly kind: 'not at this maturity' | 'not applicable'; readonly reasons: readonly string[] }
  | { readonly kind: 'unchanged'; readonly baseline: Baseline; readonly level: Level | 'none' }
  | {
      readonly kind: 'make'
      readonly baseline: Baseline
      readonly reasons: readonly string[]
      /** What a person wants of this attempt, in their words. */
      readonly note?: string
      /** What an agent had made of the baseline is given up. */
      readonly plain?: true
    }
  /** Stale, and not what was asked for: stays as the last attempt left it. */
  | {
      readonly kind: 'left'
      readonly reasons: readonly string[]
      readonly level: Level | 'none'
    }
  | { readonly kind: 'remove'; readonly reasons: readonly string[] }
)

export type ToMake = Extract<PlanItem, { readonly kind: 'make' }>

export interface PlanSubject {
  /** Every deliverable of the workflow, in order. */
  readonly placed: readonly Placed[]
  readonly maturity: number
  readonly baselines: ReadonlyMap<string, Baseline>
  /** Roots `spec`, `contract`, `options`, `maturity`, `project`. */
  readonly context: Readonly<Record<string, Json>>
  /** Text of the agent file, and of the prompt with its partials, by agent id. */
  readonly agents: ReadonlyMap<string, string>
  readonly prompts: ReadonlyMap<string, string>
  /** The model that tailors a deliverable; absent, or undefined for one, where none is to. */
  readonly modelFor?: (placed: Placed) => string | undefined
  /** Why a deliverable is left out as a whole, by id. */
  readonly ruledOut: Readonly<Record<string, { readonly reason: string }>>
  readonly previous: ReadonlyMap<string, PreviousAttempt>
  /** Hashes of what was made of deliverables already, in a plan that is made anew on the way. */
  readonly made?: ReadonlyMap<string, string>
}

export const NO_MODEL = 'none'

/** Plans every deliverable in workflow order: what to make, what to leave, what to take away. */
export function plan(subject: PlanSubject): PlanItem[] {
  const outputs = new Map([...subject.baselines].map(([id, baseline]) => [id, outputHash(filesOf(baseline))]))
  return subject.placed.map((placed) => {
    const item = planOne(placed, subject, outputs)
    const { id } = placed.deliverable
    const accepted = item.kind === 'unchanged' ? subject.previous.get(id)?.output : undefined
    const output = subject.made?.get(id) ?? accepted
    if (output !== undefined) outputs.set(id, output)
    return item
  })
}

/** The same item, now that it is known what became of the deliverables that it reads. */
export function readingOutputs<Item extends PlanItem>(item: Item, made: ReadonlyMap<string, string>): Item {
  const read = item.placed.deliverable.reads.deliverables.filter((id) => made.has(id))
  if (read.length === 0) return item
  return withInputs(item, Object.fromEntries(read.map((id) => [`deliverable ${id}`, made.get(id) ?? ''])))
}

export function withInputs<Item extends PlanItem>(item: Item, news: Inputs): Item {
  const inputs = { ...item.inputs, ...news }
  return { ...item, inputs, key: keyOf(inputs) }
}

function planOne(placed: Placed, subject: PlanSubject, outputs: ReadonlyMap<string, string>): PlanItem {
  const { id } = placed.deliverable
  const before = subject.previous.get(id)
  const baseline = subject.baselines.get(id) ?? (isAlone(placed, subject) ? nothingFor(id) : undefined)
  const inputs = inputsOf(placed, baseline, subject, outputs)
  const key = keyOf(inputs)
  const attempt = (before?.attempt ?? 0) + 1
  if (baseline === undefined) {
    const why = subject.ruledOut[id]?.reason
    const item = { placed, inputs, key, attempt }
    if (before !== undefined && !before.removed)
      return { kind: 'remove', ...item, reasons: [why ?? 'nothing is emitted for it any more'] }
    if (why === undefined) return { kind: 'not built', ...item }
    const above = placed.deliverable.maturity > subject.maturity
    return { kind: above ? 'not at this maturity' : 'not applicable', ...item, reasons: [why] }
  }
  if (before?.key === key && !before.removed)
    return { kind: 'unchanged', placed, inputs, key, attempt: before.attempt, baseline, level: before.level }
  const reasons = before === undefined ? ['first attempt'] : changedInputs(before.inputs, inputs)
  return { kind: 'make', placed, inputs, key, attempt, baseline, reasons }
}

/** No blueprint emits anything for it, and a model makes it from nothing, or has. */
function isAlone(placed: Placed, { ruledOut, modelFor, previous }: PlanSubject): boolean {
  const { id } = placed.deliverable
  if (ruledOut[id] !== undefined) return false
  const before = previous.get(id)
  return modelFor?.(placed) !== undefined || (before?.output !== undefined && !before.removed)
}

const nothingFor = (deliverable: string): Baseline => ({
  deliverable,
  summary: '',
  decisions: [],
  files: [],
  patched: [],
  sources: 'none',
  reads: [],
  fragments: {},
})

/** Names of the inputs that differ, in a person's words. */
export function changedInputs(before: Inputs, after: Inputs): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) =>
      before[name] === undefined ? `${name} is new` : after[name] === undefined ? `${name} is gone` : `${name} changed`,
    )
}

export function keyOf(inputs: Inputs): string {
  return sha256(JSON.stringify(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 40)
}

function inputsOf(
  placed: Placed,
  baseline: Baseline | undefined,
  subject: PlanSubject,
  outputs: ReadonlyMap<string, string>,
): Inputs {
  const { agent, deliverable } = placed
  const inputs: Record<string, string> = {
    [`agents/${agent.agent}.md`]: short(subject.agents.get(agent.agent) ?? ''),
    [`prompts/${agent.agent}.hbs`]: short(subject.prompts.get(agent.agent) ?? ''),
    // Without a model nothing is tailored anew, and what one has tailored stays.
    model: subject.modelFor?.(placed) ?? subject.previous.get(deliverable.id)?.inputs.model ?? NO_MODEL,
  }
  for (const read of declaredReads(deliverable.reads, baseline?.reads ?? []))
    inputs[read] = short(JSON.stringify(readValue(read, subject.context)) ?? '')
  for (const read of deliverable.reads.deliverables) inputs[`deliverable ${read}`] = outputs.get(read) ?? 'none'
  if (baseline) inputs.blueprint = baseline.sources.slice(0, 16)
  for (const [path, hash] of Object.entries(baseline?.fragments ?? {}))
    inputs[`fragments of ${path}`] = hash.slice(0, 16)
  return inputs
}

function declaredReads(reads: Reads, templates: readonly string[]): string[] {
  const named = [
    ...reads.spec.map((path) => `spec.${path}`),
    ...reads.contract.map((path) => `contract.${path}`),
    ...reads.options.map((name) => `options.${name}`),
  ]
  return [...new Set([...named, ...templates])].sort()
}

/** What an input is: `maturity.3` is whether the platform has got that far, so that what does not change from there on is not made again. */
export function readValue(read: string, context: Readonly<Record<string, Json>>): Json {
  const level = /^maturity\.([1-5])$/.exec(read)?.[1]
  return level === undefined ? valueAt(context, read) : Number(context.maturity) >= Number(level)
}

function valueAt(context: Readonly<Record<string, Json>>, path: string): Json {
  let value: Json | undefined = context as Record<string, Json>
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    value = value[part]
  }
  return value ?? null
}

/** Own files, then those of other owners that are changed. */
export const filesOf = (baseline: Baseline): readonly EmittedFile[] => [...baseline.files, ...baseline.patched]

/** The files that are other than in the baseline, or new. */
export function changedIn({ baseline }: ToMake, files: readonly EmittedFile[]): EmittedFile[] {
  const before = new Map(filesOf(baseline).map((file) => [file.path, file.content]))
  return files.filter(({ path, content }) => before.get(path) !== content)
}

/** What those who read a deliverable depend on. */
export function outputHash(files: readonly EmittedFile[]): string {
  return short(JSON.stringify(files.map((file) => [file.path, file.mode, file.content])))
}

const short = (text: string): string => sha256(text).slice(0, 16)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
