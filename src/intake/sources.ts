// Where the data come from: systems, tables, rhythm.
import type { Spec } from '../spec/schema.js'
import { findPhrases } from './phrases.js'
import { findAll, type Match, origin, type Reading, type Span, spanning } from './reading.js'
import { cadenceWithin } from './schedule.js'
import { identifierOf, slugOf } from './words.js'

export type Source = Spec['data']['sources'][number]

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
  /\b(?:data|tables?|logs?|records?|history|files?|exports?|extracts?|readings?|events?|transactions?|land(?:s|ed)?|arriv\w+|stored|sits?|lies?|live[sd]?|come[sn]?|coming|from|in|source\w*|fed|feeds?|columns?|daten|tabellen?|liegen|kommen|datos|tablas?|estan|donnees|have|hold\w*|kept|dump\w*|database|warehouse)\b/u
const TAKING =
  /(?:\b(?:into|write\w*(?: \w+){0,3} to|send\w*(?: \w+){0,4} to|push\w*(?: \w+){0,3} to|deliver\w*(?: \w+){0,3} (?:to|as|in)|as an?|export\w* to|results? (?:in|to|into)|list (?:in|as|into|to)|scores? (?:in|as|into|to)|output (?:in|as|to)|publish\w*(?: \w+){0,3} to|returned? (?:as|in)|alerts? (?:in|to))\s+(?:(?:the|a|an|our)\s+)?(?:[\p{L}]+\s+)?)$/u
const TABLE_WORD =
  '(?:tables?|data|logs?|records?|feeds?|files?|exports?|extracts?|readings?|events?|histor(?:y|ies)|topics?|tabellen|daten|tablas|datos|tables)'
const SUBJECT = new RegExp(
  `\\b((?:[\\p{L}][\\p{L}-]*)(?:(?:\\s*,\\s*|\\s+and\\s+|\\s*,?\\s+und\\s+|\\s+y\\s+|\\s*&\\s*)(?:[\\p{L}][\\p{L}-]*)){0,5})\\s+${TABLE_WORD}\\b`,
  'u',
)
const NOT_A_SUBJECT = new Set(
  'the our all their these those some any which what its your his her raw daily weekly nightly hourly historical historic past personal sensitive training demonstration live test sample new old few in of from with on to for by use we have has and or are is as at stored following die der das unsere los las nuestros no such this that more other source input open public customer-level csv excel parquet log sensor-level and/or tabular structured labelled labeled real clean enough good into'.split(
    ' ',
  ),
)

const subjects = (reading: Reading, sentence: Span): { name: string; span: Span }[] =>
  findAll(reading, SUBJECT, sentence).flatMap((match) => {
    const list = match.groups[0] ?? ''
    const parts = list.split(/\s*,\s*(?:and\s+)?|\s+and\s+|\s+und\s+|\s+y\s+|\s*&\s*/u).filter((part) => part !== '')
    return parts
      .filter((part) => !NOT_A_SUBJECT.has(part) && part.length > 2)
      .map((part) => ({ name: part, span: match }))
  })

const systemsOf = (reading: Reading): { system: string; match: Match }[] => {
  const all = SYSTEMS.flatMap(([system, words]) => findPhrases(reading, words).map((match) => ({ system, match })))
    .filter(({ match }) => {
      const before = reading.norm.slice(match.sentence.start, match.start)
      return !TAKING.test(before) && GIVING.test(reading.norm.slice(match.sentence.start, match.sentence.end))
    })
    .sort((a, b) => a.match.start - b.match.start || b.match.end - a.match.end)
  // "CSV exports from our data warehouse": overlapping words are one mention.
  return all.filter(({ match }, index) => !all.slice(0, index).some((earlier) => match.start < earlier.match.end))
}

export const readSources = (reading: Reading): Source[] => {
  const sources: Source[] = []
  const add = (name: string, system: string, span: Span, sentence: Span): void => {
    const unique = identifierOf(name, 'source', 3)
    if (sources.some((source) => source.name === unique)) return
    const cadence = cadenceWithin(reading, sentence)
    sources.push({ name: unique, system, ...(cadence ? { cadence: cadence.value } : {}), ...origin(reading, span) })
  }
  for (const { system, match } of systemsOf(reading)) {
    const named = subjects(reading, match.sentence).filter(({ span }) => span.start < match.end + 60)
    const uri = /\b(?:s3|gs|abfss?|wasbs?):\/\/[^\s,;)]+/u.exec(reading.text.slice(match.start, match.sentence.end))
    if (named.length === 0) add(slugOf(system, '_'), system, match, match.sentence)
    for (const { name, span } of named) add(name, system, spanning(span, match), match.sentence)
    const last = sources.at(-1)
    if (uri?.index === 0 && last) last.location = uri[0].replace(/[.]$/u, '')
  }
  if (sources.length > 0) return sources
  // Tables named without a system: "billing and usage tables arrive every night".
  for (const sentence of reading.sentences)
    for (const { name, span } of subjects(reading, sentence))
      if (
        /\b(?:tables?|logs?|files?|exports?|extracts?|readings?|feeds?|tabellen|tablas)$/u.test(
          reading.norm.slice(span.start, span.end),
        )
      )
        add(name, 'files', span, sentence)
  return sources
}
