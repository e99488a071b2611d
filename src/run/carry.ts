// A baseline has changed that an agent once tailored, and no model is asked: what the agent did stays wherever it goes together with
// the new baseline, and is never silently replaced.
import type { EmittedFile } from '../types.js'
import type { StoredText } from '../workspace/generated.js'
import type { MergeText } from '../workspace/merge-text.js'
import { newFile } from './accepted.js'
import { filesOf, type ToMake } from './plan.js'

export interface Carried {
  readonly files: readonly EmittedFile[]
  /** Files of the new baseline that the tailoring does without. */
  readonly removed: readonly string[]
  /** Paths that both sides changed in the same place. */
  readonly conflicts: readonly string[]
}

/** A baseline, and what an agent made of it. */
export interface Made {
  readonly baseline: readonly StoredText[]
  readonly accepted: readonly StoredText[]
}

export async function carryOver(item: ToMake, { baseline, accepted }: Made, merge: MergeText): Promise<Carried> {
  const news = filesOf(item.baseline)
  const base = new Map(baseline.map((file) => [file.path, file.content]))
  const ours = new Map(accepted.map((file) => [file.path, file.content]))
  const theirs = new Map(news.map((file) => [file.path, file]))
  const files: EmittedFile[] = []
  const removed: string[] = []
  const conflicts: string[] = []
  for (const path of [...new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])].sort()) {
    const [was, mine, made] = [base.get(path), ours.get(path), theirs.get(path)]
    const merged = await mergeOne(was, mine, made?.content, merge)
    if (merged === 'conflict') conflicts.push(path)
    else if (merged === undefined) {
      if (made !== undefined) removed.push(path)
    } else files.push(made ? { ...made, content: merged } : newFile(path, merged, item.placed.deliverable.id))
  }
  return { files, removed, conflicts }
}

type Text = string | undefined

/** Undefined: the file is gone on the side that changed it. */
async function mergeOne(base: Text, ours: Text, theirs: Text, merge: MergeText): Promise<Text | 'conflict'> {
  if (ours === theirs || base === theirs) return ours
  if (base === ours) return theirs
  if (base === undefined || ours === undefined || theirs === undefined) return 'conflict'
  return (await merge({ base, ours, theirs })) ?? 'conflict'
}
