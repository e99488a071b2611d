// The columns of the data: those that the text lists, else those usual in the domain; and what may not be used because it is known too late.
import type { Column, FullSpec } from '../spec/schema.js'
import type { Domain } from './domain.js'
import { isDenied } from './phrases.js'
import { PROTECTED } from './protected.js'
import { findAll, normalise, type Reading, type Span, sentenceAt } from './reading.js'
import { exactIdentifierOf } from './words.js'

type Signal = FullSpec['data']['signal']

export interface ColumnFacts {
  readonly columns: Column[]
  readonly signal: Signal
  /** The list in the text, if there is one. */
  readonly listed: Span | undefined
  readonly assumption: string
}

const OPENER =
  /\b(?:(?:columns?|fields?|features?|variables?|attributes?|spalten|felder|columnas|campos|colonnes|variablen)(?:\s+(?:are|is|we have|available|include[s]?|sind|son))?\s*(?::|\(|are\b|sind\b|son\b)|(?:with|mit) (?:the )?(?:columns?|fields?|spalten)\s*:?|(?:we|they) (?:have|know|record|store|hold|got) (?:the (?:fields?|columns?)|for each \w+|per \w+|of each \w+)\s*:?|(?:for|of|about) each \w+ we (?:have|know|record|store)\s*:?|we know(?: the| their| his| its)?\b|(?:it|the (?:table|file|export|sheet|csv)) (?:has|contains|holds|with)(?: the)?(?: columns?| fields?)?\s*:?|wir haben (?:pro|je|fur jede[nrs]?) \w+\s*:?|tenemos por cada \w+\s*:?)\s*/u

/** Items of "age, income, number of visits and plan", up to the end of the sentence or of the bracket. */
const itemsOf = (reading: Reading, from: number, end: number): { name: string; span: Span }[] => {
  const text = reading.norm.slice(from, end)
  const stop = text.search(/[.;)\n](?:\s|$)|\)|\b(?:which|that|because|so that|from|stored|for the|since \d)\b/u)
  const list = stop < 0 ? text : text.slice(0, stop)
  const items: { name: string; span: Span }[] = []
  for (const match of list.matchAll(/[^,]+/gu)) {
    for (const part of match[0].matchAll(/(?:(?!\s(?:and|und|y|et|as well as)\s).)+/gu)) {
      const raw = part[0].replace(/^\s*(?:and|und|y|et|as well as)\s+/u, '')
      const offset = part[0].length - raw.length
      const lead = raw.length - raw.trimStart().length
      const name = raw
        .trim()
        .replace(/^(?:the|their|a|an|its|his|die|der|das|el|la|los|las)\s+/u, '')
        .replace(/\s*\(.*$/u, '')
      const start = from + match.index + part.index + offset + lead
      if (name !== '' && name.split(' ').length <= 5 && /\p{L}/u.test(name))
        items.push({ name, span: { start, end: start + raw.trim().length } })
    }
  }
  return items
}

const guess = (name: string, words: string): Pick<Column, 'type' | 'role'> & Partial<Column> => {
  if (/(?:^|_)(?:is|has|was|flag|opted)(?:_|$)|_flag$/u.test(name)) return { type: 'boolean', role: 'attribute' }
  if (
    /(?:^|_)(?:type|kind|category|class|region|city|country|state|channel|segment|plan|tier|gender|status|method|brand|model|department|code|reason|language|weekday|source|product|site|branch|purpose|specialty|insurance|tarif|art|filiale|ciudad|tipo)(?:_|$)/u.test(
      name,
    )
  )
    return { type: 'category', role: 'attribute', values: ['a', 'b', 'c'] }
  if (
    /(?:^|_)(?:count|number|visits|calls|days|months|years|times|orders|logins|age|quantity|items|tickets|children|anzahl|dias|meses)(?:_|$)|^n_|^num_/u.test(
      name,
    )
  )
    return {
      type: 'integer',
      role: 'measure',
      minimum: 0,
      maximum: /months|meses/u.test(name) ? 240 : /days|dias/u.test(name) ? 720 : 60,
      typical: /months|meses/u.test(name) ? 24 : /days|dias/u.test(name) ? 45 : 4,
    }
  if (/(?:^|_)(?:rate|ratio|share|percent|pct|utili[sz]ation)(?:_|$)/u.test(name))
    return { type: 'number', role: 'measure', minimum: 0, maximum: 1, typical: 0.3, unit: 'ratio' }
  if (
    /\b(?:amount|income|salary|price|cost|charge|revenue|spend\w*|balance|value|debt|fee|premium|betrag|einkommen|importe|ingreso\w*)\b/u.test(
      words,
    )
  )
    return { type: 'number', role: 'measure', minimum: 0, maximum: 100_000, typical: 2400, unit: 'currency' }
  return { type: 'number', role: 'measure', minimum: 0, maximum: 100, typical: 35 }
}

const NOT_A_FEATURE =
  /(?:^|_)(?:id|uuid|key|target|label|outcome|date|timestamp|name|address|email|phone)$|^(?:id|label|target|outcome|date|time|timestamp|name)$/u

const protectedColumn = (name: string): Column | undefined =>
  PROTECTED.find(
    ({ column, words }) =>
      column.name === name || words.some((word) => normalise(word).replace(/[\s-]+/gu, '_') === name),
  )?.column

const listedColumns = (
  reading: Reading,
  domains: readonly Domain[],
  target: string,
): { columns: Column[]; span: Span | undefined } => {
  const known = new Map(
    domains.flatMap((domain) => domain.columns.map((column) => [column.name, column] as const)).reverse(),
  )
  for (const opener of findAll(reading, OPENER)) {
    if (isDenied(reading, opener)) continue
    const items = itemsOf(reading, opener.end, opener.sentence.end).filter(
      ({ name }) =>
        !/^(?:no|not|two|three|many|several|all|some|years?|months?|\d.*(?:years?|months?|rows|history).*)\b/u.test(
          name,
        ),
    )
    if (items.length < 3) continue
    const columns: Column[] = []
    for (const { name, span } of items) {
      const identifier = exactIdentifierOf(name, 'column')
      if (
        identifier === target ||
        NOT_A_FEATURE.test(identifier) ||
        columns.some((column) => column.name === identifier)
      )
        continue
      const found = protectedColumn(identifier) ?? known.get(identifier)
      const base = found
        ? { ...found }
        : { name: identifier, description: name.replace(/_/gu, ' '), nullable: true, ...guess(identifier, name) }
      const sentence = sentenceAt(reading, span.start)
      columns.push({
        ...base,
        name: base.name,
        quote: reading.text.slice(span.start, span.end),
        req: sentence?.id ?? 'REQ-001',
      })
    }
    if (columns.length >= 3)
      return { columns, span: { start: opener.start, end: items.at(-1)?.span.end ?? opener.end } }
  }
  return { columns: [], span: undefined }
}

const isNumeric = (column: Column): boolean =>
  column.role === 'measure' && (column.type === 'number' || column.type === 'integer')

const signalOf = (columns: readonly Column[], domain: Domain): Signal => {
  const names = new Set(columns.filter(({ role }) => role !== 'protected').map(({ name }) => name))
  const { lag, interaction, rule } = domain.signal
  if ([lag, ...interaction, rule.column].every((name) => names.has(name))) return domain.signal
  const measures = columns.filter(isNumeric).map(({ name }) => name)
  const others = columns
    .filter((column) => column.role !== 'protected' && !measures.includes(column.name))
    .map(({ name }) => name)
  const first = measures[0] ?? domain.signal.lag
  const second = measures[1] ?? first
  const thumb = measures[2] ?? first
  return {
    lag: first,
    interaction: [second, others[0] ?? measures[3] ?? first],
    rule: { column: thumb, direction: 'high', description: `look first at the highest ${thumb.replace(/_/gu, ' ')}` },
  }
}

export const readColumns = (
  reading: Reading,
  domain: Domain,
  domains: readonly Domain[],
  target: string,
  sources: readonly string[],
): ColumnFacts => {
  const { columns: listed, span } = listedColumns(reading, [domain, ...domains], target)
  const enough = listed.filter(isNumeric).length >= 3
  const added =
    listed.length === 0
      ? domain.columns
      : enough
        ? []
        : domain.columns.filter(
            (column) => column.role !== 'protected' && !listed.some(({ name }) => name === column.name),
          )
  const columns = [...listed, ...added].map((column): Column => {
    const { source, ...rest } = column
    const own =
      source !== undefined && sources.includes(source)
        ? source
        : sources.find((name) => source !== undefined && (name.startsWith(source) || source.startsWith(name)))
    const chosen = own ?? sources[0]
    return chosen ? { ...rest, source: chosen } : rest
  })
  return {
    columns,
    signal: signalOf(columns, domain),
    listed: span,
    assumption:
      listed.length === 0
        ? `data.columns: usual for ${domain.description}, because the text lists none; replace them by your own in spec.yaml`
        : enough
          ? 'data.columns: types, ranges and categories of the listed columns are guessed from their names'
          : `data.columns: the ${listed.length} listed columns are too few to train on alone; usual ones for ${domain.description} were added`,
  }
}
