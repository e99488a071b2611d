// What one agent hands to the next: all of its summaries and file lists, and as many of its files as a budget allows.
import { estimateTokens } from './tokens.js'

export interface DeliverableOutput {
  readonly id: string
  readonly title: string
  /** E.g. `done`, `not built`, `not at this maturity`. */
  readonly status: string
  readonly summary: string
  readonly files: readonly { readonly path: string; readonly content: string }[]
}

/**
 * The ordered sum of an agent's deliverables as one text. Summaries and lists are always there; a file's text is shown while
 * the estimated tokens of the whole stay within `budget`, in order, a large one never keeping a later small one out.
 */
export function agentOutput(deliverables: readonly DeliverableOutput[], budget: number): string {
  const sections = deliverables.map((deliverable) => ({
    deliverable,
    head: headOf(deliverable),
    shown: [] as string[],
  }))
  let used = sections.reduce((sum, { head }) => sum + estimateTokens(head), 0)
  for (const { deliverable, shown } of sections) {
    for (const file of deliverable.files) {
      const block = `<file path="${file.path}">\n${ended(file.content)}</file>\n`
      const cost = estimateTokens(block)
      if (used + cost > budget) continue
      used += cost
      shown.push(block)
    }
  }
  return sections.map(({ head, shown }) => `${head}${shown.join('')}</deliverable>\n`).join('')
}

function headOf({ id, title, status, summary, files }: DeliverableOutput): string {
  const list = files.map((file) => `- ${file.path} (${lineCount(file.content)})\n`).join('')
  const listed = list === '' ? '' : `<files>\n${list}</files>\n`
  return `<deliverable id="${id}" title="${title}" status="${status}">\n${summary === '' ? '' : ended(summary)}${listed}`
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
const lineCount = (text: string): number => (text === '' ? 0 : ended(text).split('\n').length - 1)
