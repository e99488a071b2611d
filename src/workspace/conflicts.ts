// Reads what `git merge-tree` says about paths that it could not merge, and settles what is settled by rule: deleted stays deleted.

export interface Conflict {
  readonly path: string
  readonly reason: string
  /** Where it was before the user renamed it. */
  readonly from?: string
  /** Nothing to merge: a file that is not committed would be overwritten. */
  readonly kind?: 'in the way'
}

export interface MergedTree {
  /** As git left it: paths of `keptDeleted` are still in it, conflicting files hold conflict marks. */
  readonly tree: string
  readonly conflicts: readonly Conflict[]
  /** Deleted by the user, changed by the design: to be taken out of the tree. */
  readonly keptDeleted: readonly string[]
  /** Deleted by the user, moved by the design: back under another name. */
  readonly returned: readonly { readonly path: string; readonly from: string }[]
}

interface Message {
  readonly paths: readonly string[]
  readonly kind: string
  readonly text: string
}

/** Sections of `git merge-tree --write-tree -z`: the tree, `mode id stage<tab>path` rows, an empty field, then messages. */
export function readMergeTree(output: string): MergedTree {
  const fields = output.split('\0')
  const tree = fields[0] ?? ''
  const stages = new Map<string, Set<string>>()
  let at = 1
  for (; at < fields.length && fields[at] !== ''; at++) {
    const [, stage, path] = fields[at]?.match(/^\d+ [0-9a-f]+ (\d)\t(.*)$/s) ?? []
    if (stage !== undefined && path !== undefined) stages.set(path, (stages.get(path) ?? new Set<string>()).add(stage))
  }
  const messages = readMessages(fields.slice(at + 1))
  const moved = new Map(
    messages.filter((m) => m.kind === 'CONFLICT (rename/delete)').map((m) => [m.paths[0] ?? '', m.paths[1] ?? '']),
  )

  const conflicts: Conflict[] = []
  const keptDeleted: string[] = []
  const returned: { path: string; from: string }[] = []
  for (const [path, seen] of [...stages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sides = [...seen].sort().join('')
    const from = moved.get(path)
    if (sides === '13' && from !== undefined) returned.push({ path, from })
    else if (sides === '13') keptDeleted.push(path)
    else
      conflicts.push({
        path,
        ...(from === undefined ? {} : { from }),
        reason: reason(
          sides,
          from,
          messages.filter((m) => m.paths.includes(path)),
        ),
      })
  }
  return { tree, conflicts, keptDeleted, returned }
}

function readMessages(fields: readonly string[]): Message[] {
  const messages: Message[] = []
  for (let at = 0; at < fields.length; ) {
    const count = Number(fields[at])
    if (fields[at] === '' || Number.isNaN(count)) break
    const paths = fields.slice(at + 1, at + 1 + count)
    messages.push({ paths, kind: fields[at + 1 + count] ?? '', text: (fields[at + 2 + count] ?? '').trim() })
    at += count + 3
  }
  return messages
}

function reason(sides: string, from: string | undefined, about: readonly Message[]): string {
  const said = about.filter((message) => message.kind.startsWith('CONFLICT'))
  if (said.some((message) => message.kind === 'CONFLICT (binary)'))
    return 'a binary file that you and the new design both changed'
  if (sides === '12' && from !== undefined) return `you renamed it from ${from}, which the new design deletes`
  if (sides === '12') return 'you edited it, and the new design deletes it'
  if (sides === '23' && said.every((message) => message.kind === 'CONFLICT (contents)'))
    return 'you added it, and the new design adds another file at the same path'
  if (sides === '123' && said.every((message) => message.kind === 'CONFLICT (contents)'))
    return 'you and the new design changed the same lines'
  return said.map((message) => message.text).join('; ') || 'git could not merge it'
}
