// The words before and after a run: what was understood, and what the person now holds. Pure.
import type { Tailoring } from '../run/events.js'
import type { Platform } from '../run/platform.js'
import type { RunResult } from '../run/run.js'
import { type FullSpec, isFull, type Spec } from '../spec/schema.js'
import type { CheckResult } from '../types.js'
import type { Workflow } from '../workflow/schema.js'
import { CHOSEN } from './choices.js'
import type { Config } from './config.js'
import { visible } from './escape.js'
import type { Paint } from './style.js'
import { tailoringText } from './tailored.js'

export interface ReportSubject {
  readonly config: Config
  readonly json: boolean
  readonly platform: Platform
  readonly workflow: Workflow
  /** Paths of spec.yaml where a person's edit won over the text. */
  readonly kept: readonly { readonly path: string }[]
  /** Milliseconds since the epoch. */
  readonly began: number
}

/** What was read from the requirements, with how each option was decided. */
export function understood({ spec }: Platform, paint: Paint): string {
  const [first, second] = isFull(spec)
    ? prediction(spec)
    : [spec.title, `${spec.requirements.length} requirements · maturity ${spec.maturity.value}`]
  const options = optionsByOrigin(spec, ['stated', 'edited']) || 'none stated'
  const lines = [row('Understood', first), row('', second), row('Options', options)]
  const assumed = optionsByOrigin(spec, ['assumed'])
  if (assumed !== '') lines.push(row('', `${assumed} ${paint.dim('(assumed; each has a flag: mlops-agents options)')}`))
  return `\n${lines.join('\n')}`
}

function prediction({ task, serving, schedule, compliance, entity, target }: FullSpec): [string, string] {
  const count = entity.count.value === null ? '' : ` · ${grouped(entity.count.value)} ${entity.plural}`
  return [
    `${task.value.kind} · entity ${entity.singular.value} · target ${target.description.value}${count}`,
    `p${serving.latency_percentile.value} ${serving.latency_ms.value} ms at ${serving.throughput_rps.value} req/s · ${schedule.cadence.value} by ${when(schedule)} · ${compliance.region.value}`,
  ]
}

/** 2400000 as 2,400,000; toLocaleString would load all that Node knows of languages for this one number. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

const row = (head: string, text: string): string => `  ${head.padEnd(12)} ${text}`

function when({ weekday, deadline, timezone }: FullSpec['schedule']): string {
  return `${weekday ? `${weekday.value} ` : ''}${deadline.value} ${timezone.value}`
}

function optionsByOrigin(spec: Spec, origins: readonly string[]): string {
  return Object.values(spec.options)
    .filter((choice) => origins.includes(choice.origin))
    .map(({ value, origin, quote, reason = CHOSEN }) =>
      origin === 'stated'
        ? `${value} (you said: ${quote})`
        : origin === 'edited'
          ? `${value} (${reason.replace(CHOSEN, 'your choice')})`
          : value,
    )
    .join('  ')
}

export interface EndSubject extends ReportSubject {
  readonly result: RunResult
  /** What agents made of baselines, where a model was configured. */
  readonly tailored: readonly Tailoring[]
  readonly seconds: number
  readonly paint: Paint
}

/** The table of deliverables, what was not run, assumptions, advisories, and the next two commands. */
export function endText({ result, platform, config, tailored, seconds, paint }: EndSubject): string {
  const { spec } = platform
  const workspace = result.workspace
  const made = result.deliverables.filter(({ files }) => files > 0)
  const files = made.reduce((sum, deliverable) => sum + deliverable.files, 0)
  const failed = result.results.filter((check) => check.status === 'fail')
  const parts = [
    '',
    `  ${'deliverable'.padEnd(22)} ${'files'.padStart(5)}  level  `,
    ...result.deliverables.map((d) =>
      `  ${d.id.padEnd(22)} ${(d.files || '').toString().padStart(5)}  ${d.files > 0 ? d.level.padEnd(5) : ''}${d.status === 'done' ? '' : ` ${d.status}`}`.trimEnd(),
    ),
    '',
    `  ${made.length} deliverables, ${files} files in ${relativeTo(config.cwd, workspace)}   ${seconds.toFixed(1)} s`,
  ]
  if (failed.length > 0)
    parts.push(
      '',
      paint.red(`  ${failed.length} checks failed`),
      ...failed.slice(0, 20).map((check) => visible(`    ${where(check)}${check.check}: ${check.reason}`)),
    )
  const notRun = groupNotRun(result.results)
  if (notRun.length > 0) parts.push('', '  not run', ...notRun.map((text) => visible(`    ${text}`)))
  const leftOut = Object.entries(platform.contract.not_applicable)
  if (leftOut.length > 0)
    parts.push(
      '',
      '  Left out (not_applicable in contract.yaml)',
      ...leftOut.map(([id, { phrase, reason, quote }]) => {
        const words = quote === undefined ? '' : ` (you said: ${quote})`
        return `    ${id} ${phrase}: ${reason}${words}`
      }),
    )
  if (spec.assumptions.length > 0)
    parts.push(
      '',
      '  Assumed (change them in spec.yaml, then design again)',
      ...spec.assumptions.map((text) => `    ${text}`),
    )
  const open = spec.questions.filter((question) => question.needs_answer)
  if (open.length > 0)
    parts.push('', '  Needs an answer', ...open.map((question) => `    ${question.field}: ${question.question}`))
  if (spec.contradictions.length > 0)
    parts.push(
      '',
      '  Contradictions (edit the field in spec.yaml where the other was meant, then design again)',
      ...spec.contradictions.map(
        ({ field, statements, arithmetic, taken, reason }) =>
          `    ${field}: ${statements.map(({ quote, req }) => `"${quote}" (${req})`).join(' and ')}${arithmetic === undefined ? '' : `, but ${arithmetic}`}; taken: ${taken} (${reason})`,
      ),
    )
  for (const advisory of spec.advisories) parts.push(`  Advisory (${advisory.date}): ${advisory.text}`)
  for (const text of platform.advice) parts.push(`  Advisory: ${text}`)
  const folder = relativeTo(config.cwd, workspace)
  const stale = result.deliverables.filter(({ status }) => status === 'stale')
  // What is only half changed is not worth training yet.
  const next =
    stale.length > 0
      ? [
          `  Next:  mlops-agents rerun --stale --workspace ${folder}        the ${stale.length} that are left stale`,
          `         mlops-agents status --workspace ${folder}        why they are`,
        ]
      : [
          ...(isFull(spec)
            ? [`  Next:  cd ${folder} && make demo        train, serve and watch it drift on this machine`]
            : [`  Next:  mlops-agents status --workspace ${folder}`]),
          `         mlops-agents verify --workspace ${folder}${isFull(spec) ? ' --level L3' : ''}`,
        ]
  parts.push('', ...tailoringText(tailored, files), ...next, '')
  return parts.join('\n')
}

export function where(check: CheckResult): string {
  if (check.file === undefined) return check.deliverable === undefined ? '' : `${check.deliverable}: `
  return `${check.file}${check.line === undefined ? '' : `:${check.line}`}: `
}

/** One line per check and reason, with how many files it concerns. */
export function groupNotRun(results: readonly CheckResult[]): string[] {
  const groups = new Map<string, number>()
  for (const { check, reason, status } of results) {
    if (status === 'not run') groups.set(`${check}: ${reason}`, (groups.get(`${check}: ${reason}`) ?? 0) + 1)
  }
  return [...groups].map(([text, count]) => (count > 1 ? `${text} (${count} times)` : text))
}

/** As a person in this folder would type it. */
export function relativeTo(cwd: string, target: string): string {
  if (target === cwd) return '.'
  if (target.startsWith(`${cwd}/`)) return target.slice(cwd.length + 1)
  const parent = cwd.slice(0, cwd.lastIndexOf('/'))
  return parent !== '' && target.startsWith(`${parent}/`) ? `../${target.slice(parent.length + 1)}` : target
}
