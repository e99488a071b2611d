// How much of it all the text asks for.
import type { Fact } from '../spec/facts.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import type { Knowledge } from './knowledge.js'
import { assumed, findAll, normOf, type Reading, stated } from './reading.js'

export const readMaturity = (
  reading: Reading,
  knowledge: Pick<Knowledge, 'maturity'>,
): { maturity: Fact<number>; conflicts: Conflict[] } => {
  const found = findAll(reading, /\bmaturity(?: level)?\s*(?:of|=|:)?\s*([1-5])\b|\b(?:reifegrad)\s*([1-5])\b/u).map(
    ({ start, end, groups, sentence }) => ({ start, end, sentence, value: Number(groups[0] ?? groups[1]) }),
  )
  const first = found[0]
  // "Maturity 2 now, maturity 4 next year" is a plan.
  const now = found.filter(
    ({ sentence }) =>
      !/\b(?:later|then|next|eventually|after|grow\w*|until|from|year)\b/u.test(normOf(reading, sentence)),
  )
  return {
    maturity: first ? stated(reading, first, first.value) : assumed(knowledge.maturity, 'default; the text names none'),
    conflicts:
      first && now.includes(first) ? conflictsAbout('maturity', now, 'the first level that the text names') : [],
  }
}
