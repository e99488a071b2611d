// A rendered prompt falls into parts at the places that its template names: the first is what every conversation has in common,
// each later one is common to fewer, so that a vendor can keep what it has read already.
import { randomUUID } from 'node:crypto'

export interface PromptPart {
  readonly name: string
  readonly text: string
}

/** Begins every prompt; a template names the others with `{{part "name"}}` on a line of its own. */
export const FIRST_PART = 'system'

/** Made anew in each process, so that no text that enters a prompt can hold it. */
const mark = randomUUID()

/** What the helper `part` leaves in the rendered text; `partsOf` takes it out again. */
export const partMark = (name: unknown): string => `${mark} ${String(name)} ${mark}`

/** The parts of a rendered prompt in their order; joined they are what the model reads. */
export function partsOf(rendered: string): PromptPart[] {
  const [first = '', ...rest] = rendered.split(mark)
  const parts: PromptPart[] = [{ name: FIRST_PART, text: first }]
  for (let at = 0; at < rest.length; at += 2) {
    // The line on which the mark stood goes with it.
    parts.push({ name: (rest[at] ?? '').trim(), text: (rest[at + 1] ?? '').replace(/^\r?\n/, '') })
  }
  return parts
}

/** The whole prompt as one text. */
export const textOf = (parts: readonly PromptPart[]): string => parts.map(({ text }) => text).join('')
