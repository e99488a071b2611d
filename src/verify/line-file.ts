// Large tables that ship with the product, `name<TAB>JSON` in each line of a brotli file: unpacked once, parsed entry by entry as needed.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

export interface LineFile {
  readonly names: readonly string[]
  /** The entry's value as JSON gives it, or nothing where there is no such entry. */
  read(name: string): unknown
}

const opened = new Map<string, LineFile>()

/** Opens `validators/<name>`; a missing file throws, and so fails the check: it is never taken for "nothing to check". */
export function lineFile(name: string): LineFile {
  const before = opened.get(name)
  if (before !== undefined) return before
  const packed = readFileSync(new URL(`../../validators/${name}`, import.meta.url))
  const texts = new Map(
    brotliDecompressSync(packed)
      .toString('utf8')
      .split('\n')
      .map((line) => {
        const at = line.indexOf('\t')
        return [line.slice(0, at), line.slice(at + 1)] as const
      }),
  )
  const file: LineFile = {
    names: [...texts.keys()],
    read(entry) {
      const text = texts.get(entry)
      return text === undefined ? undefined : JSON.parse(text)
    },
  }
  opened.set(name, file)
  return file
}
