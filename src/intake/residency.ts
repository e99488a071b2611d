// Where data may lie: places that the text binds them to, regions that it names, and whether these agree.
import { type Conflict, conflictsAbout } from './conflicts.js'
import { findMentions, isDenied } from './phrases.js'
import { agree, PLACES, type Place, regionAgrees, regionOf } from './places.js'
import { findAll, type Match, normOf, type Reading } from './reading.js'

const BOUND =
  /\b(?:stay\w*|remain\w*|resid\w+|kept|keep|leave[sd]?|hosted|stored|locali[sz]\w+|within|inside|must be in|only in|never outside|not outside|not cross|sovereign\w*|data cent(?:er|re)s?|bleiben|bleibt|verlassen|verbleib\w*|gespeichert|permanec\w*|salir|quedar\w*|quedan|restent|rester|hebergees?|region)\b/u
const DATA =
  /\b(?:data|host\w*|servers?|records?|personal|information|it|everything|files?|tables?|daten|datos|donnees|privacy|residency|gdpr|patient\w*)\b/u

/** "Must never be stored in the US" says where data may not lie; "must never leave the EU" says where they lie. */
const LEAVING =
  /\b(?:leav\w+|left|outside|out of|exit\w*|cross\w*|other than|verlassen|ausserhalb|salir|fuera|quitt\w+)\b/u

/** Words that bind data to a place. */
export interface Bound {
  readonly place: Place
  readonly match: Match
}

/** A place counts only in a sentence that binds data to it; "our shops in Paris" binds nothing. */
const boundPlaces = (reading: Reading): Bound[] =>
  PLACES.flatMap((place) =>
    place.words.flatMap((word) => findMentions(reading, word).map((match) => ({ place, match }))),
  )
    .filter(({ match }) => {
      const sentence = normOf(reading, match.sentence)
      // "us" is a pronoun far more often than a country.
      if (
        /^(?:us|the us)$/u.test(normOf(reading, match)) &&
        !/\bUS\b/u.test(reading.text.slice(match.start, match.end + 1))
      )
        return false
      const before = reading.norm.slice(match.sentence.start, match.start)
      if (isDenied(reading, match) && !LEAVING.test(sentence)) return false
      // The "eu" of eu-central-1 is a region, not a place.
      if (/^-\p{L}/u.test(reading.norm.slice(match.end, match.end + 2))) return false
      const lies =
        /\b(?:data|daten|datos|donnees|records|servers?|hosting|hosted|gehostet)\s+(?:(?:must|should|may|only|is|are|be|lie|lies|sit|sits)\s+){0,3}in\s+(?:the\s+)?$/u.test(
          before,
        )
      const labelled = /\b(?:region|residency|location|data in|standort)\s*[:=]\s*$/u.test(before)
      return lies || labelled || (BOUND.test(sentence) && DATA.test(sentence))
    })
    .sort((a, b) => a.match.start - b.match.start || b.match.end - b.match.start - (a.match.end - a.match.start))

export const readResidency = (reading: Reading): Bound | undefined => {
  const found = boundPlaces(reading)
  // A city says more than the country or union that it lies in.
  const narrow = found.filter(({ place }) => place.name !== 'the European Union')
  return (narrow.length > 0 ? narrow : found)[0]
}

export const namedRegions = (reading: Reading): Match[] =>
  findAll(
    reading,
    /\b(?:eu|us|ap|ca|sa|af|me|il|mx)-(?:central|north|south|east|west|northeast|southeast|northwest|southwest)-\d\b/u,
  )

// Where copies lie, or where another team's things lie, does not say where this platform runs.
const ELSEWHERE =
  /\b(?:back-?ups?|recovery|dr|replicas?|replicat\w+|secondary|second|failover|fail-over|standby|mirror\w*|copy|copies|archiv\w+|also|previously|formerly|old|legacy)\b/u
const STRICT =
  /\b(?:stay\w*|remain\w*|resid\w+|leav\w+|hosted|stored|kept|must be in|only in|never|bleiben|bleibt|verlassen|gespeichert)\b/u

/** Regions and places that cannot both hold, each in a sentence of its own. */
export const regionConflicts = (reading: Reading, residency: Bound | undefined, cloud: string): Conflict[] => {
  const plain = (match: Match): boolean => !ELSEWHERE.test(normOf(reading, match.sentence)) && !isDenied(reading, match)
  const regions = namedRegions(reading).filter(plain)
  const home = residency?.place
  const statement = ({ start, end }: Match, value: string) => ({ start, end, value })
  if (residency && home) {
    const places = boundPlaces(reading).filter(
      ({ place, match }) =>
        !agree(place, home) &&
        match.sentence !== residency.match.sentence &&
        STRICT.test(normOf(reading, match.sentence)) &&
        !ELSEWHERE.test(normOf(reading, match.sentence)),
    )
    const strangers = regions.filter((match) => !regionAgrees(normOf(reading, match), home))
    return conflictsAbout(
      'compliance.region',
      [
        statement(residency.match, regionOf(home, cloud).region),
        ...places.map(({ place, match }) => statement(match, regionOf(place, cloud).region)),
        ...strangers.map((match) => statement(match, normOf(reading, match))),
      ],
      'it is the first place that the text binds the data to',
    )
  }
  const [first, ...others] = regions
  return first
    ? conflictsAbout(
        'compliance.region',
        [first, ...others.filter(({ sentence }) => sentence !== first.sentence)].map((match) =>
          statement(match, normOf(reading, match)),
        ),
        'the first region that the text names',
      )
    : []
}
