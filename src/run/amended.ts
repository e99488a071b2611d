// What an agent proposes for the contract, carried out: the platform composed anew, the agent's files laid over what that renders,
// and the plan of all that is still to be made.
import { createTwoFilesPatch } from 'diff'
import { DefinitionError } from '../errors.js'
import type { Amendment } from '../spec/amend.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { type Change, laidOver } from '../verify/change.js'
import { deliverablesInOrder } from '../workflow/order.js'
import { type Carried, carryOver } from './carry.js'
import type { Engine, Replanned, RunSubject, View } from './engine.js'
import { changedIn, filesOf, outputHash, type PlanItem, readingOutputs, type ToMake, withInputs } from './plan.js'
import { contextSubject, type Platform } from './platform.js'
import { SPEC_ATTEMPT } from './workspace.js'
import { specFiles } from './workspace-engine.js'

/** What an agent made of a baseline, and what it proposes beside it. */
export interface Proposal {
  readonly files: readonly EmittedFile[]
  readonly amendments: readonly Amendment[]
}

/** A proposal as it would be carried out. */
export interface Amending {
  /** The run from then on. */
  readonly subject: RunSubject
  readonly item: ToMake
  readonly files: readonly EmittedFile[]
  /** Files of the new baseline that the agent does without. */
  readonly removed: readonly string[]
  /** What becomes of the platform: the deliverable's own files, and the baselines of those that come later. */
  readonly change: Change
  /** Files that only the contract has changed: as they were rendered before, and as they are. */
  readonly rendered: { readonly before: readonly EmittedFile[]; readonly after: readonly EmittedFile[] }
}

/** Writes nothing; where it cannot be done, the faults say why. */
export async function amending(
  item: ToMake,
  { files, amendments }: Proposal,
  subject: RunSubject,
  view: Pick<View, 'files'>,
  outputs: ReadonlyMap<string, string>,
): Promise<Amending | { readonly faults: readonly CheckResult[] }> {
  const { engine, platform: old } = subject
  const { id } = item.placed.deliverable
  const fault = faultOf(id)
  const frozen = amendments.filter(({ entry }) => frozenBefore(item, subject).has(entry.split('.')[0] ?? ''))
  if (frozen.length > 0)
    return { faults: frozen.map(({ entry }) => fault(`${entry}: nobody amends this section after its phase`)) }
  let next: Replanned
  try {
    next = await subject.replan(new Map([...old.amendments, [id, amendments]]), outputs)
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return { faults: [fault(`the platform cannot be made from it: ${error.message}`)] }
  }
  const refused = next.platform.refused.filter(({ deliverable }) => deliverable === id)
  if (refused.length > 0) return { faults: refused.map(({ entry, reason }) => fault(`${entry}: ${reason}`)) }
  const early = changedBefore(id, subject, next)
  if (early.length > 0)
    return { faults: [fault(`it would change ${early.join(', ')}, made before; propose nothing that reaches back`)] }

  const amended = renewed(item, next.items, outputs)
  const carried = await onto(amended, item, files, engine)
  if (carried.conflicts.length > 0)
    return { faults: carried.conflicts.map((path) => fault(inTheWay(path, item, amended), path)) }
  const rendered = renderedAnew(old, next.platform)
  return {
    subject: { ...subject, ...contextSubject(subject.definitions, next.platform), ...next },
    item: amended,
    files: carried.files,
    removed: carried.removed,
    change: changeOf(amended, carried, subject, next, view.files),
    rendered,
  }
}

/** The item on the newest plan: what is asked of the attempt stays, what it is made from is new. */
export function renewed(item: ToMake, items: readonly PlanItem[], outputs: ReadonlyMap<string, string>): ToMake {
  const { id } = item.placed.deliverable
  const fresh = items.find(({ placed }) => placed.deliverable.id === id)
  if (fresh === undefined || !('baseline' in fresh)) return item
  const { inputs, baseline } = readingOutputs(fresh, outputs)
  return withInputs({ ...item, baseline, inputs }, { model: item.inputs.model ?? '' })
}

/** What an agent made of an older baseline, on the present one. */
export const onto = (item: ToMake, older: ToMake, files: readonly EmittedFile[], engine: Engine): Promise<Carried> =>
  carryOver(item, { baseline: filesOf(older.baseline), accepted: files }, engine.mergeText)

const faultOf =
  (deliverable: string) =>
  (reason: string, file = 'contract.yaml'): CheckResult => ({
    ...{ check: 'contract/amend', level: 'L1', status: 'fail', tool: 'mlops-agents', version: '' },
    deliverable,
    file,
    reason,
  })

function frozenBefore({ placed }: ToMake, { definitions }: RunSubject): ReadonlySet<string> {
  const { phases } = definitions.loaded.workflow
  const here = phases.findIndex(({ id }) => id === placed.phase.id)
  return new Set(phases.slice(0, here).flatMap(({ freezes }) => freezes))
}

/** Deliverables that come before this one and would be rendered otherwise. */
function changedBefore(id: string, { definitions, platform: old }: RunSubject, { platform }: Replanned): string[] {
  const order = deliverablesInOrder(definitions.loaded.workflow).map(({ deliverable }) => deliverable.id)
  const before = (of: Platform, name: string): string => {
    const baseline = of.composition.baselines.get(name)
    return baseline === undefined ? '' : outputHash(filesOf(baseline))
  }
  return order.slice(0, order.indexOf(id)).filter((name) => before(old, name) !== before(platform, name))
}

/** Characters of a difference that a reason holds. */
const SHOWN = 2_000

function inTheWay(path: string, before: ToMake, after: ToMake): string {
  const text = (item: ToMake): string => filesOf(item.baseline).find((file) => file.path === path)?.content ?? ''
  const diff = createTwoFilesPatch(path, path, text(before), text(after)).split('\n').slice(3).join('\n')
  return `your version and what your proposal renders differ in the same lines; leave these lines to the proposal:\n${diff.slice(0, SHOWN)}`
}

function renderedAnew(old: Platform, next: Platform): Amending['rendered'] {
  const [was, is] = [old, next].map(({ composition }) => new Map(composition.files.map((file) => [file.path, file])))
  const paths = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].filter(
    (path) => was?.get(path)?.content !== is?.get(path)?.content,
  )
  return { before: paths.flatMap((path) => was?.get(path) ?? []), after: paths.flatMap((path) => is?.get(path) ?? []) }
}

/** Everything from this deliverable on that is still to be made, as it is rendered now, and what the agent made over it. */
function changeOf(
  item: ToMake,
  { files, removed }: Carried,
  { definitions, platform: old }: RunSubject,
  { platform, items }: Replanned,
  present: readonly EmittedFile[],
): Change {
  const order = deliverablesInOrder(definitions.loaded.workflow).map(({ deliverable }) => deliverable.id)
  const later = new Set(order.slice(order.indexOf(item.placed.deliverable.id)))
  const made = new Set(items.filter(({ kind }) => kind === 'make').map(({ placed }) => placed.deliverable.id)).add(
    item.placed.deliverable.id,
  )
  const ours = ({ deliverable }: EmittedFile): boolean =>
    deliverable === SPEC_ATTEMPT || (later.has(deliverable) && made.has(deliverable))
  const anew = [...platform.composition.files, ...specFiles(platform)].filter(ours)
  const kept = new Set(anew.map(({ path }) => path))
  const gone = old.composition.files.filter((file) => ours(file) && !kept.has(file.path)).map(({ path }) => path)
  const laid = laidOver(anew, { files: changedIn(item, files), removed })
  const now = new Map(present.map((file) => [file.path, file.content]))
  return {
    files: laid.filter(({ path, content }) => now.get(path) !== content),
    removed: [...new Set([...gone, ...removed])].filter((path) => now.has(path)),
  }
}
