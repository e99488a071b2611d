// Cities and countries that a text may bind data to, with the nearest region of each cloud inside the same country or union.
export interface Place {
  readonly name: string
  readonly timezone: string
  readonly aws: string
  readonly azure: string
  readonly gcp: string
  readonly words: readonly string[]
}

type Row = readonly [name: string, timezone: string, aws: string, azure: string, gcp: string, words: string]

// A leading ~ marks the nearest region where the cloud has none in the country itself: the user is then asked.
const ROWS: readonly Row[] = [
  ['Frankfurt', 'Europe/Berlin', 'eu-central-1', 'germanywestcentral', 'europe-west3', 'frankfurt'],
  ['Berlin', 'Europe/Berlin', 'eu-central-1', 'germanywestcentral', 'europe-west10', 'berlin'],
  [
    'Germany',
    'Europe/Berlin',
    'eu-central-1',
    'germanywestcentral',
    'europe-west3',
    'germany,german,deutschland,munich,munchen,hamburg,alemania',
  ],
  ['Ireland', 'Europe/Dublin', 'eu-west-1', 'northeurope', '~europe-west1', 'ireland,dublin,irland,irlanda'],
  [
    'Netherlands',
    'Europe/Amsterdam',
    '~eu-central-1',
    'westeurope',
    'europe-west4',
    'netherlands,amsterdam,holland,niederlande,paises bajos',
  ],
  ['Belgium', 'Europe/Brussels', '~eu-central-1', '~westeurope', 'europe-west1', 'belgium,brussels,belgien,belgica'],
  ['Paris', 'Europe/Paris', 'eu-west-3', 'francecentral', 'europe-west9', 'paris,france,frankreich,francia'],
  [
    'London',
    'Europe/London',
    'eu-west-2',
    'uksouth',
    'europe-west2',
    'london,united kingdom,the uk,uk,britain,england,londres',
  ],
  ['Stockholm', 'Europe/Stockholm', 'eu-north-1', 'swedencentral', 'europe-north2', 'stockholm,sweden,schweden,suecia'],
  ['Finland', 'Europe/Helsinki', '~eu-north-1', '~northeurope', 'europe-north1', 'finland,helsinki,finnland,finlandia'],
  [
    'Milan',
    'Europe/Rome',
    'eu-south-1',
    'italynorth',
    'europe-west8',
    'milan,italy,rome,italien,italia,mailand,milano',
  ],
  [
    'Madrid',
    'Europe/Madrid',
    'eu-south-2',
    'spaincentral',
    'europe-southwest1',
    'madrid,spain,barcelona,spanien,espana,aragon',
  ],
  [
    'Zurich',
    'Europe/Zurich',
    'eu-central-2',
    'switzerlandnorth',
    'europe-west6',
    'zurich,switzerland,schweiz,suiza,suisse,geneva,swiss',
  ],
  ['Warsaw', 'Europe/Warsaw', '~eu-central-1', 'polandcentral', 'europe-central2', 'warsaw,poland,polen,polonia'],
  [
    'the European Union',
    'Europe/Berlin',
    'eu-central-1',
    'germanywestcentral',
    'europe-west3',
    'european union,the eu,eu,europe,europa,eea,union europea',
  ],
  ['Virginia', 'America/New_York', 'us-east-1', 'eastus', 'us-east4', 'virginia'],
  ['Ohio', 'America/New_York', 'us-east-2', 'eastus2', 'us-east5', 'ohio'],
  ['Oregon', 'America/Los_Angeles', 'us-west-2', 'westus2', 'us-west1', 'oregon'],
  [
    'the United States',
    'America/New_York',
    'us-east-1',
    'eastus',
    'us-east4',
    'united states,usa,u.s.,the us,us soil,us territory,america,vereinigte staaten,estados unidos',
  ],
  ['Toronto', 'America/Toronto', 'ca-central-1', 'canadacentral', 'northamerica-northeast2', 'toronto,ontario'],
  [
    'Canada',
    'America/Toronto',
    'ca-central-1',
    'canadacentral',
    'northamerica-northeast1',
    'canada,montreal,quebec,kanada',
  ],
  [
    'Sao Paulo',
    'America/Sao_Paulo',
    'sa-east-1',
    'brazilsouth',
    'southamerica-east1',
    'sao paulo,brazil,brasil,brasilien',
  ],
  ['Mexico', 'America/Mexico_City', 'mx-central-1', 'mexicocentral', 'northamerica-south1', 'mexico,queretaro,mexiko'],
  [
    'Sydney',
    'Australia/Sydney',
    'ap-southeast-2',
    'australiaeast',
    'australia-southeast1',
    'sydney,australia,australien',
  ],
  ['Melbourne', 'Australia/Melbourne', 'ap-southeast-4', 'australiasoutheast', 'australia-southeast2', 'melbourne'],
  ['Tokyo', 'Asia/Tokyo', 'ap-northeast-1', 'japaneast', 'asia-northeast1', 'tokyo,japan,tokio'],
  ['Osaka', 'Asia/Tokyo', 'ap-northeast-3', 'japanwest', 'asia-northeast2', 'osaka'],
  ['Seoul', 'Asia/Seoul', 'ap-northeast-2', 'koreacentral', 'asia-northeast3', 'seoul,south korea,korea'],
  ['Mumbai', 'Asia/Kolkata', 'ap-south-1', 'centralindia', 'asia-south1', 'mumbai,india,indien,pune'],
  ['Hyderabad', 'Asia/Kolkata', 'ap-south-2', 'centralindia', 'asia-south1', 'hyderabad'],
  ['Singapore', 'Asia/Singapore', 'ap-southeast-1', 'southeastasia', 'asia-southeast1', 'singapore,singapur'],
  ['Jakarta', 'Asia/Jakarta', 'ap-southeast-3', 'indonesiacentral', 'asia-southeast2', 'jakarta,indonesia'],
  ['Hong Kong', 'Asia/Hong_Kong', 'ap-east-1', 'eastasia', 'asia-east2', 'hong kong'],
  [
    'South Africa',
    'Africa/Johannesburg',
    'af-south-1',
    'southafricanorth',
    'africa-south1',
    'south africa,cape town,johannesburg,sudafrika,sudafrica',
  ],
  ['Israel', 'Asia/Jerusalem', 'il-central-1', 'israelcentral', 'me-west1', 'israel,tel aviv'],
  [
    'the United Arab Emirates',
    'Asia/Dubai',
    'me-central-1',
    'uaenorth',
    '~me-central1',
    'united arab emirates,uae,dubai,abu dhabi',
  ],
] // prettier-ignore

export const PLACES: readonly Place[] = ROWS.map(([name, timezone, aws, azure, gcp, words]) => ({
  name,
  timezone,
  aws,
  azure,
  gcp,
  words: words.split(','),
}))

/** Which country or union a place lies in, where it has a row of its own. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  'the European Union': [
    'Frankfurt',
    'Berlin',
    'Germany',
    'Ireland',
    'Netherlands',
    'Belgium',
    'Paris',
    'Stockholm',
    'Finland',
    'Milan',
    'Madrid',
    'Warsaw',
  ],
  Germany: ['Frankfurt', 'Berlin'],
  'the United States': ['Virginia', 'Ohio', 'Oregon'],
  Canada: ['Toronto'],
  Sydney: ['Melbourne'],
  Tokyo: ['Osaka'],
  Mumbai: ['Hyderabad'],
} // prettier-ignore

const holds = (outer: Place, inner: Place): boolean =>
  outer.name === inner.name || (WITHIN[outer.name] ?? []).includes(inner.name)

/** False where data cannot lie in both, e.g. Frankfurt and Ohio; true for Frankfurt and the European Union. */
export const agree = (a: Place, b: Place): boolean => holds(a, b) || holds(b, a)

/** True where a region of AWS lies in the place, or where no place is known to have it. */
export const regionAgrees = (region: string, place: Place): boolean => {
  const homes = PLACES.filter(({ aws }) => aws === region)
  return homes.length === 0 || homes.some((home) => agree(home, place))
}

/** Used where the text binds the data to no place. */
export const DEFAULT_REGIONS: Readonly<Record<string, string>> = {
  aws: 'eu-central-1',
  azure: 'germanywestcentral',
  gcp: 'europe-west3',
  'multi-cloud': 'eu-central-1',
}

/** `inside` is false where the cloud has no region in the place itself and the nearest one is given. */
export const regionOf = (place: Place | undefined, cloud: string): { region: string; inside: boolean } => {
  if (!place) return { region: DEFAULT_REGIONS[cloud] ?? 'eu-central-1', inside: true }
  const cell = cloud === 'azure' ? place.azure : cloud === 'gcp' ? place.gcp : place.aws
  return { region: cell.replace('~', ''), inside: !cell.startsWith('~') }
}
