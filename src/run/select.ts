// A plan cut down to what a person asked for: the rest stays as it is, also where it is stale. Pure.
import { NO_MODEL, type PlanItem, type PreviousAttempt, withInputs } from './plan.js'

export interface Selection {
  /** Ids of deliverables; `stale` stands for everything that a design would make. */
  readonly wanted: ReadonlySet<string> | 'stale'
  /** For the agent. With one, what was asked for is made even where nothing changed. */
  readonly note?: string
  /** The baselines as they are, without what agents had made of them; made even where nothing changed. */
  readonly plain?: true
  /** A model is asked, so that what was asked for is made even where nothing changed: its answer may be another. */
  readonly asking?: true
}

/**
 * Items that were not asked for and would be made are left. A deliverable that patches files of another one is made with it,
 * because its patch has to go on top again.
 */
export function select(
  items: readonly PlanItem[],
  { wanted, note, plain, asking }: Selection,
  previous: ReadonlyMap<string, PreviousAttempt>,
): PlanItem[] {
  if (wanted === 'stale') return [...items]
  const made = new Set<string>()
  return items.map((item) => {
    const { id } = item.placed.deliverable
    if (wanted.has(id)) {
      const chosen = plain
        ? plainly(item)
        : note !== undefined
          ? again(item, `you said: ${note}`, note)
          : asked(item, asking)
      if (chosen.kind === 'make') made.add(id)
      return chosen
    }
    const under = patchedBy(item).find((owner) => made.has(owner))
    if (under !== undefined) {
      made.add(id)
      return again(item, `it patches files of ${under}, which is made again`)
    }
    return left(item, previous.get(id))
  })
}

const asked = (item: PlanItem, asking: true | undefined): PlanItem =>
  asking && item.kind === 'unchanged' ? again(item, 'you asked for another attempt') : item

function plainly(item: PlanItem): PlanItem {
  const made = again(item, 'you asked for the baseline')
  return made.kind === 'make' ? withInputs({ ...made, plain: true }, { model: NO_MODEL }) : made
}

/** Made once more although its key is the same. A note is for the agent. */
export function again(item: PlanItem, reason: string, note?: string): PlanItem {
  const noted = note === undefined ? {} : { note }
  if (item.kind === 'make') return { ...item, ...noted, reasons: [...item.reasons, reason] }
  if (item.kind !== 'unchanged') return item
  const { placed, inputs, key, baseline, attempt } = item
  return { kind: 'make', placed, inputs, key, baseline, attempt: attempt + 1, reasons: [reason], ...noted }
}

/** Owners of the files that it changes without owning them. */
function patchedBy(item: PlanItem): string[] {
  return 'baseline' in item ? [...new Set(item.baseline.patched.map((file) => file.deliverable))] : []
}

function left(item: PlanItem, before: PreviousAttempt | undefined): PlanItem {
  if (item.kind !== 'make' && item.kind !== 'remove') return item
  const { placed, inputs, key, attempt, reasons } = item
  return { kind: 'left', placed, inputs, key, attempt: attempt - 1, reasons, level: before?.level ?? 'none' }
}
