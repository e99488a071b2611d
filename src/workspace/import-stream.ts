// Attempts as commits, in the language of git fast-import: all of them in one stream, so that the branch moves once or not at all.
import { SIGNATURE } from './git.js'
import { type Attempt, writeMessage } from './trailers.js'

export type Uncommitted = Omit<Attempt, 'commit'>

/** What is to be different from the tree before. */
export interface Files {
  readonly removed: readonly string[]
  readonly put: readonly {
    readonly path: string
    readonly mode: string
    /** Absent where the repository has the text already. */
    readonly content?: string
    readonly id: string
  }[]
}

export interface Change extends Files {
  readonly attempt: Uncommitted
  /** Where an agent tailored: the files before it did. They are committed beside, as the attempt's second parent, so that no clone loses them. */
  readonly baseline?: Files
}

/** `from` is where the branch `ref` stands; `feature done` keeps a stream that was cut off from moving it. */
export function importStream(ref: string, changes: readonly Change[], from: string | undefined): Buffer {
  const parts: Buffer[] = [Buffer.from('feature done\nfeature get-mark\n')]
  const say = (text: string) => parts.push(Buffer.from(text))
  const data = (text: string) => say(`data ${Buffer.byteLength(text)}\n${text}\n`)
  const commit = (mark: number, message: string, parents: readonly string[], { removed, put }: Files): void => {
    say(`commit ${ref}\nmark :${mark}\ncommitter ${SIGNATURE} now\n`)
    data(message)
    parents.forEach((parent, at) => {
      say(`${at === 0 ? 'from' : 'merge'} ${parent}\n`)
    })
    for (const path of removed) say(`D ${path}\n`)
    for (const { path, mode, content, id } of put) {
      if (content === undefined) say(`M ${mode} ${id} ${path}\n`)
      else {
        say(`M ${mode} inline ${path}\n`)
        data(content)
      }
    }
  }
  changes.forEach((change, index) => {
    const { attempt, baseline } = change
    const before = index > 0 ? [`:${index}`] : from === undefined ? [] : [from]
    const beside = changes.length + index + 1
    const keeps = baseline !== undefined && before.length > 0
    if (keeps) commit(beside, `${attempt.deliverable}: baseline of attempt ${attempt.attempt}\n`, before, baseline)
    commit(index + 1, writeMessage(attempt), keeps ? [...before, `:${beside}`] : before, change)
    say(`\nget-mark :${index + 1}\n`)
  })
  say('done\n')
  return Buffer.concat(parts)
}
