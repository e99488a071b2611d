// Where the data come from: systems, tables, rhythm.
import type { FullSpec } from '../spec/schema.js'
import { findPhrases } from './phrases.js'
import { findAll, type Match, normOf, origin, type Reading, type Sentence, type Span, spanning } from './reading.js'
import { cadenceWithin } from './schedule.js'
import { identifierOf, slugOf } from './words.js'

export type Source = FullSpec['data']['sources'][number]

/** System name, and the words for it; the first of a sentence is the one that its tables lie in. */
const SYSTEMS: readonly [string, readonly string[]][] = [
  ['s3', ['s3', 'amazon s3']],
  ['gcs', ['gcs', 'google cloud storage', 'cloud storage']],
  ['azure-blob', ['azure blob', 'blob storage', 'azure blob storage', 'adls', 'data lake storage']],
  ['postgres', ['postgres', 'postgresql', 'pg database']],
  ['mysql', ['mysql', 'mariadb']],
  ['oracle', ['oracle']],
  ['sqlserver', ['sql server', 'mssql', 'ms sql']],
  ['mongodb', ['mongodb', 'mongo']],
  ['snowflake', ['snowflake']],
  ['bigquery', ['bigquery', 'big query']],
  ['redshift', ['redshift']],
  ['databricks', ['databricks', 'delta lake', 'delta tables']],
  ['kafka', ['kafka']],
  ['kinesis', ['kinesis']],
  ['pubsub', ['pub/sub', 'pubsub']],
  ['sftp', ['sftp', 'ftp server']],
  ['salesforce', ['salesforce']],
  ['hubspot', ['hubspot']],
  ['sap', ['sap']],
  ['csv', ['csv', 'csv file', 'csv export', 'csv-datei*']],
  ['parquet', ['parquet']],
  ['excel', ['excel', 'excel file', 'spreadsheet', 'xlsx']],
  [
    'warehouse',
    ['data warehouse', 'warehouse', 'dwh', 'datenbank', 'almacen de datos', 'base de datos', 'entrepot de donnees'],
  ],
  ['data-lake', ['data lake', 'lakehouse']],
  [
    'ehr',
    ['ehr', 'electronic health record', 'epic', 'hospital information system', 'practice system', 'practice software'],
  ],
  ['crm', ['crm']],
  ['erp', ['erp']],
  ['historian', ['historian', 'scada', 'opc ua', 'mqtt']],
  ['database', ['database', 'sql database']],
]

/** Only a sentence that speaks of data coming from somewhere makes a system a source: "we send the list to Salesforce" does not. */
const GIVING =
  /\b(?:data|tables?|logs?|records?|history|files?|exports?|extracts?|readings?|events?|transactions?|land(?:s|ed)?|arriv\w+|stored|sits?|lies?|live[sd]?|come[sn]?|coming|from|in|source\w*|fed|feeds?|columns?|daten|tabellen?|liegen|kommen|datos|tablas?|historial|en|im|aus|dans|estan|donnees|have|hold\w*|kept|got|dump\w*|writ\w+|database|warehouse)\b/u
const TAKING =
  /(?:\b(?:send|push|deliver|publish|mail|forward)\w*(?: [\p{L}-]+){0,4} (?:to|into|in|as)|\bwork\w* (?:from|with|in)|\b(?:scores?|results?|lists?|predictions?|outputs?|reports?|alerts?|rankings?)\b[^.;]{0,30}?\b(?:to|into|in|as|from))\s+(?:(?:the|a|an|our)\s+)?(?:[\p{L}]+\s+)?$/u
const TABLE_WORD =
  '(?:tables?|data|logs?|records?|feeds?|files?|exports?|extracts?|readings?|events?|histor(?:y|ies)|topics?|tabellen|daten|tablas|datos)'
const NAME = '[\\p{L}][\\p{L}-]*'
/** "billing and usage tables", "a, b and c data"; a list without "and" is more likely the end of another thought. */
const SUBJECT = new RegExp(
  `(?<![\\p{L}/-])(${NAME}(?:(?:\\s*,\\s*${NAME})*\\s*,?\\s+(?:and|und|y|et|&)\\s+${NAME})?)\\s+${TABLE_WORD}(?![\\p{L}])`,
  'u',
)
/** German writes "Sensordaten", "Kundentabellen". */
const COMPOUND = /(?<![\p{L}])([\p{L}]{4,}?)s?(?:daten|tabellen)(?![\p{L}])/u
const NOT_A_SUBJECT = new Set(
  'the our all their these those some any which what its your his her raw daily weekly nightly hourly historical historic past personal sensitive training demonstration live test sample new old few in of from with on to for by use we have has and or are is as at stored following die der das unsere los las nuestros no such this that more other source input open public customer-level csv excel parquet log sensor-level and/or tabular structured labelled labeled real clean enough good into'.split(
    ' ',
  ),
)

interface Subject {
  readonly name: string
  readonly span: Span
}

const SYSTEM_NAMES: ReadonlySet<string> = new Set(SYSTEMS.flatMap(([, words]) => words))

const subjectsOf = (reading: Reading, sentence: Span): Subject[] => {
  const lists = findAll(reading, SUBJECT, sentence).flatMap((match) =>
    (match.groups[0] ?? '')
      .split(/\s*,\s*(?:and\s+)?|\s+(?:and|und|y|et|&)\s+/u)
      .map((name) => ({ name, span: match })),
  )
  const compounds = findAll(reading, COMPOUND, sentence).map((match) => ({ name: match.groups[0] ?? '', span: match }))
  return [...lists, ...compounds].filter(
    // A short system name such as CRM may well name the tables; "Postgres data" names nothing.
    ({ name }) => name.length > 2 && !NOT_A_SUBJECT.has(name) && (name.length <= 3 || !SYSTEM_NAMES.has(name)),
  )
}

interface Mention {
  readonly system: string
  readonly match: Match
}

/** Says how the data are written or kept, not where they are; drops out beside a place. */
const VAGUE = new Set(['csv', 'parquet', 'excel', 'database', 'warehouse', 'data-lake', 'crm', 'erp'])
const COPIED =
  /\b(?:copied|replicated|exported|dumped|synced|mirrored|loaded|unloaded|streamed|written|archived)\s+(?:\w+\s+)?(?:to|into|on|in|onto)\s+(?:an? |the |our )?$/u

/** Systems of one sentence; where data are copied on, only the place they are copied to is read. */
const systemsOf = (reading: Reading, sentence: Sentence, mentions: readonly Mention[]): Mention[] => {
  if (mentions.length === 0 || !GIVING.test(normOf(reading, sentence))) return []
  const all = mentions
    .filter(({ match }) => !TAKING.test(reading.norm.slice(sentence.start, match.start)))
    .sort((a, b) => a.match.start - b.match.start || b.match.end - a.match.end)
    .filter(({ match }, index, list) => !list.slice(0, index).some((earlier) => match.start < earlier.match.end))
  const places = all.filter(({ system }) => !VAGUE.has(system))
  const kept = places.length > 0 ? places : all
  const copied = kept.findIndex(({ match }) => COPIED.test(reading.norm.slice(sentence.start, match.start)))
  return copied > 0 &&
    !/\b(?:and|plus|while)\b[^,]*$/u.test(
      normOf(reading, { start: kept[0]?.match.end ?? 0, end: kept[copied]?.match.start ?? 0 }),
    )
    ? kept.slice(copied)
    : kept
}

/** The system that a table lies in: the next one after it, else the last one before. */
const homeOf = (subject: Subject, systems: readonly Mention[]): Mention | undefined =>
  systems.find(({ match }) => match.start >= subject.span.end) ?? systems.at(-1)

const LOCATION = /^\b(?:s3|gs|abfss?|wasbs?):\/\/[^\s,;)]+/u

export const readSources = (reading: Reading): Source[] => {
  const sources: Source[] = []
  const add = (name: string, system: string, span: Span, sentence: Span): Source | undefined => {
    const unique = identifierOf(name, 'source', 3)
    if (sources.some((source) => source.name === unique)) return undefined
    const cadence = cadenceWithin(reading, sentence)
    const source: Source = {
      name: unique,
      system,
      ...(cadence ? { cadence: cadence.value } : {}),
      ...origin(reading, span),
    }
    sources.push(source)
    return source
  }
  // The whole text is searched once, not once for each sentence.
  const mentioned = new Map<string, Mention[]>()
  for (const [system, words] of SYSTEMS)
    for (const match of findPhrases(reading, words))
      mentioned.set(match.sentence.id, [...(mentioned.get(match.sentence.id) ?? []), { system, match }])
  for (const sentence of reading.sentences) {
    const systems = systemsOf(reading, sentence, mentioned.get(sentence.id) ?? [])
    const inside = (span: Span): boolean =>
      systems.some(({ match }) => match.start < span.end && span.start < match.end)
    const subjects = subjectsOf(reading, sentence)
    const homes = subjects.map((subject) => ({ subject, home: homeOf(subject, systems) }))
    for (const { subject, home } of homes)
      if (home && !(inside(subject.span) && SYSTEM_NAMES.has(subject.name)))
        add(subject.name, home.system, spanning(subject.span, home.match), sentence)
    for (const mention of systems) {
      const taken = homes.some(({ home }) => home?.system === mention.system)
      const own = taken
        ? sources.find(({ system }) => system === mention.system)
        : add(slugOf(mention.system, '_'), mention.system, mention.match, sentence)
      const location = LOCATION.exec(reading.text.slice(mention.match.start, sentence.end))
      const place = own ?? sources.find(({ system }) => system === mention.system)
      if (location && place) place.location = location[0].replace(/[.]$/u, '')
    }
  }
  if (sources.length > 0) return sources
  // Tables named without a system: "billing and usage tables arrive every night".
  for (const sentence of reading.sentences)
    for (const { name, span } of subjectsOf(reading, sentence))
      if (
        /(?:tables?|logs?|files?|exports?|extracts?|readings?|feeds?|tabellen|tablas|daten)$/u.test(
          normOf(reading, span),
        )
      )
        add(name, 'files', span, sentence)
  return sources
}
