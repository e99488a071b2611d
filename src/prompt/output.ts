// What one agent hands to the next: all of its summaries and file lists, and as many of its files as a budget for each allows.
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
 * The ordered sum of an agent's deliverables as one text. Summaries and lists are always there; of each deliverable files are
 * shown while their estimated tokens stay within `budgetEach`, a large one never keeping a later small one out. The budget is
 * each deliverable's own, so that an early one cannot crowd out the others, and so that what is shown of it does not depend on
 * those after it: prompts of one agent then begin alike, and providers can keep that part.
 */
export function agentOutput(deliverables: readonly DeliverableOutput[], budgetEach: number): string {
  return deliverables.map((deliverable) => sectionOf(deliverable, budgetEach)).join('')
}

function sectionOf(deliverable: DeliverableOutput, budget: number): string {
  let used = 0
  const shown: string[] = []
  for (const { path, content } of deliverable.files) {
    const block = `<file path="${path}">\n${ended(content)}</file>\n`
    const cost = estimateTokens(block)
    if (used + cost > budget) continue
    used += cost
    shown.push(block)
  }
  return `${headOf(deliverable)}${shown.join('')}</deliverable>\n`
}

function headOf({ id, title, status, summary, files }: DeliverableOutput): string {
  const list = files.map((file) => `- ${file.path} (${lineCount(file.content)})\n`).join('')
  const listed = list === '' ? '' : `<files>\n${list}</files>\n`
  return `<deliverable id="${id}" title="${title}" status="${status}">\n${summary === '' ? '' : ended(summary)}${listed}`
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
const lineCount = (text: string): number => (text === '' ? 0 : ended(text).split('\n').length - 1)
