// What a commit on the generated branch says about its attempt: written as git trailers, so that any clone can read it back.
import { WorkspaceError } from '../errors.js'
import { LEVELS, type Level } from '../types.js'

/** One execution of one deliverable, as the generated branch remembers it. */
export interface Attempt {
  readonly deliverable: string
  readonly key: string
  /** Counts from 1 per deliverable. */
  readonly attempt: number
  /** e.g. `accepted`. */
  readonly decision: string
  /** Named inputs that the key was made of, each as a short hash: comparing two attempts says what changed. */
  readonly inputs: Readonly<Record<string, string>>
  /** How far its files had been verified when they were committed. */
  readonly level: Level | 'none'
  /** Tree of the whole branch with the deliverable's baseline in place; equal to `acceptedTree` where nothing was tailored. */
  readonly baselineTree: string
  /** Tree of the whole branch with what was accepted. */
  readonly acceptedTree: string
  /** Paths that the deliverable owns. */
  readonly files: readonly string[]
  /** Paths of other owners that it changed. */
  readonly patched: readonly string[]
  readonly subject: string
  /** One id for all attempts that were made together; absent in commits of versions that did not write it. */
  readonly run?: string
  /** The commit whose attempt this one takes back. */
  readonly undone?: string
  /** The commit of the tailored attempt whose files it gives again. */
  readonly restores?: string
  /** What a person wanted of this attempt; kept for the prompts of later ones. */
  readonly note?: string
  /** What an agent made of the baseline; absent where the baseline itself was accepted. */
  readonly tailored?: Tailored
  readonly commit: string
}

export interface Tailored {
  /** Hash of the accepted files, for the keys of those that read them. */
  readonly output: string
  /** What the agent says of them to those who come after it. */
  readonly summary: string
  readonly decisions: readonly string[]
  /** Contract entries that it changed, with their values as JSON; none where absent. */
  readonly amendments?: readonly Amended[]
}

export interface Amended {
  readonly entry: string
  readonly value: string
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

/** A commit message that carries its meaning in trailers; each value on one line, as a trailer has to be. */
export function messageOf(subject: string, trailers: readonly (readonly [name: string, value: string])[]): string {
  return `${oneLine(subject)}\n\n${trailers.map(([name, value]) => `${name}: ${oneLine(value)}`).join('\n')}\n`
}

/** The commit message of an attempt. */
export function writeMessage(attempt: Omit<Attempt, 'commit'>): string {
  const trailers: [string, string][] = [
    ['Deliverable', attempt.deliverable],
    ['Key', attempt.key],
    ['Attempt', String(attempt.attempt)],
    ['Decision', attempt.decision],
    ...(attempt.run === undefined ? [] : [['Run', attempt.run] as [string, string]]),
    ...(attempt.undone === undefined ? [] : [['Undone', attempt.undone] as [string, string]]),
    ...(attempt.restores === undefined ? [] : [['Restores', attempt.restores] as [string, string]]),
    ...(attempt.note === undefined ? [] : [['Note', attempt.note] as [string, string]]),
    ...tailoredTrailers(attempt.tailored),
    ['Level', attempt.level],
    ['Baseline-Tree', attempt.baselineTree],
    ['Accepted-Tree', attempt.acceptedTree],
    ...Object.entries(attempt.inputs).map(([name, value]): [string, string] => ['Input', `${name} = ${value}`]),
    ...attempt.files.map((path): [string, string] => ['File', path]),
    ...attempt.patched.map((path): [string, string] => ['Patched', path]),
  ]
  return messageOf(attempt.subject, trailers)
}

function tailoredTrailers(tailored: Tailored | undefined): [string, string][] {
  if (tailored === undefined) return []
  const { output, summary, decisions, amendments = [] } = tailored
  return [
    ['Output', output],
    ['Summary', summary],
    ...decisions.map((one): [string, string] => ['Decided', one]),
    ...amendments.map(({ entry, value }): [string, string] => ['Contract', `${entry} = ${value}`]),
  ]
}

/** The commit message where two generated branches are joined; for deliverables of both it says which attempt counts. */
export function writeJoined(
  decided: readonly { readonly kept: { readonly deliverable: string; readonly commit: string } }[],
): string {
  const trailers = decided.map(({ kept }) => `Kept: ${kept.deliverable} = ${kept.commit}`)
  return `Join the generated branches of two clones\n${trailers.length === 0 ? '' : `\n${trailers.join('\n')}\n`}`
}

/** Format for `git log -z` that `readLog` reads. */
export const LOG_FORMAT = '%H%x1f%s%x1f%(trailers:only=true,unfold=true)'

/** Attempts from oldest to newest; commits without our trailers (somebody's own) are passed over. */
export function readLog(newestFirst: string): Attempt[] {
  const made = new Map<string, Attempt>()
  for (const record of newestFirst.split('\0').reverse()) {
    if (record === '') continue
    const attempt = readRecord(record)
    if (attempt !== undefined) made.set(attempt.commit, attempt)
    // git lists two sides one after the other; which attempt is the newer one only their join says.
    for (const commit of keptBy(record)) {
      const kept = made.get(commit)
      if (kept === undefined) continue
      made.delete(commit)
      made.set(commit, kept)
    }
  }
  return [...made.values()]
}

const keptBy = (record: string): string[] =>
  [...record.matchAll(/^Kept: .* = ([0-9a-f]+)$/gm)].map(([, commit = '']) => commit)

/** The values of each trailer, in their order. */
export function readTrailers(block: string): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ')
    if (at <= 0) continue
    const [name, value] = [line.slice(0, at), line.slice(at + 2)]
    const same = values.get(name)
    if (same === undefined) values.set(name, [value])
    else same.push(value)
  }
  return values
}

function readRecord(record: string): Attempt | undefined {
  const [commit = '', subject = '', block = ''] = record.split('\x1f')
  const values = readTrailers(block)
  const deliverable = values.get('Deliverable')?.[0]
  if (deliverable === undefined) return undefined
  const need = (name: string) => {
    const value = values.get(name)?.[0]
    if (value !== undefined) return value
    throw new WorkspaceError(
      `commit ${commit} on the generated branch names the deliverable ${deliverable} but has no ${name} trailer; ` +
        'it was edited by hand: fetch the branch again from a clone that is whole',
    )
  }
  const single = ['Run', 'Undone', 'Restores', 'Note', 'Output'].map((name) => values.get(name)?.[0])
  const [run, undone, restores, note, output] = single
  const amendments = (values.get('Contract') ?? []).map(readAmended)
  const tailored = {
    summary: values.get('Summary')?.[0] ?? '',
    decisions: values.get('Decided') ?? [],
    ...(amendments.length === 0 ? {} : { amendments }),
  }
  return {
    deliverable,
    key: need('Key'),
    attempt: Number(need('Attempt')),
    decision: need('Decision'),
    inputs: Object.fromEntries((values.get('Input') ?? []).map(readInput)),
    level: LEVELS.find((level) => level === need('Level')) ?? 'none',
    baselineTree: need('Baseline-Tree'),
    acceptedTree: need('Accepted-Tree'),
    files: values.get('File') ?? [],
    patched: values.get('Patched') ?? [],
    subject,
    ...(run === undefined ? {} : { run }),
    ...(undone === undefined ? {} : { undone }),
    ...(restores === undefined ? {} : { restores }),
    ...(note === undefined ? {} : { note }),
    ...(output === undefined ? {} : { tailored: { output, ...tailored } }),
    commit,
  }
}

/** `entry = JSON`, where the JSON may hold anything. */
function readAmended(text: string): Amended {
  const at = text.indexOf(' = ')
  return { entry: text.slice(0, at), value: text.slice(at + 3) }
}

/** `name = value`, where the name may hold anything. */
export function readInput(text: string): [string, string] {
  const at = text.lastIndexOf(' = ')
  return [text.slice(0, at), text.slice(at + 3)]
}
