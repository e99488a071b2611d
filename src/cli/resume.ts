// `resume`: goes on with the last run of a workspace wherever it stopped; what it finished is not made again.
import path from 'node:path'
import { z } from 'zod'
import { EXIT, type ExitCode, UsageError } from '../errors.js'
import { loadCatalogue } from '../run/definitions.js'
import type { Intent } from '../run/events.js'
import { type History, type LastRun, readHistory } from '../run/history.js'
import { remaining } from '../run/remaining.js'
import type { Selection } from '../run/select.js'
import { uncertainCalls } from '../run/spent-before.js'
import type { WorkspaceState } from '../run/workspace.js'
import type { Config } from './config.js'
import { carryOut } from './design.js'
import { openModels } from './opened-models.js'
import { findWorkspace, recoverWorkspace } from './project.js'
import { relativeTo } from './summary.js'
import { definitionsOf } from './workflow.js'

/** The first line of `resume --json`; the events of the run follow, or nothing where there is nothing to go on with. */
export const resumeDocumentSchema = z.strictObject({
  type: z.literal('resume'),
  workspace: z.string(),
  /** Number of the run in the record; null where this clone has no record of one. */
  run: z.number().int().nullable(),
  /** How that run ended. */
  status: z.enum(['done', 'failed', 'waiting', 'interrupted', 'over budget', 'cut off', 'not recorded here']),
  /** Attempts that were begun and whose end is not in the record. */
  uncertain: z.array(
    z.strictObject({
      deliverable: z.string(),
      attempt: z.number().int(),
      /** Whether its files are on the generated branch, so that it need not be made again. */
      outcome: z.enum(['recorded', 'unknown']),
    }),
  ),
  /** Calls of models whose answer never came, and that may be on the bill. */
  uncertain_calls: z.number().int(),
  /** Parts of the record that cannot be read, with file, line and byte. */
  damage: z.array(z.string()),
})
export type ResumeDocument = z.infer<typeof resumeDocumentSchema>

export interface ResumeFlags {
  readonly workspace: string
  readonly verify?: 'none' | 'L1' | 'L2' | 'L3'
  readonly autostash?: boolean
  readonly json?: boolean
  readonly budget?: string
  readonly budgetTokens?: string
  readonly strict?: boolean
  readonly allowRun?: boolean
}

export async function resume(flags: ResumeFlags, config: Config): Promise<ExitCode> {
  const began = Date.now()
  const folder = path.resolve(config.cwd, flags.workspace)
  const recovered = await recoverWorkspace(folder, config)
  const history = await readHistory(folder)
  const { last } = history
  const seen = await findWorkspace(folder, true, config, { looking: true })
  // Where nothing is recorded, only a branch can say that this is a workspace: a clone has no record.
  if (last === undefined && seen.generated === undefined) throw nothingToResume(folder, history, config)
  const document = resumeDocument(seen, history)
  const over = document.status === 'done' && seen.unmerged === 0
  process.stdout.write(flags.json ? `${JSON.stringify(document)}\n` : resumeText(document, last, over))
  if (over) return EXIT.done

  // What the killed run had been asked to set aside is set aside again.
  const autostash = flags.autostash === true || recovered?.aside?.back === true || last?.intent?.autostash === true
  const found = await findWorkspace(folder, true, config, { autostash })
  const { spec, kept, notices } = await remaining(found, last?.intent, config.env)
  for (const text of notices) process.stderr.write(`note: ${text}\n`)
  if (spec === undefined) throw notRecoverable(folder, last, config)
  const definitions = await definitionsOf(spec, found.root, config)
  const catalogue = await loadCatalogue(definitions.root)
  const resumes = last?.intent && { number: last.number, run: last.intent.run }
  return carryOut(
    {
      definitions,
      catalogue,
      found,
      spec,
      kept,
      level: flags.verify ?? last?.intent?.level ?? 'L1',
      json: flags.json === true,
      strict: flags.strict === true,
      allowRun: flags.allowRun === true,
      asks: config.interactive && flags.json !== true,
      ...(resumes === undefined ? {} : { resumes }),
      ...(await openModels(flags, last?.intent?.models, definitions, config, last?.calls)),
      ...(last?.intent?.only === undefined ? {} : { selection: unfinished(last.intent, last.intent.only, found) }),
      began,
    },
    config,
  )
}

/** What was asked for and has no attempt of this run yet; a note would otherwise be followed a second time. */
function unfinished({ run, note, plain }: Intent, only: readonly string[], found: WorkspaceState): Selection {
  const wanted = new Set(only.filter((id) => found.latest.get(id)?.run !== run))
  return { wanted, ...(note === undefined ? {} : { note }), ...(plain === undefined ? {} : { plain }) }
}

function resumeDocument(found: WorkspaceState, { last, damage }: History): ResumeDocument {
  return {
    type: 'resume',
    workspace: found.root,
    run: last?.number ?? null,
    status: last?.status ?? 'not recorded here',
    uncertain: (last?.begun ?? []).map(({ deliverable, attempt }) => ({
      deliverable,
      attempt,
      outcome: (found.previous.get(deliverable)?.attempt ?? 0) >= attempt ? 'recorded' : 'unknown',
    })),
    uncertain_calls: last === undefined ? 0 : uncertainCalls(last.calls),
    damage: [...damage],
  }
}

const ENDED: Record<ResumeDocument['status'], string> = {
  done: 'ended well',
  failed: 'failed',
  waiting: 'waits for a decision',
  interrupted: 'was interrupted',
  'over budget': 'reached its budget',
  'cut off': 'was cut off',
  'not recorded here': 'is not recorded here',
}

export function resumeText(
  { run, status, uncertain, uncertain_calls: calls, damage }: ResumeDocument,
  last: LastRun | undefined,
  over: boolean,
): string {
  const which = run === null ? 'The last run' : `Run ${run} of ${last?.at.slice(0, 16).replace('T', ' ')} UTC`
  const lines = damage.map((text) => `  Damaged      ${text}; what comes before it is used`)
  if (over) return [...lines, `${which} ended well; there is nothing to resume.`, ''].join('\n')
  lines.push(`  Resumes      ${which.replace(/^The/, 'the').replace(/^Run/, 'run')}, which ${ENDED[status]}`)
  for (const { deliverable, attempt, outcome } of uncertain)
    lines.push(
      `  Uncertain    ${deliverable} attempt ${attempt}: started, ${outcome === 'recorded' ? 'and recorded; not made again' : 'outcome unknown; made again'}`,
    )
  if (calls > 0)
    lines.push(
      `  Uncertain    ${calls} call${calls === 1 ? '' : 's'} of a model whose answer never came; it may be on the bill, and counts at its most`,
    )
  return `${lines.join('\n')}\n`
}

function nothingToResume(folder: string, { damage }: History, config: Config): UsageError {
  const because = damage.length === 0 ? '' : ` that can still be read (${damage.join('; ')})`
  return new UsageError(
    `there is nothing to resume: nothing was designed in ${folder}${because}; begin with ` +
      `mlops-agents design "your requirements" --workspace ${relativeTo(config.cwd, folder)}`,
  )
}

function notRecoverable(folder: string, last: LastRun | undefined, config: Config): UsageError {
  return new UsageError(
    `run ${last?.number ?? ''} stopped before it had written spec.yaml, and the record has no copy of it; ` +
      `begin again with mlops-agents design "your requirements" --workspace ${relativeTo(config.cwd, folder)}`,
  )
}
