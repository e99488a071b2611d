// How rows are kept apart for an honest test, and how wide the gap in time must be.
import type { Fact } from '../spec/facts.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import { isDenied } from './phrases.js'
import { assumed, findAll, normOf, type Reading, stated } from './reading.js'

type Policy = 'time' | 'group' | 'random'

const STATED: readonly [RegExp, Policy][] = [
  [
    /\b(?:split (?:(?:the |our )?(?:data(?: ?sets?)?|rows|records) )?by time|time[- ](?:based )?split|chronological\w*|out[- ]of[- ]time|temporal split|walk[- ]forward|zeitlich getrennt)\b/u,
    'time',
  ],
  [
    /\b(?:split (?:(?:the |our )?(?:data(?: ?sets?)?|rows|records) )?by (?!time)[\p{L}]+|group(?:ed)? split|group k[- ]?fold|grouped by [\p{L}]+|keep all rows of (?:a|one|the same) [\p{L}]+ together)\b/u,
    'group',
  ],
  [
    /\b(?:random(?:ly)? split|split (?:(?:the |our )?(?:data(?: ?sets?)?|rows|records) )?(?:at random|randomly)|stratified split|(?:repeated )?(?:stratified )?cross[- ]validation)\b/u,
    'random',
  ],
]
const ONE_ROW =
  /\b(?:one (?:row|record|line) (?:per|for each|for every|each)|each (?:row|record|line) is (?:one|a)|a (?:row|record|line) (?:per|for each)|single (?:row|snapshot|extract)|one[- ]off (?:export|extract)|eine zeile (?:pro|je)|una fila por|une ligne par)\b/u
const SEVERAL =
  /\b(?:several|multiple|many|repeated|more than one) (?:[\p{L}]+ )?(?:rows|records|visits|stays|measurements|samples|claims|orders|admissions|loans|readings) (?:per|for (?:each|every|one|the same)|of (?:each|the same)|by the same)|mehrere (?:zeilen|aufenthalte) (?:pro|je)\b/u
const NO_TIME =
  /\b(?:no (?:dates?|timestamps?|time column)|without (?:dates?|timestamps?)|undated|keine (?:zeitstempel|datum\w*)|sin fechas?)\b/u

/** Below this many rows a single split in time leaves too few of the rarer outcome to measure anything. */
export const SMALL = 5000

/**
 * `counted`: the text gives the rows themselves, not only how many entities there are, of which each may have many rows.
 * Time wherever rows have dates: the model is used on the future. Groups where one entity has several undated rows. At random for small data of one row per entity.
 */
export const readSplit = (
  reading: Reading,
  { rows, counted, entity }: { rows: number; counted: boolean; entity: string },
): Fact<Policy> => {
  for (const [expression, policy] of STATED) {
    const match = findAll(reading, expression).find((found) => !isDenied(reading, found))
    if (match) return stated<Policy>(reading, match, policy)
  }
  const one = findAll(reading, ONE_ROW)[0]
  const several = findAll(reading, SEVERAL)[0]
  const undated = findAll(reading, NO_TIME)[0]
  if (several && undated)
    return assumed<Policy>(
      'group',
      `several rows of the same ${entity} without dates: all of them lie on one side, so that none is recognised`,
    )
  if ((one || undated) && !several) {
    if (rows < SMALL || undated)
      return assumed<Policy>(
        'random',
        `one row per ${entity}${rows < SMALL ? ` and only ${rows} rows` : ' without dates'}: stratified, repeated cross-validation uses every row for the test once`,
      )
  }
  if (counted && rows < SMALL && !several)
    return assumed<Policy>(
      'random',
      `only ${rows} rows: stratified, repeated cross-validation; a split in time would leave too few outcomes to measure`,
    )
  return assumed<Policy>(
    'time',
    'snapshots carry dates and the model is used on later ones: trained on the past, tested on what came after',
  )
}

/** "Split by time" beside "split at random"; cross-validation and groups go together with either. */
export const splitConflicts = (reading: Reading): Conflict[] =>
  conflictsAbout(
    'split.policy',
    STATED.flatMap(([expression, value]) =>
      findAll(reading, expression)
        .filter((match) => !isDenied(reading, match) && (value === 'time' || /random/u.test(normOf(reading, match))))
        .map(({ start, end }) => ({ start, end, value })),
    ),
    'the model is used on what comes later',
  )

/** The gap covers the horizon and the delay of the outcome: nothing that a training row's outcome was made from lies in the test period. */
export const gapOf = (policy: Policy, horizonDays: number, labelDelayDays: number): Fact<number> =>
  policy === 'time'
    ? assumed(
        Math.max(horizonDays, labelDelayDays),
        'the outcome of a snapshot is known only so much later; without the gap the training rows would overlap the test period',
      )
    : assumed(
        0,
        `the split is ${policy === 'group' ? 'by group' : 'at random'}: there is no order in time to keep apart`,
      )
