// Asks for options that neither the text nor a flag decides, and for what the text contradicts itself about; one screen each, Enter takes the default.
import { Interrupted } from '../errors.js'
import type { Catalogue } from '../run/definitions.js'
import type { Contradiction } from '../spec/contradictions.js'
import type { Spec } from '../spec/schema.js'
import type { Workflow } from '../workflow/schema.js'

/** Returns the answers by option name; values without a blueprint are not offered. */
export async function askOptions(
  spec: Spec,
  options: Workflow['options'],
  catalogue: Catalogue,
): Promise<Map<string, string>> {
  const { isCancel, select } = await import('@clack/prompts')
  const answers = new Map<string, string>()
  for (const [name, option] of Object.entries(options)) {
    if (spec.options[name]?.origin !== 'assumed') continue
    const built = option.values.filter((value) => catalogue.has(`${name}/${value}`))
    if (built.length < 2) continue
    const answer = await select({
      message: `Which ${option.title.toLowerCase()}? (nothing in your text says)`,
      initialValue: spec.options[name].value,
      options: built.map((value) => ({ value, label: value, hint: hintOf(catalogue, `${name}/${value}`) })),
    })
    if (isCancel(answer)) throw new Interrupted('interrupted while asking; nothing was written')
    answers.set(name, answer)
  }
  return answers
}

/** Returns the answers by field; each statement is offered, and what would be taken without an answer comes first. */
export async function askContradictions(open: readonly Contradiction[]): Promise<Map<string, Contradiction['taken']>> {
  const { isCancel, select } = await import('@clack/prompts')
  const answers = new Map<string, Contradiction['taken']>()
  for (const { field, statements, arithmetic, taken, reason } of open) {
    const stated = statements.map(({ value, quote, req }) => ({ value, hint: `${req}: "${quote}"` }))
    const offered = stated.some(({ value }) => value === taken) ? stated : [{ value: taken, hint: reason }, ...stated]
    const answer = await select({
      message:
        arithmetic === undefined
          ? `Your text contradicts itself about ${field}. Which holds?`
          : `Nothing can meet what your text says about ${field}: ${arithmetic}. Which is to be used?`,
      initialValue: taken,
      options: offered.map(({ value, hint }) => ({ value, label: String(value), hint })),
    })
    if (isCancel(answer)) throw new Interrupted('interrupted while asking; nothing was written')
    answers.set(field, answer)
  }
  return answers
}

function hintOf(catalogue: Catalogue, id: string): string {
  const info = catalogue.get(id)
  const advisory = info?.advisories[0]
  return [info?.best_for, advisory && `${advisory.text} (${advisory.date})`].filter(Boolean).join('; ')
}
