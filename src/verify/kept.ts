// Verdicts of an earlier run, by the content that they were about: what has not changed need not be asked again.
import { createHash } from 'node:crypto'
import type { CheckResult, EmittedFile } from '../types.js'

/** One text that outlives the process; `read` gives it only where it is whole. */
export interface TextMemory {
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
}

/** What a set of verdicts was about. Equal subjects of one build have equal verdicts. */
export interface Subject {
  /** The last verdicts of each name are kept. */
  readonly name: string
  /** Every file that was looked at, in order. */
  readonly files: readonly EmittedFile[]
  /** Everything else that was looked at. */
  readonly more?: string
}

/** Gives the verdicts that are known for a subject, or makes them. */
export type Recall = (subject: Subject, make: () => Promise<CheckResult[]>) => Promise<CheckResult[]>

/** For those who keep nothing: every check is asked. */
export const askAlways: Recall = (_, make) => make()

export interface KeptVerdicts {
  readonly recall: Recall
  /** Keeps what this run made, where there is anything new and it is `sound`. */
  save(sound: () => Promise<boolean>): Promise<void>
}

/** What was asked in this run, too, is not asked again. `build` stands for everything but the files that a verdict depends on: product, validators, packages, Node. */
export function keptVerdicts(memory: TextMemory | undefined, build: string): KeptVerdicts {
  let before: Promise<ReadonlyMap<string, Entry>> | undefined
  const made = new Map<string, Entry>()
  return {
    async recall(subject, make) {
      const key = keyOf(build, subject)
      before ??= (memory?.read() ?? Promise.resolve(undefined)).then(entriesOf)
      const known = made.get(subject.name) ?? (await before).get(subject.name)
      if (known?.key === key) return [...known.results]
      const results = await make()
      if (!results.some(isTrouble)) made.set(subject.name, { key, results })
      return results
    },
    async save(sound) {
      if (memory !== undefined && made.size > 0 && (await sound()))
        await memory.write(JSON.stringify([...new Map([...((await before) ?? []), ...made])]))
    },
  }
}

interface Entry {
  readonly key: string
  readonly results: readonly CheckResult[]
}

/**
 * A check that broke names no version, and a tool that could not be run or took too long says so: that is about this run, and nothing
 * about the files.
 */
const isTrouble = ({ status, version, check }: CheckResult): boolean =>
  version === '' && (status === 'fail' || check.startsWith('external/'))

/** The memory proves that the text is what was written; a text of another shape is as good as none. */
function entriesOf(text: string | undefined): ReadonlyMap<string, Entry> {
  try {
    return new Map(JSON.parse(text ?? '[]') as [string, Entry][])
  } catch {
    return new Map()
  }
}

function keyOf(build: string, { name, files, more = '' }: Subject): string {
  const key = createHash('sha256').update(JSON.stringify([build, name, more]))
  for (const file of files) key.update(digestOf(file))
  return key.digest('hex')
}

const digests = new WeakMap<EmittedFile, Buffer>()

function digestOf(file: EmittedFile): Buffer {
  const known = digests.get(file)
  if (known !== undefined) return known
  const { content, ...rest } = file
  const digest = createHash('sha256')
    .update(`${JSON.stringify(rest)}\n`)
    .update(content)
    .digest()
  digests.set(file, digest)
  return digest
}
