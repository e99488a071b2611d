import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { getRecorded } from '../../src/record/blobs.js'
import { openRecord } from '../../src/record/record.js'

const folders: string[] = []
const open = async () => {
  const root = await mkdtemp(join(tmpdir(), 'mlops-blobs-'))
  folders.push(root)
  return { root, record: openRecord(root, { clock: () => 0 }) }
}
const place = (root: string, sha: string) => join(root, '.mlops-agents/blobs', sha.slice(0, 2), sha)
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describe('blobs', () => {
  it('lie under the sha256 of their content and come back as they were', async () => {
    const { root, record } = await open()
    const text = 'a prompt\nwith ü and \0\n'
    const sha = await record.putBlob(text)
    expect(sha).toBe(createHash('sha256').update(text).digest('hex'))
    expect(await readFile(place(root, sha), 'utf8')).toBe(text)
    expect(await getRecorded(root, sha)).toBe(text)
  })

  it('are written once', async () => {
    const { root, record } = await open()
    const sha = await record.putBlob('same')
    const before = (await stat(place(root, sha))).ino
    await record.putBlob('same')
    expect((await stat(place(root, sha))).ino).toBe(before)
  })

  it('that were changed or removed are named, and made again', async () => {
    const { root, record } = await open()
    const sha = await record.putBlob('right')
    await writeFile(place(root, sha), 'wrong')
    await expect(getRecorded(root, sha)).rejects.toThrow(/no longer has the content that it is named after/)
    await rm(place(root, sha))
    await expect(getRecorded(root, sha)).rejects.toThrow(`the record has no blob ${sha}`)
    await record.putBlob('right')
    expect(await getRecorded(root, sha)).toBe('right')
  })
})
