// `undo`: takes the last run back, or the last attempt of one deliverable, by new commits; undoing that is a redo.
import path from 'node:path'
import { z } from 'zod'
import { EXIT, type ExitCode, WorkspaceError } from '../errors.js'
import { lookAtUndo, takeBack, type Undo } from '../run/take-back.js'
import type { Config } from './config.js'
import { findWorkspace, joinOrigin, recoverWorkspace } from './project.js'

/** The document of `undo --json`. */
export const undoDocumentSchema = z.strictObject({
  workspace: z.string(),
  dry_run: z.boolean(),
  /** Attempts that are taken back. */
  deliverables: z.array(
    z.strictObject({
      id: z.string(),
      attempt: z.number().int(),
      /** The attempt whose files come again; null where there was none. */
      back_to: z.number().int().nullable(),
    }),
  ),
  /** What changes on the generated branch; your own edits are merged on top. */
  files: z.array(z.strictObject({ path: z.string(), how: z.enum(['added', 'changed', 'removed']) })),
  /** Sentences that a person should read. */
  notices: z.array(z.string()),
})
export type UndoDocument = z.infer<typeof undoDocumentSchema>

export interface UndoFlags {
  readonly workspace: string
  readonly dryRun?: boolean
  readonly autostash?: boolean
  readonly json?: boolean
}

export async function undo(deliverable: string | undefined, flags: UndoFlags, config: Config): Promise<ExitCode> {
  const folder = path.resolve(config.cwd, flags.workspace)
  await recoverWorkspace(folder, config, flags.dryRun === true)
  const seen = await findWorkspace(folder, true, config, { autostash: flags.autostash === true })
  const state = flags.dryRun === true ? seen : await joinOrigin(seen, config)
  if (state.generated === undefined)
    throw new WorkspaceError(`${folder} holds no design, so there is nothing to take back; name it with --workspace`)
  const notices: string[] = []
  const request = {
    state,
    env: config.env,
    notice: (text: string) => void notices.push(text),
    clock: Date.now,
    ...(deliverable === undefined ? {} : { deliverable }),
  }
  const dry = flags.dryRun === true
  const done: Undo = dry ? await lookAtUndo(request) : await takeBack(request)
  const document: UndoDocument = {
    workspace: state.root,
    dry_run: dry,
    deliverables: done.taken.map(({ attempt, previous }) => ({
      id: attempt.deliverable,
      attempt: attempt.attempt,
      back_to: previous?.attempt ?? null,
    })),
    files: [...done.files],
    notices,
  }
  process.stdout.write(flags.json ? `${JSON.stringify(document)}\n` : undoText(document))
  return EXIT.done
}

const SIGN = { added: '+', changed: '~', removed: '-' } as const
const SHOWN = 40

export function undoText({ dry_run, deliverables, files, notices }: UndoDocument): string {
  const lines = deliverables.map(
    ({ id, attempt, back_to }) =>
      `  ${id.padEnd(22)} attempt ${attempt}, back to ${back_to === null ? 'nothing' : `attempt ${back_to}`}`,
  )
  const shown = files.slice(0, SHOWN).map(({ path: name, how }) => `    ${SIGN[how]} ${name}`)
  if (files.length > SHOWN) shown.push(`    and ${files.length - SHOWN} more`)
  const all = `${deliverables.length} ${deliverables.length === 1 ? 'deliverable' : 'deliverables'}, ${files.length} ${files.length === 1 ? 'file' : 'files'}`
  return [
    dry_run ? 'Would be taken back' : 'Taken back',
    ...lines,
    '',
    ...shown,
    ...(shown.length > 0 ? [''] : []),
    ...notices.map((text) => `  note: ${text}`),
    dry_run ? `  ${all}. Nothing was written.` : `  ${all}. The same command once more brings it again.`,
    '',
  ].join('\n')
}
