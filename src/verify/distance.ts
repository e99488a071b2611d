// How a result says which name was most likely meant.
import { nearest as nearestName } from '../workflow/distance.js'

/** ` (did you mean x?)` for the closest of the names, or nothing where none is close. */
export function nearest(given: string, names: readonly string[]): string {
  const name = nearestName(given, names)
  return name === undefined ? '' : ` (did you mean ${name}?)`
}
