// `--dry-run`: the plan, and with design every prompt as it would be sent, with its estimated size. Writes nothing.
import { EXIT, type ExitCode } from '../errors.js'
import { textOf } from '../prompt/parts.js'
import { estimateTokens } from '../prompt/tokens.js'
import type { ToolDescription, TurnRequest } from '../provider/turn.js'
import type { People } from '../run/context.js'
import type { Definitions } from '../run/definitions.js'
import { promptOf } from '../run/deliverable.js'
import type { ModelChoice } from '../run/events.js'
import { READER } from '../run/ledger.js'
import type { PlanItem } from '../run/plan.js'
import { contextSubject, type Platform } from '../run/platform.js'
import { estimateText } from './cost.js'
import type { Tailoring } from './tailoring.js'

export interface DryRun {
  readonly definitions: Definitions
  readonly platform: Platform
  readonly items: readonly PlanItem[]
  readonly root: string
  readonly json: boolean
  /** Only what would be made and why, without prompts. */
  readonly planOnly?: boolean
  readonly people: People
  /** Where models would be asked. */
  readonly tailoring?: Pick<Tailoring, 'names' | 'tools' | 'estimate'>
  readonly models?: ModelChoice
  /** What a model that reads the requirements would be sent before all of this. */
  readonly reading?: { readonly model: string; readonly request: TurnRequest }
  /** What the change brings with it. */
  readonly notices: readonly string[]
}

export function dryRun({
  definitions,
  platform,
  items,
  root,
  json,
  planOnly = false,
  notices,
  people,
  tailoring,
  models,
  reading,
}: DryRun): ExitCode {
  if (planOnly && !json) {
    const estimate = tailoring?.estimate?.(items, { ...contextSubject(definitions, platform), people })
    const said = estimate === undefined ? [] : [estimateText(estimate, models?.budget)]
    process.stdout.write(planText(items, root, [...notices, ...said]))
    return EXIT.done
  }
  const subject = { ...contextSubject(definitions, platform), people }
  const estimate = tailoring?.estimate?.(items, subject)
  if (tailoring !== undefined && !json) process.stdout.write(toolsText(tailoring.tools))
  let total = reading === undefined ? 0 : showReading(reading, json)
  for (const item of items) {
    const { id } = item.placed.deliverable
    const reasons = 'reasons' in item ? item.reasons : []
    const files = 'baseline' in item ? item.baseline.files.map((file) => file.path) : []
    if (files.length === 0 && item.kind !== 'make') {
      process.stdout.write(
        json
          ? `${JSON.stringify({ type: 'plan', deliverable: id, action: item.kind, reasons })}\n`
          : `${id}: ${item.kind}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}\n`,
      )
      continue
    }
    const prompt = textOf(promptOf(item, subject))
    const tokens = estimateTokens(prompt)
    const model = item.kind === 'make' ? tailoring?.names.get(item.placed.agent.agent) : undefined
    total += tokens
    process.stdout.write(
      json
        ? `${JSON.stringify({ type: 'plan', deliverable: id, action: item.kind, reasons, files, tokens, ...(model === undefined ? {} : { model }), prompt })}\n`
        : block(id, item, files, `about ${tokens} tokens${model === undefined ? '' : ` to ${model}`}`, prompt),
    )
  }
  const deliverables = items.map((item) => ({
    id: item.placed.deliverable.id,
    status: statusOf(item),
    files: 'baseline' in item ? item.baseline.files.length : 0,
  }))
  const end = {
    type: 'run-end',
    status: 'done',
    dry_run: true,
    workspace: root,
    tokens: total,
    deliverables,
    notices,
    ...(tailoring === undefined ? {} : { tools: tailoring.tools, estimate }),
  }
  if (json) process.stdout.write(`${JSON.stringify(end)}\n`)
  else
    process.stdout.write(
      `${[...notices, ...(estimate === undefined ? [] : [estimateText(estimate, models?.budget)])].map((text) => `note: ${text}\n`).join('')}\nabout ${total} tokens of prompts in all (an estimate); earlier outputs in them are the blueprints' own. Nothing was written to ${root}.\n`,
    )
  return EXIT.done
}

/** The first thing that would be sent; what follows is planned from what the rules read. */
function showReading({ model, request }: NonNullable<DryRun['reading']>, json: boolean): number {
  const { system, tools, messages } = request
  const said = messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
  const prompt = [system, ...said].join('\n\n')
  const tokens = estimateTokens(prompt)
  process.stdout.write(
    json
      ? `${JSON.stringify({ type: 'plan', deliverable: READER, action: 'read', files: [], tokens, model, prompt, tools })}\n`
      : `\n=== ${READER}: read by a model first, prompt of about ${tokens} tokens to ${model}; what follows is planned from what rules read\n${prompt}\n${described(tools)}=== end of ${READER}\n`,
  )
  return tokens
}

/** What would be made, what stays stale, each with its reasons; what is unchanged is only counted. */
function planText(items: readonly PlanItem[], root: string, notices: readonly string[]): string {
  const lines = items.flatMap((item) => {
    const { id } = item.placed.deliverable
    if (item.kind === 'make') return [`${id}: attempt ${item.attempt}`, ...item.reasons.map((text) => `  ${text}`)]
    if (item.kind === 'remove') return [`${id}: its files go`, ...item.reasons.map((text) => `  ${text}`)]
    return []
  })
  const left = items.filter(({ kind }) => kind === 'left').map(({ placed }) => placed.deliverable.id)
  if (left.length > 0) lines.push(`stale, and left so: ${left.join(', ')} (mlops-agents status says why)`)
  const unchanged = items.filter(({ kind }) => kind === 'unchanged').length
  const nothing = lines.length === 0 ? ['nothing would be made: it is all as its inputs say'] : lines
  const notes = notices.map((text) => `note: ${text}`)
  return [...nothing, ...notes, `${unchanged} unchanged. Nothing was written to ${root}.`, ''].join('\n')
}

function statusOf({ kind }: PlanItem): string {
  if (kind === 'unchanged') return 'done'
  if (kind === 'left') return 'stale'
  return kind === 'make' || kind === 'remove' ? 'pending' : kind
}

function block(id: string, item: PlanItem, files: readonly string[], size: string, prompt: string): string {
  const reasons = 'reasons' in item ? ` (${item.reasons.join('; ')})` : ''
  return `\n=== ${id}: ${item.kind}${reasons}, ${files.length} files, prompt of ${size}\n${prompt.trimEnd()}\n=== end of ${id}\n`
}

/** What every model reads of its tools, once for all of them. */
function toolsText(tools: readonly ToolDescription[]): string {
  return `\n=== tools, described to every agent\n${described(tools)}=== end of tools\n`
}

const described = (tools: readonly ToolDescription[]): string =>
  tools.map(({ name, description, schema }) => `${name}: ${description.trim()}\n${JSON.stringify(schema)}\n`).join('\n')
