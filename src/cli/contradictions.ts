// What a person is told where the requirements contradict themselves and nobody at a terminal can be asked.
import { DecisionNeeded } from '../errors.js'
import type { Contradiction } from '../spec/contradictions.js'
import { flagOf } from './choices.js'

const OPTION = /^options\./

/** Each contradiction with all its words, their requirements, what `--yes` would take, and every way to decide. */
export function contradictionsNeedDecision(open: readonly Contradiction[]): DecisionNeeded {
  const flags = open
    .filter(({ field }) => OPTION.test(field))
    .map(({ field, taken }) => `${flagOf(field.replace(OPTION, ''))} ${taken}`)
  const ways = [
    open.every(({ arithmetic }) => arithmetic !== undefined)
      ? 'change the number in the text, or leave it out'
      : 'leave all but one out of the text',
    ...(flags.length > 0 ? [`give the option as a flag, e.g. ${flags.join(' ')}`] : []),
    'run it at a terminal, where you are asked',
    'add --yes, which takes what is named above; spec.yaml then lists it, and you can edit the field there',
  ]
  const count = open.length === 1 ? 'once' : `${open.length} times`
  return new DecisionNeeded(
    `the requirements contradict themselves ${count}, and only a person can decide; nothing was written\n\n${open.map(block).join('\n')}\nTo decide, one of:\n${ways.map((way) => `  - ${way}`).join('\n')}`,
  )
}

function block({ field, statements, arithmetic, taken, reason }: Contradiction): string {
  const lines = statements.map(({ quote, req, value }) => `    ${req}  "${quote}" means ${value}`)
  if (arithmetic !== undefined) lines.push(`    cannot be met: ${arithmetic}`)
  return `  ${field}\n${lines.join('\n')}\n    --yes takes ${taken}: ${reason}\n`
}
