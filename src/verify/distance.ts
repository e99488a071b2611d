// The name that somebody most likely meant.
import { distance } from '../workflow/distance.js'

/** ` (did you mean x?)` for the closest of the names, or nothing where none is close. */
export function nearest(given: string, names: readonly string[]): string {
  let best: { name: string; far: number } | undefined
  for (const name of names) {
    if (Math.abs(name.length - given.length) > 2) continue
    const far = distance(given, name)
    if (far <= 2 && (best === undefined || far < best.far)) best = { name, far }
  }
  return best === undefined ? '' : ` (did you mean ${best.name}?)`
}
