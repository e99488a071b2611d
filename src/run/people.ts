// What people said and did since the last run, as facts for the next prompt: notes of attempts, and edits of accepted files.
import { userChanges } from '../workspace/changes.js'
import { attempts, type GeneratedBranch } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import { ignoredPaths } from '../workspace/ignored.js'
import type { People } from './context.js'
import type { PlanItem } from './plan.js'
import type { WorkspaceState } from './workspace.js'

/** Characters of one file's difference that a prompt shows. */
const SHOWN = 4_000

/** Reads notes, and edits of files that the person does not have git ignore, for what is to be made; asks git nothing where nothing is. */
export async function peopleOf(items: readonly PlanItem[], state: WorkspaceState, git: () => Git): Promise<People> {
  const notes = new Map<string, string[]>()
  const edits = new Map<string, { path: string; diff: string }[]>()
  const wanted = items.filter(({ kind }) => kind === 'make').map(({ placed }) => placed.deliverable.id)
  if (wanted.length === 0 || state.generated === undefined) return { notes, edits }
  const branch: GeneratedBranch = { ref: '', commit: state.generated }
  const [made, changes] = await Promise.all([attempts(git(), branch), userChanges(git(), state.generated)])
  for (const { deliverable, note } of made) {
    if (note !== undefined) notes.set(deliverable, [...(notes.get(deliverable) ?? []), note])
  }
  const hidden = await ignoredPaths(git(), [...changes.keys()])
  for (const id of wanted) {
    const { files = [], patched = [] } = state.latest.get(id) ?? {}
    const own = [...files, ...patched].flatMap((path) => {
      const diff = changes.get(path)
      return diff === undefined || hidden.has(path) ? [] : [{ path, diff: cut(diff) }]
    })
    if (own.length > 0) edits.set(id, own)
  }
  return { notes, edits }
}

function cut(diff: string): string {
  if (diff.length <= SHOWN) return diff.trimEnd()
  const end = diff.lastIndexOf('\n', SHOWN)
  return `${diff.slice(0, end)}\n(${diff.slice(end + 1).split('\n').length} more lines)`
}
