// Law, region, protected attributes and retention.
import type { Fact } from '../spec/facts.js'
import type { Column, FullSpec } from '../spec/schema.js'
import { type Conflict, conflictsAbout } from './conflicts.js'
import type { Domain } from './domain.js'
import { findDurations } from './numbers.js'
import { findMentions, findPhrases } from './phrases.js'
import { regionOf } from './places.js'
import { PROTECTED } from './protected.js'
import {
  assumed,
  findAll,
  type Match,
  normOf,
  quoteOf,
  type Reading,
  type Span,
  sentenceAt,
  spanning,
  stated,
} from './reading.js'
import { namedRegions, type readResidency, regionConflicts } from './residency.js'

type Compliance = FullSpec['compliance']

const LAWS: readonly [string, readonly string[]][] = [
  ['GDPR', ['gdpr', 'dsgvo', 'rgpd', 'general data protection regulation', 'datenschutzgrundverordnung']],
  ['EU AI Act', ['ai act', 'eu ai act', 'ki-verordnung']],
  ['ECOA', ['ecoa', 'equal credit opportunity act', 'reg b', 'regulation b']],
  ['FCRA', ['fcra', 'fair credit reporting act']],
  ['fair lending', ['fair lending', 'fair-lending']],
  ['HIPAA', ['hipaa']],
  ['CCPA', ['ccpa', 'cpra', 'california consumer privacy act']],
  ['LGPD', ['lgpd']],
  ['PIPEDA', ['pipeda']],
  ['UK Equality Act', ['equality act']],
  ['PCI DSS', ['pci dss', 'pci-dss', 'pci']],
  ['Basel', ['basel iii', 'basel ii', 'basel']],
  ['SR 11-7', ['sr 11-7', 'sr11-7']],
  ['SOX', ['sarbanes-oxley', 'sox']],
  ['SOC 2', ['soc 2', 'soc2']],
  ['works council agreement', ['works council', 'betriebsrat', 'betriebsrats']],
]

/** Laws named side by side are quoted together, otherwise the first one is. */
const lawSpan = (named: readonly Match[]): Span => {
  const all = spanning(...named)
  return all.end - all.start <= 60 ? all : (named[0] ?? all)
}

const regulation = (reading: Reading): Fact<string[]> => {
  const found = LAWS.flatMap(([law, words]) =>
    findPhrases(reading, words)
      .slice(0, 1)
      .map((match) => ({ law, match })),
  ).sort((a, b) => a.match.start - b.match.start)
  const first = found[0]
  if (!first) return assumed([], 'the text names no law')
  const near = found.filter(({ match }) => match.sentence.id === first.match.sentence.id).map(({ match }) => match)
  return stated(
    reading,
    lawSpan(near),
    found.map(({ law }) => law),
  )
}

const FAIR =
  /\b(?:protected|influence\w*|no effect|make (?:a |no |any )?difference|keine rolle|discriminat\w*|fair\w*|bias\w*|equal\w*|must not (?:influence|affect|depend)|not (?:be )?(?:used|depend|influence)|sensitive|diskrimin\w*|fairness|discrimin\w*|proteg\w*|ecoa|treat\w*|disadvantag\w*|regardless|irrespective|benachteilig\w*)\b/u

export interface ProtectedFacts {
  readonly attributes: Fact<string[]>
  /** Columns with protected ones marked, and those that only the text names added. */
  readonly columns: Column[]
}

/** Attributes named beside words of fairness; else those that the columns hold already. A denied use ("age must not be used") protects too. */
export const readProtected = (reading: Reading, columns: readonly Column[]): ProtectedFacts => {
  const named = PROTECTED.flatMap(({ column, words }) => {
    const match = words
      .flatMap((word) => findMentions(reading, word))
      .filter(
        ({ sentence, start }) =>
          FAIR.test(normOf(reading, sentence)) &&
          !/\b(?:average|of|under the|account|data)\s+$/u.test(reading.norm.slice(sentence.start, start).slice(-14)),
      )
      .sort((a, b) => a.start - b.start)[0]
    return match ? [{ column, match }] : []
  })
  const first = named[0]
  if (!first) {
    const own = columns.filter(({ role }) => role === 'protected').map(({ name }) => name)
    return {
      attributes: assumed(
        own,
        own.length > 0
          ? 'the data hold them; they serve fairness checks and are no inputs of the model'
          : 'neither the text nor the columns name any',
      ),
      columns: [...columns],
    }
  }
  const names = new Set(named.map(({ column }) => column.name))
  const marked = columns.map((column): Column => (names.has(column.name) ? { ...column, role: 'protected' } : column))
  const source = columns[0]?.source
  const missing = named
    .filter(({ column }) => !columns.some(({ name }) => name === column.name))
    .map(({ column }): Column => ({ ...column, ...(source ? { source } : {}) }))
  const near = named.filter(({ match }) => match.sentence.id === first.match.sentence.id).map(({ match }) => match)
  const all = [...marked, ...missing]
  const also = all.filter(({ role, name }) => role === 'protected' && !names.has(name)).map(({ name }) => name)
  return {
    attributes: stated(
      reading,
      spanning(...near),
      [...names, ...also],
      also.length > 0 ? `${also.join(', ')} added: the data usually hold them` : undefined,
    ),
    columns: all,
  }
}

const KEEPING =
  /\b(?:keep|kept|retain\w*|retention|delet\w+|eras\w+|purg\w+|destroy\w*|aufbewahr\w*|gelosch\w*|losch\w*|conserv\w*|borrar|borrad\w*|borran|elimin\w*)\b/u

const retention = (reading: Reading): Fact<number> => {
  const found = findDurations(reading).find(({ start }) => {
    const sentence = sentenceAt(reading, start)
    return (
      sentence !== undefined &&
      KEEPING.test(normOf(reading, sentence)) &&
      !/\b(?:next|within the next|history)\b/u.test(reading.norm.slice(Math.max(sentence.start, start - 20), start))
    )
  })
  return found
    ? stated(reading, found, found.days)
    : assumed(730, 'two years; the text names no time after which data are deleted')
}

const PERSONAL =
  /\b(?:personal (?:data|information)|personally|pii|gdpr|dsgvo|hipaa|ccpa|lgpd|personenbezogen\w*|datos personales|donnees personnelles|privacy|phi|medical records?|patient data)\b/u
const PERSONS = new Set(
  'subscriber customer member user patient applicant borrower employee student nurse volunteer donor shopper person visitor prospect lead trial tenant passenger driver policyholder guest citizen pupil account household appointment application loan'.split(
    ' ',
  ),
)

export interface ComplianceFacts {
  readonly compliance: Compliance
  /** Set where the cloud has no region in the place that the text binds the data to. */
  readonly outside: string | undefined
  readonly conflicts: readonly Conflict[]
}

/** "Without personal data"; "no personal data leaves Frankfurt" says that there are some. */
const saysNone = (reading: Reading, named: Match): boolean =>
  /\b(?:no|not|without|kein\w*|anonymi[sz]ed)\s+(?:\w+\s+)?$/u.test(
    reading.norm.slice(named.sentence.start, named.start),
  ) &&
  !/^[^.;]{0,60}\b(?:leav\w+|outside|cross\w*|sent|transferr\w+|shared|shown|exposed|verl\w+|salir)\b/u.test(
    reading.norm.slice(named.end, named.sentence.end),
  )

/** Names of laws are left out: a law may be named for other reasons. */
const personalConflicts = (reading: Reading): Conflict[] => {
  const named = findAll(
    reading,
    /\b(?:personal (?:data|information)|pii|personenbezogene\w* daten|datos personales)\b/u,
  )
  const statements = named.map((match) => ({ start: match.start, end: match.end, value: !saysNone(reading, match) }))
  return conflictsAbout('compliance.personal_data', statements, 'the careful choice', true)
}

export const readCompliance = (
  reading: Reading,
  parts: {
    residency: ReturnType<typeof readResidency>
    attributes: Fact<string[]>
    cloud: string
    entity: string
    domain: Domain
  },
): ComplianceFacts => {
  const { residency, attributes, cloud, entity, domain } = parts
  const { region, inside } = regionOf(residency?.place, cloud)
  const named = findAll(reading, PERSONAL)[0]
  const denied = named && saysNone(reading, named)
  const personal = PERSONS.has(entity) || domain.personal_data
  const conflicts = cloud === 'aws' || cloud === 'multi-cloud' ? regionConflicts(reading, residency, cloud) : []
  // A law about where data lie outweighs the name of a region.
  const explicit = cloud === 'aws' && conflicts.length === 0 ? namedRegions(reading)[0] : undefined
  return {
    compliance: {
      residency: residency
        ? stated<string | null>(reading, residency.match, quoteOf(reading, residency.match).replace(/^the /iu, ''))
        : assumed<string | null>(null, 'the text binds the data to no place'),
      region: explicit
        ? stated(reading, explicit, normOf(reading, explicit))
        : residency
          ? stated(
              reading,
              residency.match,
              region,
              `${inside ? 'region' : 'nearest region'} of ${cloud} for ${residency.place.name}`,
            )
          : assumed(region, 'the text binds the data to no place'),
      personal_data: named
        ? stated(reading, named, !denied)
        : assumed(
            personal,
            personal ? `data about each ${entity} are personal data` : `data about each ${entity} name no person`,
          ),
      protected_attributes: attributes,
      regulation: regulation(reading),
      retention_days: retention(reading),
    },
    conflicts: [...conflicts, ...personalConflicts(reading)],
    outside:
      residency && !inside
        ? `${cloud} has no region in ${residency.place.name}; ${region} is the nearest. May the data lie there?`
        : undefined,
  }
}
