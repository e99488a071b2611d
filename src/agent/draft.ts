// What a conversation has written so far, beside the baseline that it began from. Nothing gets in but under a path that may be
// written, that no other deliverable has, and that every system can hold beside the others.
import { assertPaths, pathsBeside, unsafePath } from '../workspace/paths.js'
import { applyChanges } from './edits.js'
import { type Block, LARGEST_BLOCK, type Problem } from './reply.js'

const MOST_FILES = 500
const MOST_WRITTEN = 4 * 1024 * 1024

/** What stands there when a conversation begins, by path. */
export interface Ground {
  /** Files of the deliverable that the conversation is about. */
  readonly baseline: ReadonlyMap<string, string>
  /** Paths of all other deliverables. */
  readonly foreign: ReadonlySet<string>
  /** Throws where a new path cannot lie beside all of these. */
  readonly beside: (path: string) => void
}

export function groundOf(files: readonly { path: string; content: string }[], readable: Iterable<string>): Ground {
  const baseline = new Map(files.map(({ path, content }) => [path, content]))
  const foreign = new Set([...readable].filter((path) => !baseline.has(path)))
  let look: ((path: string) => void) | undefined
  const beside = (path: string): void => {
    look ??= pathsBeside([...baseline.keys(), ...foreign])
    look(path)
  }
  return { baseline, foreign, beside }
}

/** Files as a conversation leaves them: text by path, only where it differs from the baseline. */
export type Written = ReadonlyMap<string, string>

export interface Taken {
  readonly written: Written
  /** Paths whose block was taken. */
  readonly paths: readonly string[]
  readonly problems: readonly Problem[]
}

/** Puts the blocks of a reply on top of what was written before; a block that cannot be taken changes nothing. */
export function takeBlocks(before: Written, blocks: readonly Block[], ground: Ground): Taken {
  const written = new Map(before)
  const paths: string[] = []
  const problems: Problem[] = []
  let bytes = [...before.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  for (const block of blocks) {
    const { path } = block
    const current = written.get(path) ?? ground.baseline.get(path)
    const result = refusal(path, written, ground) ?? textOf(block, current)
    if (typeof result === 'object') {
      const size = Buffer.byteLength(result.text)
      const reason =
        size > LARGEST_BLOCK
          ? `would be larger than the ${LARGEST_BLOCK / 1024} KB that a file may have`
          : bytes + size > MOST_WRITTEN
            ? `all files together would be larger than ${MOST_WRITTEN / 1024 / 1024} MB`
            : undefined
      if (reason === undefined) {
        bytes += size - Buffer.byteLength(written.get(path) ?? '')
        if (result.text === ground.baseline.get(path)) written.delete(path)
        else written.set(path, result.text)
        paths.push(path)
      } else problems.push({ path, reason })
    } else problems.push({ path, reason: result })
  }
  return { written, paths, problems }
}

/** Why nothing may be written under this path. */
function refusal(path: string, written: Written, { baseline, foreign, beside }: Ground): string | undefined {
  const unsafe = unsafePath(path)
  if (unsafe !== undefined) return `this path may not be written: ${unsafe}`
  if (foreign.has(path)) return 'belongs to another deliverable and can be read only'
  if (baseline.has(path) || written.has(path)) return undefined
  if (written.size >= MOST_FILES) return `${MOST_FILES} files are as many as one deliverable may change`
  try {
    beside(path)
    assertPaths([...[...written.keys()].filter((other) => !baseline.has(other)), path])
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return undefined
}

function textOf(block: Block, current: string | undefined): { readonly text: string } | string {
  if (block.kind === 'file') return { text: block.text }
  if (current === undefined) return 'there is no file of this path to edit; send the whole file'
  const result = applyChanges(current, block.changes)
  return result.applied ? { text: result.text } : `the edit was not applied: ${result.reasons.join('; ')}`
}
