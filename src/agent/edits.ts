// Applies search and replacement on whole lines. What does not stand in the file exactly once is never guessed at.
import type { Change } from './reply.js'

/** Longest search in lines: more than a person would call a place. It also bounds the work of looking. */
const LONGEST_SEARCH = 200
const SHOWN = 120

export type Applied =
  | { readonly applied: true; readonly text: string }
  | { readonly applied: false; readonly reasons: readonly string[] }

/** Applies the changes one after the other, each on what the ones before it left; all of them or none. */
export function applyChanges(text: string, changes: readonly Change[]): Applied {
  let lines = linesOf(text)
  const reasons: string[] = []
  for (const [i, { search, replace }] of changes.entries()) {
    const wanted = linesOf(search)
    const reason = searchProblem(lines, wanted)
    if (reason !== undefined) {
      reasons.push(`search ${i + 1} ${reason}`)
      continue
    }
    const at = places(lines, wanted)[0] ?? 0
    lines = [...lines.slice(0, at), ...linesOf(replace), ...lines.slice(at + wanted.length)]
  }
  if (reasons.length > 0) return { applied: false, reasons }
  // Whether its last line ends in a newline is no matter of an edit.
  const end = lines.length > 0 && text.endsWith('\n') ? '\n' : ''
  return { applied: true, text: lines.join('\n') + end }
}

/** Lines of a text whose last newline ends its last line. */
const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function searchProblem(lines: readonly string[], wanted: readonly string[]): string | undefined {
  if (wanted.length === 0) return 'is empty: name the lines to replace'
  if (wanted.length > LONGEST_SEARCH) return `has ${wanted.length} lines; ${LONGEST_SEARCH} at most`
  const found = places(lines, wanted)
  if (found.length === 1) return undefined
  if (found.length > 1) {
    const shown = found.slice(0, 5).map((at) => at + 1)
    return `occurs ${found.length} times, at lines ${shown.join(', ')}${found.length > 5 ? ' …' : ''}: add lines around it until it occurs once`
  }
  return `does not occur; ${nearest(lines, wanted)}`
}

/** Where all the wanted lines stand one after the other. */
function places(lines: readonly string[], wanted: readonly string[]): number[] {
  const found: number[] = []
  for (let at = 0; at + wanted.length <= lines.length; at++) {
    let same = 0
    while (same < wanted.length && lines[at + same] === wanted[same]) same++
    if (same === wanted.length) found.push(at)
  }
  return found
}

/** The line that comes nearest to where the search first leaves the file. */
function nearest(lines: readonly string[], wanted: readonly string[]): string {
  const starts = lines.flatMap((line, at) => (line === wanted[0] ? [at] : []))
  const [start] = starts
  if (start !== undefined && starts.length === 1) {
    const off = wanted.findIndex((line, i) => lines[start + i] !== line)
    const has = lines[start + off]
    const there = has === undefined ? 'where the file ends' : `where the file has ${quoted(has)}`
    return `its line ${off + 1} is ${quoted(wanted[off] ?? '')} ${there} (line ${start + off + 1})`
  }
  const first = wanted.find((line) => line.trim() !== '') ?? ''
  const spaced = lines.findIndex((line) => line.trim() === first.trim())
  if (first !== '' && spaced >= 0 && lines[spaced] !== first)
    return `line ${spaced + 1} differs from it only in white space: ${quoted(lines[spaced] ?? '')}`
  const scored = lines.map((line, at) => ({ at, line, score: alike(line, first) }))
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a), { at: 0, line: '', score: 0 })
  return best.score < 0.3 ? 'no line is like its first' : `line ${best.at + 1} comes nearest: ${quoted(best.line)}`
}

const quoted = (line: string): string => JSON.stringify(line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line)

/** Share of the words that two lines have in common. */
function alike(a: string, b: string): number {
  const [left, right] = [wordsOf(a), wordsOf(b)]
  if (left.size === 0 || right.size === 0) return 0
  const common = [...left].filter((word) => right.has(word)).length
  return (2 * common) / (left.size + right.size)
}
const wordsOf = (line: string): Set<string> => new Set(line.slice(0, 500).match(/\w+|[^\s\w]/g) ?? [])
