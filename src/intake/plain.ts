// Requirements of a workflow that predicts nothing: the user's sentences, with the options and the maturity that they name.
import { plainSpecSchema, type Spec } from '../spec/schema.js'
import { listAssumptions } from './assumptions.js'
import { type Conflict, withDecisions } from './conflicts.js'
import { checkRequirements } from './decode.js'
import { advisoriesOf, type Knowledge } from './knowledge.js'
import { readMaturity } from './maturity.js'
import { readOptions, readTools } from './options.js'
import { type Reading, readText, requirementsOf } from './reading.js'
import { projectNameOf } from './words.js'

const LONGEST_TITLE = 80

/** Words of a first sentence that say nothing of what is made. */
const EMPTY =
  /\b(?:please|we|i|you|need|want|should|must|build|make|write|create|design|set|up|give|me|for|with|in|on|and|to|by|from|is|are|be|who|which)\b/giu

/** As `readRequirements`, of a text that may be about anything. @throws UsageError for an empty, overlong or binary text */
export const readPlain = (
  text: string,
  knowledge: Knowledge,
  settled: (field: string) => unknown = () => undefined,
): Spec =>
  plainSpecSchema.parse(
    withDecisions(readText(checkRequirements(text)), (reading) => interpret(reading, knowledge), settled),
  )

const interpret = (reading: Reading, knowledge: Knowledge): { spec: Spec; conflicts: readonly Conflict[] } => {
  const { options, conflicts } = readOptions(reading, knowledge, {
    latency: undefined,
    schedule: undefined,
    deadline: undefined,
  })
  const maturity = readMaturity(reading, knowledge)
  const title = titleOf(reading)
  const spec: Spec = {
    version: 1,
    name: projectNameOf([title.replace(EMPTY, ' ')], 'project'),
    title,
    text: reading.text,
    requirements: requirementsOf(reading),
    tools: readTools(reading, knowledge),
    options,
    maturity: maturity.maturity,
    assumptions: [],
    contradictions: [],
    questions: [],
    advisories: advisoriesOf(options, knowledge),
  }
  return {
    spec: { ...spec, assumptions: listAssumptions(spec) },
    conflicts: [...conflicts, ...maturity.conflicts],
  }
}

/** The first sentence, cut at a word. */
const titleOf = (reading: Reading): string => {
  const words = (requirementsOf(reading)[0]?.text ?? reading.text).replace(/[.!?]+$/u, '').split(/\s+/u)
  let title = words.shift() ?? ''
  for (const word of words) {
    if (title.length + word.length >= LONGEST_TITLE) break
    title += ` ${word}`
  }
  return title.slice(0, LONGEST_TITLE)
}
