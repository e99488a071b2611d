// `status`: phases, agents, deliverables; for stale ones, which input changed. Writes nothing that
// anybody tracks: only what it said, so as to say it sooner the next time.
import path from 'node:path'
import { EXIT, type ExitCode } from '../errors.js'
import type { StatusDocument } from '../run/status.js'
import type { Config } from './config.js'
import { visible } from './escape.js'
import { openStatusMemory } from './status-memory.js'

export async function status(flags: { workspace: string; json?: boolean }, config: Config): Promise<ExitCode> {
  const folder = path.resolve(config.cwd, flags.workspace)
  const memory = await openStatusMemory(folder, config)
  const document = memory.document ?? (await workedOut(folder, config))
  process.stdout.write(flags.json ? `${JSON.stringify(document)}\n` : statusText(document))
  if (memory.document === undefined) await memory.keep(document)
  return EXIT.done
}

/** Loads what plans a platform only where it is needed. */
const workedOut = async (folder: string, config: Config): Promise<StatusDocument> =>
  (await import('./status-document.js')).statusOf(folder, config)

/** Stale deliverables with their reasons first in each phase; the rest in one line per agent. */
export function statusText(document: StatusDocument): string {
  const all = document.phases.flatMap((phase) => phase.agents.flatMap((agent) => agent.deliverables))
  const made = all.filter(({ attempt }) => attempt > 0)
  const stale = all.filter((deliverable) => deliverable.status === 'stale')
  const lines = [
    `${document.project} · maturity ${document.maturity} · ${made.length} deliverables · ${stale.length} stale`,
  ]
  for (const phase of document.phases) {
    lines.push('', `${phase.title}   ${phase.status}`)
    if (phase.review !== null) lines.push(`  ${decided(phase.review)}`)
    for (const agent of phase.agents) {
      lines.push(`  ${agent.id}`)
      for (const { id, status: state, level, attempt, files, reasons } of agent.deliverables) {
        const what = attempt > 0 ? `${level.padEnd(4)} attempt ${attempt}, ${files.length} files` : ''
        lines.push(`    ${id.padEnd(22)} ${state.padEnd(8)} ${what}`.trimEnd())
        for (const reason of reasons) lines.push(`      ${reason}`)
      }
    }
  }
  if (document.set_aside)
    lines.push(
      '',
      'Your uncommitted changes are set aside (git stash list) until the run ends; where it was killed: mlops-agents resume brings them back',
    )
  if (document.unmerged > 0)
    lines.push(
      '',
      `Your branch has not got the newest ${document.unmerged} of mlops-agents/generated: design brings them, and says where you have to decide`,
    )
  const waiting = document.phases.filter(({ status: state }) => state === 'waiting')
  if (waiting.length > 0)
    lines.push(
      '',
      ...waiting.map(({ id }) => `${id} waits for you: mlops-agents review ${id} --workspace ${document.workspace}`),
    )
  else if (stale.length > 0) lines.push('', `Next: mlops-agents design --workspace ${document.workspace}`)
  return `${lines.join('\n')}\n`
}

function decided({ decision, by, at, note, current }: NonNullable<StatusDocument['phases'][number]['review']>): string {
  const what = decision === 'approved' ? 'approved' : 'to be revised, said'
  const since = current ? '' : '; changed since'
  return visible(
    `${what} by ${by}, ${at.slice(0, 16).replace('T', ' ')} UTC${since}${note === null ? '' : `: ${note}`}`,
  )
}
