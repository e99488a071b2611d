import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FileToWrite, type Writer, writeAll } from '../../src/workspace/files.js'
import { read, scratch, snapshot, write } from './scratch.js'

const file = (path: string, content: string, mode: FileToWrite['mode'] = '100644'): FileToWrite => ({
  path,
  content,
  mode,
})

/** A disk that takes so many bytes and then is full, in the middle of a file. */
const diskOf = (bytes: number): Writer => {
  let left = bytes
  return async (path, content) => {
    const fits = content.slice(0, left)
    left -= fits.length
    writeFileSync(path, fits)
    if (fits.length < content.length)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
}

describe('writeAll', () => {
  it('writes contents and modes, makes folders, replaces what is there, and leaves nothing else', async () => {
    const root = scratch()
    write(root, 'old.txt', 'old\n')
    await writeAll(root, [file('old.txt', 'new\n'), file('a/b/run.sh', '#!/bin/sh\n', '100755')])
    expect(read(root, 'old.txt')).toBe('new\n')
    expect(statSync(join(root, 'a/b/run.sh')).mode & 0o777).toBe(0o755)
    expect(snapshot(root).match(/\.\/\S+/g)).toEqual(['./a/b/run.sh', './old.txt'])
  })

  it('changes nothing when the disk is full at any byte', async () => {
    const root = scratch()
    write(root, 'one.txt', 'old one\n')
    const files = [file('one.txt', 'new one\n'), file('deep/two.txt', 'two\n'), file('three.txt', 'three\n')]
    const total = files.reduce((sum, { content }) => sum + content.length, 0)
    const before = snapshot(root)
    for (let bytes = 0; bytes < total; bytes++) {
      await expect(writeAll(root, files, diskOf(bytes))).rejects.toThrow(`nothing was written to ${root}: ENOSPC`)
      expect(snapshot(root)).toBe(before)
      expect(existsSync(join(root, 'deep')) || existsSync(join(root, '.mlops-agents/staging'))).toBe(false)
    }
    await writeAll(root, files, diskOf(total))
    expect(read(root, 'deep/two.txt')).toBe('two\n')
  })

  it('takes everything back when a later file cannot be put in place', async () => {
    const root = scratch()
    write(root, 'one.txt', 'old\n')
    const files = [file('one.txt', 'new\n'), file('fresh/two.txt', 'two\n'), file('three.txt', 'three\n')]
    const before = snapshot(root)
    const meddling: Writer = async (path, content) => {
      writeFileSync(path, content)
      // Somebody makes a folder of the name of the last file after all checks.
      if (content === 'three\n') mkdirSync(join(root, 'three.txt'))
    }
    await expect(writeAll(root, files, meddling)).rejects.toThrow(/nothing was written/)
    expect(snapshot(root)).toBe(before)
    expect(existsSync(join(root, 'fresh'))).toBe(false)
  })

  it('does not follow links, does not turn a file into a folder or a folder into a file', async () => {
    const root = scratch()
    const outside = scratch()
    symlinkSync(outside, join(root, 'link'))
    symlinkSync(join(outside, 'target'), join(root, 'last'))
    write(root, 'plain', 'a file')
    mkdirSync(join(root, 'folder'))
    await expect(writeAll(root, [file('link/x', '1')])).rejects.toThrow(/link is a link; replace it/)
    await expect(writeAll(root, [file('last', '1')])).rejects.toThrow(/last is a link/)
    await expect(writeAll(root, [file('plain/x', '1')])).rejects.toThrow(/plain is a file where a folder is needed/)
    await expect(writeAll(root, [file('folder', '1')])).rejects.toThrow(/a folder of this name is there/)
    await expect(writeAll(root, [file('../x', '1')])).rejects.toThrow(/climbs/)
    expect(existsSync(join(outside, 'x')) || existsSync(join(outside, 'target'))).toBe(false)
  })

  it('clears away what a run that died left in the staging folder', async () => {
    const root = scratch()
    write(root, '.mlops-agents/staging/0.new', 'stale')
    await writeAll(root, [file('a', '1')])
    expect(existsSync(join(root, '.mlops-agents/staging'))).toBe(false)
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('1')
  })

  it('keeps the mode of a replaced file when it takes it back', async () => {
    const root = scratch()
    write(root, 'run.sh', 'old\n')
    chmodSync(join(root, 'run.sh'), 0o700)
    const files = [file('run.sh', 'new\n'), file('x', '1')]
    const meddling: Writer = async (path, content) => {
      writeFileSync(path, content)
      if (content === '1') mkdirSync(join(root, 'x'))
    }
    await expect(writeAll(root, files, meddling)).rejects.toThrow()
    expect([read(root, 'run.sh'), statSync(join(root, 'run.sh')).mode & 0o777]).toEqual(['old\n', 0o700])
  })
})
