// A disk in memory that can fill up and lose its power: what was not synced is gone then, contents and names alike.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Disk } from '../../src/record/durable.js'

interface File {
  live: Buffer
  durable: Buffer
}
interface Folder {
  readonly live: Map<string, File | Folder>
  durable: Map<string, File | Folder>
}
const isFolder = (node: File | Folder): node is Folder => node.live instanceof Map
const failure = (code: string) => Object.assign(new Error(`${code}: of the disk in memory`), { code })

export class MemoryDisk {
  private readonly top: Folder = { live: new Map(), durable: new Map() }
  private room: number

  /** As many bytes as this can be written in all. */
  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room
  }

  /** From now on there is this much room. */
  free(bytes: number): void {
    this.room = bytes
  }

  private at(path: string): File | Folder {
    let node: File | Folder = this.top
    for (const name of path.split('/').filter(Boolean)) {
      const inner: File | Folder | undefined = isFolder(node) ? node.live.get(name) : undefined
      if (inner === undefined) throw failure('ENOENT')
      node = inner
    }
    return node
  }

  private folder(path: string): Folder {
    const node = this.at(path)
    if (!isFolder(node)) throw failure('ENOTDIR')
    return node
  }

  private handle(node: File | Folder) {
    const file = (): File => {
      if (isFolder(node)) throw failure('EISDIR')
      return node
    }
    const sync = async (): Promise<void> => {
      if (isFolder(node)) node.durable = new Map(node.live)
      else node.durable = node.live
    }
    const append = async (data: string | Uint8Array): Promise<void> => {
      const bytes = Buffer.from(data as string)
      const written = bytes.subarray(0, Math.max(0, this.room))
      this.room -= written.length
      file().live = Buffer.concat([file().live, written])
      if (written.length < bytes.length) throw failure('ENOSPC')
    }
    return {
      appendFile: append,
      writeFile: append,
      datasync: sync,
      sync,
      truncate: async (length: number): Promise<void> => {
        file().live = file().live.subarray(0, length)
      },
      close: async () => {},
    }
  }

  /** As the record takes it. */
  readonly disk = {
    mkdir: async (path: string): Promise<string | undefined> => {
      let made: string | undefined
      const names = path.split('/').filter(Boolean)
      names.forEach((name, depth) => {
        const parent = this.folder(`/${names.slice(0, depth).join('/')}`)
        if (parent.live.has(name)) return
        parent.live.set(name, { live: new Map(), durable: new Map() })
        made ??= `/${names.slice(0, depth + 1).join('/')}`
      })
      return made
    },
    open: async (path: string, flags: string) => {
      if (flags === 'r') return this.handle(this.at(path))
      const parent = this.folder(dirname(path))
      const name = path.slice(path.lastIndexOf('/') + 1)
      const known = parent.live.get(name)
      if (known !== undefined && flags.includes('x')) throw failure('EEXIST')
      const file: File | Folder = known ?? { live: Buffer.alloc(0), durable: Buffer.alloc(0) }
      if (flags === 'w' && !isFolder(file)) file.live = Buffer.alloc(0)
      parent.live.set(name, file)
      return this.handle(file)
    },
    readdir: async (path: string): Promise<string[]> => [...this.folder(path).live.keys()],
    rename: async (from: string, to: string): Promise<void> => {
      const node = this.at(from)
      this.folder(dirname(from)).live.delete(from.slice(from.lastIndexOf('/') + 1))
      this.folder(dirname(to)).live.set(to.slice(to.lastIndexOf('/') + 1), node)
    },
    unlink: async (path: string): Promise<void> => {
      this.folder(dirname(path)).live.delete(path.slice(path.lastIndexOf('/') + 1))
    },
  } as unknown as Disk & Pick<typeof import('node:fs/promises'), 'unlink'>

  /** Puts below a real folder what is there: now, or after a loss of power. */
  copyTo(root: string, when: 'now' | 'after a loss of power'): void {
    const copy = (node: Folder, target: string): void => {
      mkdirSync(target, { recursive: true })
      for (const [name, inner] of when === 'now' ? node.live : node.durable) {
        if (isFolder(inner)) copy(inner, join(target, name))
        else writeFileSync(join(target, name), when === 'now' ? inner.live : inner.durable)
      }
    }
    copy(this.top, root)
  }
}
