// Finds in a difference the lines that a person should see before all others. Pure.
import type { SensitiveKind } from './rules.js'

export interface ChangedFile {
  readonly path: string
  /** As git prints it. */
  readonly patch: string
}

export interface SensitiveLine {
  readonly file: string
  /** Of the new text; of a removed line, of the old one. */
  readonly line: number
  readonly how: 'added' | 'removed'
  readonly text: string
}

export interface Sensitive {
  readonly id: string
  readonly title: string
  readonly lines: readonly SensitiveLine[]
}

/** Kinds in their own order, with the lines that belong to them; kinds without any are left out. */
export function findSensitive(files: readonly ChangedFile[], kinds: readonly SensitiveKind[]): Sensitive[] {
  const changed = files.map((file) => ({ path: file.path, lines: changedLines(file) }))
  return kinds.flatMap(({ id, title, rules }) => {
    const lines = changed.flatMap(({ path, lines: own }) => {
      const fitting = rules.filter((rule) => rule.files.test(path))
      if (fitting.length === 0) return []
      return own.filter(({ text }) => fitting.some((rule) => rule.lines.test(text) && rule.except?.test(text) !== true))
    })
    return lines.length === 0 ? [] : [{ id, title, lines }]
  })
}

/** Added and removed lines with their numbers, in the order of the difference. */
export function changedLines({ path: file, patch }: ChangedFile): SensitiveLine[] {
  const found: SensitiveLine[] = []
  let [before, after] = [0, 0]
  let inside = false
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text)
    if (hunk !== null) {
      ;[before, after] = [Number(hunk[1]), Number(hunk[2])]
      inside = true
    } else if (!inside) continue
    else if (text.startsWith('+')) found.push({ file, line: after++, how: 'added', text: text.slice(1) })
    else if (text.startsWith('-')) found.push({ file, line: before++, how: 'removed', text: text.slice(1) })
    else if (text.startsWith(' ')) {
      before++
      after++
    }
  }
  return found
}
