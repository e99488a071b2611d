// English inflection and identifiers, as far as names of a project need them.
import { normalise } from './reading.js'

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  wives: 'wife',
  lives: 'life',
  data: 'data',
  series: 'series',
  analyses: 'analysis',
  diagnoses: 'diagnosis',
  indices: 'index',
  criteria: 'criterion',
  news: 'news',
  status: 'status',
  buses: 'bus',
  gas: 'gas',
  movies: 'movie',
  cookies: 'cookie',
  ties: 'tie',
} // prettier-ignore
const PLURALS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(IRREGULAR).map(([plural, singular]) => [singular, plural]),
)

export const singularOf = (word: string): string => {
  const irregular = IRREGULAR[word]
  if (irregular) return irregular
  if (/[^aeiou]ies$/u.test(word)) return `${word.slice(0, -3)}y`
  if (/(?:ss|x|z|ch|sh)es$/u.test(word)) return word.slice(0, -2)
  if (/(?:us|ss|is)$/u.test(word) || !word.endsWith('s') || word.length < 4) return word
  return word.slice(0, -1)
}

export const pluralOf = (word: string): string => {
  const irregular = PLURALS[word]
  if (irregular) return irregular
  if (/[^aeiou]y$/u.test(word)) return `${word.slice(0, -1)}ies`
  if (/(?:s|x|z|ch|sh)$/u.test(word)) return `${word}es`
  return `${word}s`
}

/** The plain form of an English verb in the third person: "cancels" -> "cancel", "misses" -> "miss". */
export const plainVerb = (word: string): string => {
  if (word === 'is' || word === 'are') return 'be'
  if (word === 'has') return 'have'
  if (word === 'does' || word === 'goes') return word.slice(0, 2)
  return singularOf(word)
}

const FILLER = new Set(
  'a an the their his her its our your my this that these those any some of to up_to us'.split(' '),
)

/** Words of a phrase joined for an identifier; articles and possessives left out, at most `most` words. */
export const slugOf = (phrase: string, separator: '_' | '-', most = 4): string =>
  normalise(phrase)
    .replace(/[^a-z0-9]+/gu, ' ')
    .trim()
    .split(' ')
    .filter((word) => word !== '' && !FILLER.has(word))
    .slice(0, most)
    .join(separator)

/** A legal identifier of at most 48 characters; `fallback` where nothing legal is left, e.g. for a script without Latin letters. */
export const identifierOf = (phrase: string, fallback: string, most = 4): string => {
  const slug = slugOf(phrase, '_', most).slice(0, 48).replace(/_+$/u, '')
  if (slug === '') return fallback
  return /^[a-z]/u.test(slug) ? slug : `x_${slug}`.slice(0, 48)
}

/** The same with every word kept: the name of a column that the text lists has to match the data. */
export const exactIdentifierOf = (phrase: string, fallback: string): string => {
  const slug = normalise(phrase)
    .replace(/[^a-z0-9]+/gu, '_')
    .replace(/^_+|_+$/gu, '')
    .slice(0, 46)
    .replace(/_+$/u, '')
  if (slug === '') return fallback
  return /^[a-z]/u.test(slug) ? slug : `x_${slug}`
}

/** A name that is legal as folder, package, image and chart: kebab-case, 2 to 24 characters, starting with a letter. */
export const projectNameOf = (parts: readonly string[], fallback: string): string => {
  const slug = parts
    .map((part) => slugOf(part, '-'))
    .filter((part) => part !== '')
    .join('-')
    .replace(/^[^a-z]+/u, '')
  const cut =
    slug.length <= 24
      ? slug
      : slug
          .slice(0, 25)
          .replace(/-[^-]*$/u, '')
          .slice(0, 24)
  const name = cut.replace(/-+$/u, '')
  return name.length >= 2 ? name : fallback
}
