// What people decided on what was made: a commit on the generated branch that changes no file, so that any clone knows of it.
import { WorkspaceError } from '../errors.js'
import type { Git } from './git.js'
import { messageOf, readInput, readTrailers } from './trailers.js'

export const DECISIONS = ['approved', 'revise'] as const
export type Decision = (typeof DECISIONS)[number]

export interface Review {
  /** What was decided on; nothing here knows what the name stands for. */
  readonly phase: string
  readonly decision: Decision
  /** Of the files as they stood on the person's branch, their own edits included. */
  readonly tree: string
  /** The commit of the person's branch that held them. */
  readonly head: string
  /** `name <email>` from the person's own git settings. */
  readonly by: string
  /** ISO time. */
  readonly at: string
  readonly note?: string
  /** The attempts that were looked at, by deliverable. */
  readonly seen: Readonly<Record<string, number>>
  readonly commit: string
}

export function writeReview(review: Omit<Review, 'commit'>): string {
  const { phase, decision, tree, head, by, at, note, seen } = review
  return messageOf(`${phase}: ${decision === 'approved' ? 'approved' : 'to be revised'}`, [
    ['Review', phase],
    ['Decision', decision],
    ['Tree', tree],
    ['Head', head],
    ['By', by],
    ['At', at],
    ...(note === undefined ? [] : [['Note', note] as const]),
    ...Object.entries(seen).map(([id, attempt]) => ['Seen', `${id} = ${attempt}`] as const),
  ])
}

/** Reviews from oldest to newest, out of the same log as the attempts; what is not whole is no decision. */
export function readReviews(newestFirst: string): Review[] {
  const records = newestFirst.split('\0').filter((record) => record.includes('\x1fReview: '))
  return records.reverse().flatMap((record) => {
    const [commit = '', , block = ''] = record.split('\x1f')
    const values = readTrailers(block)
    const value = (name: string) => values.get(name)?.[0]
    const [phase, tree, head, by, at, note] = ['Review', 'Tree', 'Head', 'By', 'At', 'Note'].map(value)
    const decision = DECISIONS.find((one) => one === value('Decision'))
    const whole = [phase, tree, head, by, at].every((text) => text !== undefined) && decision !== undefined
    if (!whole) return []
    return {
      phase: phase ?? '',
      decision,
      tree: tree ?? '',
      head: head ?? '',
      by: by ?? '',
      at: at ?? '',
      ...(note === undefined ? {} : { note }),
      seen: Object.fromEntries((values.get('Seen') ?? []).map(readInput).map(([id, text]) => [id, Number(text)])),
      commit,
    }
  })
}

/** Adds the review to the branch `to`, if that still stands where it was looked at. */
export async function commitReview(
  git: Git,
  from: { readonly ref: string; readonly commit: string },
  to: string,
  review: Omit<Review, 'commit'>,
): Promise<Review> {
  const { stdout } = await git.write(['commit-tree', `${from.commit}^{tree}`, '-p', from.commit, '-F', '-'], {
    input: writeReview(review),
  })
  const commit = stdout.trim()
  // Where only origin has the branch, the local one begins here.
  const before = from.ref === to ? from.commit : '0'.repeat(commit.length)
  await git.write(['update-ref', '-m', 'mlops-agents: review', to, commit, before])
  return { ...review, commit }
}

/** Who is asking, as git would sign their commits. @throws WorkspaceError where git does not know */
export async function whoAmI(git: Git, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const said = await git.write(['config', '--get-regexp', '^user\\.(name|email)$'], { accepted: [0, 1] })
  const setting = (name: string) =>
    said.stdout
      .split('\n')
      .findLast((line) => line.startsWith(`user.${name} `))
      ?.slice(`user.${name} `.length)
      .trim()
  const name = env.GIT_AUTHOR_NAME || setting('name')
  const email = env.GIT_AUTHOR_EMAIL || env.EMAIL || setting('email')
  if (!name || !email)
    throw new WorkspaceError(
      'a decision carries your name, and git does not know it: git config --global user.name "Your Name", and git config --global user.email you@example.com',
    )
  return `${name} <${email}>`
}
