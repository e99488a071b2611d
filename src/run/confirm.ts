// An amended contract changes the inputs of those who read the section, also where nothing that was made of it changes.
import type { NewCommit } from './engine.js'
import { filesOf, type PlanItem, withInputs } from './plan.js'
import type { SoFar } from './wave.js'

/** What stays as it was when the run began, as an attempt of the same files would say it. */
export function unchangedOf({ now, accepted }: Pick<SoFar, 'now' | 'accepted'>): Map<string, NewCommit> {
  return new Map(
    now.items.flatMap((item): [string, NewCommit][] => {
      if (item.kind !== 'unchanged') return []
      const { id } = item.placed.deliverable
      const tailored = accepted.get(id)
      const files = tailored?.files ?? filesOf(item.baseline)
      return [[id, { item, files, level: item.level, ...(tailored === undefined ? {} : { accepted: tailored }) }]]
    }),
  )
}

/**
 * What was made before and reads what has changed holds for the new contract as it is: an attempt with the same files says so, and no
 * agent is asked again.
 */
export async function confirm(soFar: SoFar): Promise<void> {
  const { now, landed } = soFar
  const anew = now.items.flatMap((fresh) => {
    const before = landed.get(fresh.placed.deliverable.id)
    if (fresh.kind !== 'make' || before === undefined) return []
    const item = confirmed(before.item, fresh)
    return item.key === before.item.key ? [] : [{ ...before, item }]
  })
  if (anew.length === 0) return
  now.engine.commit(anew)
  await now.engine.merge()
  for (const one of anew) landed.set(one.item.placed.deliverable.id, one)
}

/** What it reads of other deliverables, and who was asked, is as it was. */
function confirmed(before: PlanItem, fresh: PlanItem & { readonly kind: 'make' }): PlanItem {
  const kept = Object.entries(before.inputs).filter(([name]) => name === 'model' || name.startsWith('deliverable '))
  return withInputs({ ...fresh, attempt: before.attempt + 1 }, Object.fromEntries(kept))
}
