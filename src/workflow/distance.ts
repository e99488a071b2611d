// The name that somebody most likely meant, so that a message can say it.

/** Letters to insert, delete or replace to get from one name to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The closest of the names, where one is at most two letters away; the first of equally close ones. */
export function nearest(given: string, names: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly far: number } | undefined
  for (const name of names) {
    if (Math.abs(name.length - given.length) > 2) continue
    const far = distance(given, name)
    if (far <= 2 && (best === undefined || far < best.far)) best = { name, far }
  }
  return best?.name
}
