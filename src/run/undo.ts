// Takes attempts back: a new attempt gives each deliverable the files that it had before, so history only grows and undoing it is a redo.
import { UsageError } from '../errors.js'
import { nearest } from '../workflow/distance.js'
import type { NewAttempt, StoredFile } from '../workspace/generated.js'
import type { Attempt } from '../workspace/trailers.js'
import type { Tree } from '../workspace/tree.js'

/** One attempt that is taken back, and the one whose files come again; without one there were none. */
export interface TakenBack {
  readonly attempt: Attempt
  readonly previous: Attempt | undefined
}

/** What `undo` takes back: all attempts of the newest run, or the newest of one deliverable. @throws UsageError for a name without attempts */
export function planUndo(all: readonly Attempt[], deliverable?: string): TakenBack[] {
  if (deliverable !== undefined) {
    const own = all.filter((attempt) => attempt.deliverable === deliverable)
    const attempt = own.at(-1)
    if (attempt === undefined) throw unknown(deliverable, all)
    return [{ attempt, previous: own.at(-2) }]
  }
  return newestRun(all).map((attempt) => {
    const own = all.filter((other) => other.deliverable === attempt.deliverable)
    const run = own.filter((other) => sameRun(other, attempt))
    return { attempt, previous: own[own.indexOf(run[0] ?? attempt) - 1] }
  })
}

/** The newest attempt of each deliverable that the newest run made; a commit that names no run counts as a run of its own. */
export function newestRun(all: readonly Attempt[]): Attempt[] {
  const last = all.at(-1)
  if (last === undefined) return []
  const run = all.filter((attempt) => sameRun(attempt, last))
  return [...new Map(run.map((attempt) => [attempt.deliverable, attempt])).values()]
}

const sameRun = (one: Attempt, other: Attempt): boolean =>
  one.run === undefined ? one.commit === other.commit : one.run === other.run

function unknown(deliverable: string, all: readonly Attempt[]): UsageError {
  const names = [...new Set(all.map((attempt) => attempt.deliverable))]
  const meant = nearest(deliverable, names)
  const advice = meant === undefined ? `there are attempts of ${names.join(', ')}` : `did you mean ${meant}?`
  return new UsageError(
    `nothing was made for a deliverable "${deliverable}", so there is nothing to take back; ${advice}`,
  )
}

/** The attempt that takes one back. `before` is the generated tree as it stood before what is taken back was made. */
export function undoing(
  { attempt, previous }: TakenBack,
  before: Tree,
  owners: ReadonlyMap<string, string>,
): NewAttempt {
  const { deliverable, commit } = attempt
  const stored = (paths: readonly string[], owner: (path: string) => string): StoredFile[] =>
    paths.flatMap((path) => {
      const entry = before.get(path)
      return entry === undefined ? [] : [{ path, ...entry, deliverable: owner(path) }]
    })
  return {
    deliverable,
    // Where there was nothing before, no platform has this key, so the deliverable counts as one that is still to be made.
    key: previous?.key ?? 'none',
    attempt: attempt.attempt + 1,
    inputs: previous?.inputs ?? {},
    level: previous?.level ?? 'none',
    files: [],
    stored: [
      ...stored(previous?.files ?? [], () => deliverable),
      ...stored(previous?.patched ?? [], (path) => owners.get(path) ?? ''),
    ],
    subject: `${deliverable}: attempt ${attempt.attempt} taken back`,
    decision: 'undone',
    undone: commit,
    ...(previous?.tailored === undefined
      ? {}
      : { tailored: previous.tailored, restores: previous.restores ?? previous.commit }),
  }
}

/** How a path would change if the attempts were taken back. */
export interface UndoneFile {
  readonly path: string
  readonly how: 'added' | 'changed' | 'removed'
}

/** Files of the generated tree that differ afterwards, by path. */
export function undoneFiles(taken: readonly TakenBack[], now: Tree, before: Tree): UndoneFile[] {
  const paths = new Set(
    taken.flatMap(({ attempt, previous }) =>
      [attempt, ...(previous === undefined ? [] : [previous])].flatMap(({ files, patched }) => [...files, ...patched]),
    ),
  )
  return [...paths].sort().flatMap((path): UndoneFile[] => {
    const [present, past] = [now.get(path), before.get(path)]
    if (present?.id === past?.id && present?.mode === past?.mode) return []
    return [{ path, how: present === undefined ? 'added' : past === undefined ? 'removed' : 'changed' }]
  })
}
