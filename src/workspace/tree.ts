// Git tree ids computed in our own process, so that a commit message can name the tree of the commit that it belongs to.
import { createHash } from 'node:crypto'

/** What git stores for one path. */
export interface Entry {
  readonly mode: string
  readonly id: string
}

/** A whole tree, flat: path with forward slashes -> entry. */
export type Tree = ReadonlyMap<string, Entry>

/** `sha1`, or `sha256` in repositories that were made so. */
export type ObjectFormat = 'sha1' | 'sha256'

function objectId(kind: 'blob' | 'tree', body: Buffer, format: ObjectFormat): string {
  return createHash(format).update(`${kind} ${body.length}\0`).update(body).digest('hex')
}

/** Id that git gives to a file of this content. */
export const blobId = (content: string, format: ObjectFormat): string => objectId('blob', Buffer.from(content), format)

interface Folder {
  readonly files: Map<string, Entry>
  readonly folders: Map<string, Folder>
}
const newFolder = (): Folder => ({ files: new Map(), folders: new Map() })

/** Ids of folders by what they hold. */
export type KnownFolders = Map<string, string>

/**
 * Id that git gives to the tree with these entries; source: gitformat, "tree objects": sorted by name, folders as if they ended in a slash.
 * Whoever asks about one tree after the other gives the same `known` each time: most folders are as they were.
 */
export function treeId(tree: Tree, format: ObjectFormat, known: KnownFolders = new Map()): string {
  const top = newFolder()
  for (const [path, entry] of tree) {
    const names = path.split('/')
    const file = names.pop() ?? path
    let folder = top
    for (const name of names) {
      const inner = folder.folders.get(name) ?? newFolder()
      folder.folders.set(name, inner)
      folder = inner
    }
    folder.files.set(file, entry)
  }
  return folderId(top, format, known)
}

function folderId(folder: Folder, format: ObjectFormat, known: KnownFolders): string {
  const inside = [...folder.folders].map(([name, inner]) => [name, folderId(inner, format, known)] as const)
  const held = JSON.stringify([format, ...[...folder.files].map(([name, { mode, id }]) => [name, mode, id]), inside])
  const id = known.get(held) ?? idOf(folder.files, inside, format)
  known.set(held, id)
  return id
}

function idOf(
  files: Folder['files'],
  inside: readonly (readonly [name: string, id: string])[],
  format: ObjectFormat,
): string {
  const rows = [
    ...[...files].map(([name, { mode, id }]) => ({ name, sort: Buffer.from(name), mode, id })),
    ...inside.map(([name, id]) => ({ name, sort: Buffer.from(`${name}/`), mode: '40000', id })),
  ].sort((a, b) => Buffer.compare(a.sort, b.sort))
  const body = rows.flatMap(({ name, mode, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')])
  return objectId('tree', Buffer.concat(body), format)
}

/** Reads the output of `git ls-tree -r -z`. */
export function parseTree(listing: string): Map<string, Entry> {
  const tree = new Map<string, Entry>()
  for (const line of listing.split('\0')) {
    const [, mode, id, path] = line.match(/^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s) ?? []
    if (mode !== undefined && id !== undefined && path !== undefined) tree.set(path, { mode, id })
  }
  return tree
}
