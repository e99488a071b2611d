// Reply text -> blocks. Tags stand alone on their lines and carry a mark that no file can know, so whatever a file says it
// cannot end its own block, and a block whose closing tag never came is never taken for a file.
//
//   <file-MARK path="a/b.py">         <edit-MARK path="a/b.py">
//   the whole text                    <search-MARK>
//   </file-MARK>                      whole lines of the file as it is
//                                     </search-MARK>
//                                     <replace-MARK>
//                                     whole lines in their place, or none
//                                     </replace-MARK>
//                                     </edit-MARK>
//
// Search and replacement have a closing tag each, instead of one separator: a forgotten tag then shows where it is missing.
// A line that begins with a tag of this mark is never content: one that does not fit breaks the block that it stands in.

/** Bytes of the largest file that may come back, and of the largest reply. */
export const LARGEST_BLOCK = 200 * 1024
export const LARGEST_REPLY = 2 * 1024 * 1024
const MOST_CHANGES = 100
const MOST_PROBLEMS = 100

/** Whole lines that must stand in the file exactly once, and what stands there afterwards; each ends in a newline or is empty. */
export interface Change {
  readonly search: string
  readonly replace: string
}

export type Block =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'edit'; readonly path: string; readonly changes: readonly Change[] }

/** What of a reply was not taken, in words for the one who wrote it; `path` is empty where none was given. */
export interface Problem {
  readonly path: string
  readonly reason: string
}

export interface Reply {
  readonly blocks: readonly Block[]
  readonly problems: readonly Problem[]
  /** Path of the block that was open when the text ended. */
  readonly cut?: string
}

/** What can be told while a reply arrives; `whole` is false where the block was not taken. */
export type Progress =
  | { readonly type: 'file-start'; readonly path: string }
  | { readonly type: 'file-end'; readonly path: string; readonly whole: boolean }

export interface ReplyReader {
  /** Takes the next piece of text, cut anywhere. */
  feed(text: string): Progress[]
  /** What the text amounts to, where nothing follows any more. */
  end(): Reply
}

/** Parses the texts of one reply. A block lies within one text; a path may occur once in all of them. */
export function parseReply(texts: readonly string[], mark: string): Reply {
  const read = texts.map((text) => {
    const reader = replyReader(mark)
    reader.feed(text)
    return reader.end()
  })
  const all = read.flatMap(({ blocks }) => blocks)
  const paths = all.map(({ path }) => path)
  const twice = new Set(paths.filter((path, i) => paths.indexOf(path) !== i))
  const cut = read.at(-1)?.cut
  const inner = read.slice(0, -1).flatMap((one) => (one.cut === undefined ? [] : [unclosed(one.cut)]))
  const repeated = [...twice].map((path) => ({ path, reason: 'occurs more than once in this reply; none was taken' }))
  return {
    blocks: all.filter(({ path }) => !twice.has(path)),
    problems: [...read.flatMap(({ problems }) => problems), ...inner, ...repeated],
    ...(cut === undefined ? {} : { cut }),
  }
}

/** The problem of a block that was open when the reply ended by itself. */
export const unclosed = (path: string): Problem => ({ path, reason: 'the block was never closed and was not taken' })

interface Open {
  readonly kind: 'file' | 'edit'
  readonly path: string
  /** Lines of the file, or of the search or replacement that is being read. */
  lines: string[]
  bytes: number
  /** Why the block will not be taken, once it is known. */
  broken?: string
  readonly endsInNewline: boolean
  part: 'file' | 'between' | 'search' | 'replace'
  search?: string
  readonly changes: Change[]
}

interface Tag {
  readonly name: string
  readonly closing: boolean
  readonly rest: string
}

/** Reads a reply piece by piece; what it holds is bounded by the limits above, however long the reply is. */
export function replyReader(mark: string): ReplyReader {
  const tagged = new RegExp(`^<(/?)(file|edit|search|replace)-${mark}(?![a-z0-9-])(.*)$`, 's')
  const blocks: Block[] = []
  const problems: Problem[] = []
  let progress: Progress[] = []
  let open: Open | undefined
  let rest = ''

  const tagOf = (line: string): Tag | undefined => {
    const match = tagged.exec(line)
    return match === null ? undefined : { closing: match[1] === '/', name: match[2] ?? '', rest: match[3] ?? '' }
  }
  const leave = (reason?: string): void => {
    if (open === undefined) return
    if (reason !== undefined) problems.push({ path: open.path, reason })
    progress.push({ type: 'file-end', path: open.path, whole: reason === undefined })
    open = undefined
  }
  const enter = (tag: Tag): void => {
    const attributes = /^ path="([^"\n]*)"( final-newline="no")?>\s*$/.exec(tag.rest)
    const kind = tag.name === 'edit' ? 'edit' : 'file'
    const path = attributes?.[1] ?? pathIn(tag.rest)
    const endsInNewline = attributes?.[2] === undefined
    open = { kind, path, lines: [], bytes: 0, endsInNewline, part: kind === 'file' ? 'file' : 'between', changes: [] }
    if (attributes === null) open.broken = `the opening tag must read <${kind}-${mark} path="…">, alone on its line`
    progress.push({ type: 'file-start', path })
  }
  const close = (block: Open): void => {
    const { kind, path } = block
    const joined = block.lines.join('')
    const text = block.endsInNewline ? joined : joined.replace(/\n$/, '')
    if (block.search !== undefined) block.broken ??= 'a search has no replacement'
    const broken = block.broken ?? (kind === 'edit' ? changesProblem(block.changes) : textProblem(text))
    if (broken === undefined)
      blocks.push(kind === 'file' ? { kind, path, text } : { kind, path, changes: block.changes })
    leave(broken)
  }

  const insideTag = (tag: Tag, block: Open): void => {
    const alone = /^>\s*$/.test(tag.rest)
    const fits = tag.closing ? tag.name === closes(block) : block.part === 'between' && opens(block) === tag.name
    if (fits && alone) {
      if (tag.closing && tag.name === block.kind) close(block)
      else turnPart(block, tag)
    } else if (!tag.closing && (tag.name === 'file' || tag.name === 'edit')) {
      leave(block.broken ?? unclosed(block.path).reason)
      enter(tag)
    } else {
      const written = `<${tag.closing ? '/' : ''}${tag.name}-${mark}>`
      block.broken ??= fits
        ? `${written} must stand alone on its line`
        : `${written} came where it does not belong; the block was not taken`
      if (tag.closing && tag.name === block.kind) close(block)
    }
  }
  const outsideTag = (tag: Tag): void => {
    const last = blocks.at(-1)
    if (!tag.closing && (tag.name === 'file' || tag.name === 'edit')) enter(tag)
    else if (tag.closing && last?.kind === tag.name) {
      // Closed twice: the first of the two may have stood in the middle of the file.
      blocks.pop()
      problems.push({ path: last.path, reason: 'was closed twice, so that its end is not known; it was not taken' })
    } else
      problems.push({ path: '', reason: `<${tag.closing ? '/' : ''}${tag.name}-${mark}> stands outside of a block` })
  }
  const content = (line: string, block: Open): void => {
    if (block.part === 'between') {
      if (line.trim() !== '')
        block.broken ??= `between the parts of an edit stands ${JSON.stringify(line.slice(0, 80))}`
      return
    }
    block.bytes += Buffer.byteLength(line)
    if (block.bytes > LARGEST_BLOCK) {
      block.broken ??= `is larger than the ${LARGEST_BLOCK / 1024} KB that a file may have`
      block.lines = []
    } else block.lines.push(line)
  }

  const take = (line: string): void => {
    const tag = line.startsWith('<') ? tagOf(line) : undefined
    if (open === undefined) {
      if (tag !== undefined) outsideTag(tag)
      else if (LOOKS_LIKE_TAG.test(line)) {
        const path = pathIn(line)
        const reason = line.includes(`-${mark} `)
          ? 'the opening tag must stand at the very start of its line'
          : `the tag does not carry the mark ${mark}; the block was not taken`
        if (problems.length < MOST_PROBLEMS) problems.push({ path, reason })
      }
    } else if (tag !== undefined) insideTag(tag, open)
    else content(line, open)
  }

  return {
    feed(text) {
      progress = []
      let from = 0
      for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
        take(rest + text.slice(from, to + 1))
        rest = ''
        from = to + 1
      }
      // A line that has outgrown a file is not taken anyway.
      if (rest.length <= LARGEST_BLOCK) rest += text.slice(from)
      return progress
    },
    end() {
      if (rest !== '') take(rest)
      rest = ''
      return { blocks, problems, ...(open === undefined ? {} : { cut: open.path }) }
    },
  }
}

/** Something meant as a block, at least by its looks. */
const LOOKS_LIKE_TAG = /^\s*<(file|edit)(-[^\s<>]*)?\s+path\s*=/i

/** The path of a tag that is not in the right form, for the message. */
const pathIn = (tag: string): string => /path\s*=\s*["']([^"'\n]*)/.exec(tag)?.[1] ?? ''

const closes = ({ kind, part }: Open): string => (part === 'file' || part === 'between' ? kind : part)
const opens = ({ search }: Open): string => (search === undefined ? 'search' : 'replace')

/** From one part of an edit to the next. */
function turnPart(block: Open, { closing, name }: Tag): void {
  const text = block.lines.join('')
  block.lines = []
  if (!closing) block.part = name === 'search' ? 'search' : 'replace'
  else {
    block.part = 'between'
    if (name === 'search') block.search = text
    else {
      block.changes.push({ search: block.search ?? '', replace: text })
      delete block.search
    }
  }
}

function changesProblem(changes: readonly Change[]): string | undefined {
  if (changes.length === 0) return 'an edit needs at least one search with its replacement'
  if (changes.length > MOST_CHANGES) return `an edit may have ${MOST_CHANGES} searches; send the whole file instead`
  return changes.map(({ search, replace }) => textProblem(search + replace)).find((reason) => reason !== undefined)
}

// Control characters that no text file has, beside tab, line ends, form feed and escape.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/
const HALF = /[\ud800-\udfff]/u

/** Why this is no text that a file may hold. */
function textProblem(text: string): string | undefined {
  if (BINARY.test(text)) return 'holds control characters: only text can be sent'
  if (HALF.test(text)) return 'holds half of a character pair and cannot be written as UTF-8'
  return undefined
}
