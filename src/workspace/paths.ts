// Which paths may ever be written: an emitted path must mean the same file on every system and stay inside the workspace.
import { WorkspaceError } from '../errors.js'

/** Longest name and longest path in bytes that Linux, macOS and WSL all take. */
const LONGEST_NAME = 255
const LONGEST_PATH = 1000
/** Generated files are read by people; anything above this is a mistake. */
export const LARGEST_FILE = 5 * 1024 * 1024

const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i
// Control and invisible formatting characters, unpaired surrogates, and what Windows does not allow in names.
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029<>:"|?*\\]/u
/** `git~1` is how Windows also spells `.git`. */
const GIT = /^(\.git|git~\d+)$/i
const RECORD = '.mlops-agents'

/** Why `path` may not be written, or undefined where it may. */
export function unsafePath(path: string): string | undefined {
  if (path === '') return 'it is empty'
  if (/^[a-z]:/i.test(path)) return 'it starts with a drive letter'
  if (path.startsWith('/') || path.startsWith('\\')) return 'it is absolute'
  if (FORBIDDEN.test(path)) return 'it holds a character that not every system allows in a name'
  if (Buffer.byteLength(path) > LONGEST_PATH) return `it is longer than ${LONGEST_PATH} bytes`
  for (const name of path.split('/')) {
    if (name === '') return 'it holds an empty name'
    if (name === '.' || name === '..') return 'it climbs out of or points at its own folder'
    if (GIT.test(name)) return 'it lies in git’s own folder'
    if (name.endsWith('.') || name.endsWith(' ') || name.startsWith(' '))
      return 'a name in it starts with a space, or ends with a dot or a space'
    if (RESERVED.test(name)) return `${name} is a reserved name on Windows`
    if (Buffer.byteLength(name) > LONGEST_NAME) return `a name in it is longer than ${LONGEST_NAME} bytes`
  }
  if (path.split('/')[0]?.toLowerCase() === RECORD) return `${RECORD} is where runs are recorded`
  return undefined
}

/** Each attempt has the paths of all before it judged anew: what is found of a path by itself is kept. */
const safe = new Set<string>()

/** Throws a WorkspaceError where `path` may not be written. */
export function safePath(path: string): void {
  if (safe.has(path)) return
  const reason = unsafePath(path)
  if (reason === undefined) safe.add(path)
  if (reason !== undefined)
    throw new WorkspaceError(
      `a generated path must be relative and stay in the workspace, but ${JSON.stringify(path)} may not be written: ${reason}`,
    )
}

// Systems that ignore case or composition see these two as one.
const fold = (text: string) => text.normalize('NFC').toLowerCase()

/** Names of files and folders as a system that ignores case and composition sees them. */
type Spelled = Map<string, { readonly text: string; readonly folder: boolean }>

/** Throws where a path is unsafe by itself, or where two of them cannot lie beside each other on every system. */
export function assertPaths(paths: Iterable<string>): void {
  const spelled: Spelled = new Map()
  for (const path of paths) {
    safePath(path)
    assertBeside(path, spelled)
    spell(path, spelled)
  }
}

/** Judges one more path beside those that are there, as assertPaths does, but looks at those only once for all that are asked. */
export function pathsBeside(present: Iterable<string>): (path: string) => void {
  const spelled: Spelled = new Map()
  for (const path of present) spell(path, spelled)
  return (path) => {
    safePath(path)
    assertBeside(path, spelled)
  }
}

interface Prefix {
  readonly text: string
  /** As a system that ignores case and composition sees it. */
  readonly name: string
}

const folded = new Map<string, readonly Prefix[]>()

function foldedPrefixes(path: string): readonly Prefix[] {
  const known = folded.get(path) ?? prefixes(path).map((text) => ({ text, name: fold(text) }))
  folded.set(path, known)
  return known
}

function spell(path: string, spelled: Spelled): void {
  const all = foldedPrefixes(path)
  for (const [depth, { text, name }] of all.entries()) {
    if (!spelled.has(name)) spelled.set(name, { text, folder: depth < all.length - 1 })
  }
}

function assertBeside(path: string, spelled: Spelled): void {
  const all = foldedPrefixes(path)
  for (const [depth, { text, name }] of all.entries()) {
    const folder = depth < all.length - 1
    const other = spelled.get(name)
    if (other === undefined) continue
    if (other.text !== text)
      throw new WorkspaceError(
        `the generated paths ${other.text} and ${text} differ only in case or accents; rename one of them`,
      )
    if (!(other.folder && folder))
      throw new WorkspaceError(
        other.folder === folder
          ? `the generated path ${path} occurs twice; a path has one owner`
          : `the generated path ${text} is both a file and a folder; rename one of them`,
      )
  }
}

/** Throws where a file is too large or its path may not be written beside the others. */
export function assertFiles(files: Iterable<{ readonly path: string; readonly content: string }>): void {
  const all = [...files]
  assertPaths(all.map((file) => file.path))
  for (const { path, content } of all)
    if (Buffer.byteLength(content) > LARGEST_FILE)
      throw new WorkspaceError(
        `${path} has ${Buffer.byteLength(content)} bytes; a generated file may have ${LARGEST_FILE} at most`,
      )
}

/** Of `added`, those that a system which ignores case or accents would take for something that is there already. */
export function clashing(added: readonly string[], present: readonly string[]): { path: string; with: string }[] {
  const spelled = new Map<string, Set<string>>()
  for (const text of present.flatMap(prefixes)) {
    const known = spelled.get(fold(text))
    if (known === undefined) spelled.set(fold(text), new Set([text]))
    else known.add(text)
  }
  return added.flatMap((path) => {
    for (const text of prefixes(path)) {
      const known = spelled.get(fold(text))
      if (known !== undefined && !known.has(text)) return [{ path, with: [...known][0] ?? '' }]
    }
    return []
  })
}

const prefixes = (path: string): string[] => {
  const names = path.split('/')
  return names.map((_, depth) => names.slice(0, depth + 1).join('/'))
}
