// `approve` and `revise`: a person's decision on a phase, without a terminal.
import path from 'node:path'
import { z } from 'zod'
import { EXIT, type ExitCode, UsageError, WorkspaceError } from '../errors.js'
import { type Decided, decide, short } from '../run/decide.js'
import { phaseNamed } from '../run/reviews.js'
import type { PhaseEntry } from '../workflow/order.js'
import { DECISIONS, type Decision } from '../workspace/reviews.js'
import type { Config } from './config.js'
import { visible } from './escape.js'
import { findWorkspace, joinOrigin, recoverWorkspace } from './project.js'
import { shownBefore } from './shown.js'
import { relativeTo } from './summary.js'
import { openDefinitions } from './workflow.js'

/** The document of `approve --json` and `revise --json`. */
export const decisionDocumentSchema = z.strictObject({
  workspace: z.string(),
  phase: z.string(),
  decision: z.enum(DECISIONS),
  /** Id of the tree with exactly the files that were decided on. */
  tree: z.string(),
  files: z.number().int(),
  by: z.string(),
  at: z.string(),
  note: z.string().nullable(),
  /** The commit on mlops-agents/generated that holds the decision. */
  commit: z.string(),
  /** False where you had decided the same on the same files before, so that nothing was written. */
  recorded: z.boolean(),
  /** What goes on from here. */
  next: z.string().nullable(),
})
type DecisionDocument = z.infer<typeof decisionDocumentSchema>

export interface DecisionFlags {
  readonly workspace: string
  readonly tree?: string
  readonly note?: string
  readonly json?: boolean
}

export async function decision(kind: Decision, name: string, flags: DecisionFlags, config: Config): Promise<ExitCode> {
  const note = flags.note?.trim()
  if (note === '' || (kind === 'revise' && note === undefined))
    throw new UsageError(
      kind === 'revise'
        ? `revise needs a note that says what is to be different: mlops-agents revise ${name} --note "…"`
        : '--note is empty; say something, or leave it out',
    )
  if (flags.tree !== undefined && !/^[0-9a-f]{7,64}$/.test(flags.tree))
    throw new UsageError(`--tree "${flags.tree}" is not the id of a tree; mlops-agents review ${name} prints it`)
  const folder = path.resolve(config.cwd, flags.workspace)
  const { loaded } = await openDefinitions({ folder }, config)
  const phase = phaseNamed(name, loaded.workflow)
  // What was last shown here is what a person means who names no tree.
  const tree = async (root: string) => flags.tree ?? (await shownBefore(root, phase.id))
  const on = { folder, phase, tree, ...(note === undefined ? {} : { note }) }
  const { decided, waiting } = await settle(kind, on, config)
  const document = decisionDocument(decided.root, decided, waiting, config)
  process.stdout.write(flags.json ? `${JSON.stringify(document)}\n` : decisionText(document, phase.title))
  return EXIT.done
}

export interface Settled {
  readonly folder: string
  readonly phase: PhaseEntry
  readonly tree: (root: string) => Promise<string | undefined>
  readonly note?: string
}

/** Records a decision in a workspace that nobody holds, after what any command does that writes. */
export async function settle(kind: Decision, { folder, phase, tree: treeOf, note }: Settled, config: Config) {
  await recoverWorkspace(folder, config)
  const state = await joinOrigin(await findWorkspace(folder, true, config), config)
  if (state.generated === undefined)
    throw new WorkspaceError(`${folder} holds no design, so there is nothing to decide on; name it with --workspace`)
  const { root } = state
  const tree = await treeOf(root)
  const decided = await decide({
    root,
    env: config.env,
    typed: relativeTo(config.cwd, root),
    phase,
    decision: kind,
    clock: Date.now,
    ...(note === undefined ? {} : { note }),
    ...(tree === undefined ? {} : { tree }),
    notice: (text) => void process.stderr.write(`note: ${text}\n`),
  })
  // The run before did not come to its end: it is what waits.
  return { decided: { ...decided, root }, waiting: state.unfinished }
}

export function decisionDocument(root: string, decided: Decided, waiting: boolean, config: Config): DecisionDocument {
  const { review, files, recorded } = decided
  const { phase, decision: kind, tree, by, at, note = null, commit } = review
  const workspace = relativeTo(config.cwd, root)
  const rerun = kind === 'revise' ? `mlops-agents rerun ${phase} --workspace ${workspace}` : null
  const next = waiting ? `mlops-agents resume --workspace ${workspace}` : rerun
  return { workspace: root, phase, decision: kind, tree, files, by, at, note, commit, recorded, next }
}

export function decisionText(document: DecisionDocument, title: string): string {
  const { phase, decision: kind, tree, files, by, at, note, recorded, next } = document
  const what = kind === 'approved' ? 'Approved' : 'To be revised'
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`
  const lines = [
    `${what}: ${phase} (${title}), tree ${short(tree)}, ${files} files`,
    `  by ${by}, ${when}${recorded ? '' : '; that was decided before, so nothing was written'}`,
    ...(note === null ? [] : [`  ${note}`]),
  ]
  if (kind === 'revise')
    lines.push(
      '  The next run makes this phase again, with the note in its prompts. Without a model no agent reads it: then edit the files by hand,',
      `  commit, and approve ${phase}; later runs keep your edits.`,
    )
  if (next !== null) lines.push(`Next: ${next}`)
  return `${lines.map(visible).join('\n')}\n`
}
