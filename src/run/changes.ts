// What attempts changed, as text that a person reads and as counts that a program does.
import { UsageError } from '../errors.js'
import { nearest } from '../workflow/distance.js'
import type { Workflow } from '../workflow/schema.js'
import type { Attempt } from '../workspace/trailers.js'
import { newestRun } from './undo.js'
import { SPEC_ATTEMPT } from './workspace.js'

/** The attempts that `diff` shows: all of the newest run, or the newest of each deliverable of a phase, an agent or of itself. */
export function attemptsOf(target: string | undefined, all: readonly Attempt[], workflow: Workflow): Attempt[] {
  if (target === undefined) return newestRun(all)
  const wanted = deliverablesOf(target, workflow)
  const newest = new Map(all.map((attempt) => [attempt.deliverable, attempt]))
  return wanted.flatMap((id) => newest.get(id) ?? [])
}

/** Ids of the deliverables that a name stands for. @throws UsageError with the name that was most likely meant */
export function deliverablesOf(target: string, { phases }: Workflow): string[] {
  const agents = phases.flatMap((phase) => phase.agents)
  const phase = phases.find(({ id }) => id === target)
  if (phase !== undefined) return phase.agents.flatMap(({ deliverables }) => deliverables.map(({ id }) => id))
  const agent = agents.find((one) => one.agent === target)
  if (agent !== undefined) return agent.deliverables.map(({ id }) => id)
  const ids = [SPEC_ATTEMPT, ...agents.flatMap(({ deliverables }) => deliverables.map(({ id }) => id))]
  if (ids.includes(target)) return [target]
  const names = [...phases.map(({ id }) => id), ...agents.map((one) => one.agent), ...ids]
  const meant = nearest(target, names)
  throw new UsageError(
    `there is no phase, agent or deliverable "${target}"; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`,
  )
}

export interface FileChange {
  readonly path: string
  readonly how: 'added' | 'changed' | 'removed'
  /** Lines; of a binary file both are 0. */
  readonly added: number
  readonly removed: number
  /** As git writes it, with its header lines. */
  readonly patch: string
}

/** Splits what git printed of one commit; a line of a file always has a sign or a space in front, so headers cannot be forged. */
export function readPatch(text: string): FileChange[] {
  const starts = [...text.matchAll(/^diff --git /gm)].map(({ index }) => index)
  return starts.map((start, at) => {
    const patch = text.slice(start, starts[at + 1] ?? text.length)
    const body = patch.search(/^@@ /m)
    const head = body === -1 ? patch : patch.slice(0, body)
    const count = (sign: string) =>
      body === -1
        ? 0
        : patch
            .slice(body)
            .split('\n')
            .filter((line) => line.startsWith(sign)).length
    return {
      path: pathOf(head),
      how: /^new file mode /m.test(head) ? 'added' : /^deleted file mode /m.test(head) ? 'removed' : 'changed',
      added: count('+'),
      removed: count('-'),
      patch,
    }
  })
}

/** Both sides of the first line name the same path, as renames are not asked for. */
function pathOf(head: string): string {
  const sides = head.slice('diff --git '.length).split('\n', 1)[0] ?? ''
  return sides.slice((sides.length + 1) / 2 + 'b/'.length)
}
