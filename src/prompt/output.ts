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
 * The ordered sum of an agent's deliverables as one text. Summaries and lists are always there; a file's text is shown where
 * the estimated tokens so far stay within `budget`, a large one never keeping a later small one out. What is shown of a
 * deliverable does not depend on those after it, so that prompts of one agent begin alike and providers can keep that part.
 */
export function agentOutput(deliverables: readonly DeliverableOutput[], budget: number): string {
  let used = 0
  const blocks: string[] = []
  const add = (block: string): void => {
    used += estimateTokens(block)
    blocks.push(block)
  }
  for (const deliverable of deliverables) {
    add(headOf(deliverable))
    for (const file of deliverable.files) {
      const block = `<file path="${file.path}">\n${ended(file.content)}</file>\n`
      if (used + estimateTokens(block) <= budget) add(block)
    }
    add('</deliverable>\n')
  }
  return blocks.join('')
}

function headOf({ id, title, status, summary, files }: DeliverableOutput): string {
  const list = files.map((file) => `- ${file.path} (${lineCount(file.content)})\n`).join('')
  const listed = list === '' ? '' : `<files>\n${list}</files>\n`
  return `<deliverable id="${id}" title="${title}" status="${status}">\n${summary === '' ? '' : ended(summary)}${listed}`
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
const lineCount = (text: string): number => (text === '' ? 0 : ended(text).split('\n').length - 1)
