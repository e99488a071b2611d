import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commitAttempts } from '../../src/workspace/generated.js'
import { createRepository, type Git, openGit } from '../../src/workspace/git.js'
import { readJournal, removeJournal, writeJournal } from '../../src/workspace/journal.js'
import { recoverFiles } from '../../src/workspace/recover.js'
import { MemoryDisk } from '../record/disk.js'
import { attempt, copyOf, home, lines, meddled, read, scratch, user, workspace, write } from './scratch.js'

const OLD = {
  'a.txt': lines(9),
  'b/b.txt': 'old b\n',
  'gone.txt': 'gone\n',
  'same.txt': 'same\n',
  '!run.sh': 'old\n',
  turn: 'a file\n',
}
const NEW = {
  'a.txt': lines(9, 'new'),
  'b/b.txt': 'new b\n',
  'c/new.txt': lines(3),
  'same.txt': 'same\n',
  'run.sh': 'new\n',
  'turn/in.txt': 'a folder\n',
}

interface Killed {
  readonly git: Git
  readonly root: string
  readonly from: string
  readonly to: string
}

/** A workspace in which a run was killed after it had written its journal: the branch is to go from the old design to the new one. */
async function killedWith(old: Record<string, string>, fresh: Record<string, string>): Promise<Killed> {
  const git = await workspace(old)
  const { root } = git
  const from = user(root, 'rev-parse', 'HEAD').trim()
  const [made] = await commitAttempts(git, [attempt('training', 2, fresh)])
  const to = made?.commit ?? ''
  await writeJournal(root, { from, to, branch: 'refs/heads/main', pid: process.pid })
  return { git, root, from, to }
}

let original: Promise<Killed> | undefined
/** That one was made once, and is copied. */
async function killed(): Promise<Killed> {
  original ??= killedWith(OLD, NEW)
  const { root: from, ...commits } = await original
  const root = copyOf(from)
  return { ...commits, git: openGit(root, home()), root }
}

const clean = (root: string) => {
  expect(user(root, 'status', '--porcelain')).toBe('')
  expect(user(root, 'fsck', '--no-dangling')).toBe('')
  expect(readdirSync(join(root, '.mlops-agents'))).toEqual([])
}
const head = (root: string) => user(root, 'rev-parse', 'HEAD').trim()

/** A person's own commit of what is in index and files. */
const commit = (root: string) => user(root, 'commit', '-qam', 'mine')

describe('recoverFiles', () => {
  it('does nothing where no run was killed', async () => {
    const { root } = await workspace(OLD)
    expect(await recoverFiles(openGit(root, home()))).toBeUndefined()
  })

  it.each([
    ['before it began', () => {}],
    ['with index and files done', ({ root, from, to }: Killed) => user(root, 'read-tree', '-m', '-u', from, to)],
    [
      'half way, with a file that was begun and one that the disk did not keep',
      ({ root }: Killed) => {
        write(root, 'a.txt', lines(9, 'new').slice(0, 30))
        write(root, 'b/b.txt', '')
        write(root, 'c/new.txt', Buffer.alloc(12))
        rmSync(join(root, 'gone.txt'))
        rmSync(join(root, 'turn'))
        mkdirSync(join(root, 'turn'))
      },
    ],
    [
      'after the branch had moved',
      ({ root, from, to }: Killed) => {
        user(root, 'read-tree', '-m', '-u', from, to)
        user(root, 'update-ref', 'refs/heads/main', to)
      },
    ],
  ])('finishes what was killed %s', async (_, moment) => {
    const subject = await killed()
    moment(subject)
    expect(await recoverFiles(subject.git)).toEqual({ how: 'finished', edited: [] })
    expect(head(subject.root)).toBe(subject.to)
    clean(subject.root)
    expect(existsSync(join(subject.root, 'gone.txt'))).toBe(false)
    expect(read(subject.root, 'turn/in.txt')).toBe('a folder\n')
    expect(await recoverFiles(subject.git)).toBeUndefined()
  })

  it('finishes from whatever state each file was left in', async () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31
      return Math.floor((seed / 2 ** 31) * below)
    }
    for (let round = 0; round < 12; round++) {
      const subject = await killed()
      for (const [path, content] of Object.entries(NEW).filter(([name]) => !/^(turn|same)/.test(name))) {
        const kind = random(4)
        if (kind === 0) write(subject.root, path, content)
        if (kind === 1) rmSync(join(subject.root, path), { force: true })
        if (kind === 2) write(subject.root, path, content.slice(0, random(content.length)))
      }
      expect(await recoverFiles(subject.git)).toEqual({ how: 'finished', edited: [] })
      expect(head(subject.root)).toBe(subject.to)
      clean(subject.root)
    }
  })

  it('finishes the first design of a branch without commits', async () => {
    const git = await createRepository(join(scratch(), 'churn'), home())
    const [made] = await commitAttempts(git, [attempt('training', 1, OLD)])
    await writeJournal(git.root, { to: made?.commit ?? '', branch: 'refs/heads/main', pid: 1 })
    write(git.root, 'a.txt', 'line 1\n')
    expect(await recoverFiles(git)).toEqual({ how: 'finished', edited: [] })
    expect(head(git.root)).toBe(made?.commit)
    clean(git.root)
  })

  it('counts line ends as git does', async () => {
    const rules = { '.gitattributes': '*.txt eol=crlf\n' }
    const subject = await killedWith({ ...rules, 'a.txt': lines(3) }, { ...rules, 'a.txt': lines(3, 'new') })
    user(subject.root, 'read-tree', '-m', '-u', subject.from, subject.to)
    expect(read(subject.root, 'a.txt')).toContain('\r\n')
    expect(await recoverFiles(subject.git)).toMatchObject({ how: 'finished' })
    clean(subject.root)
  })

  it.each([
    ['the old content', 'old b\nand mine\n'],
    ['the new content', 'new b\nand mine\n'],
  ])('takes back what was begun where a person edited %s since, and keeps the edit', async (_, edit) => {
    const subject = await killed()
    user(subject.root, 'read-tree', '-m', '-u', subject.from, subject.to)
    write(subject.root, 'b/b.txt', edit)
    expect(await recoverFiles(subject.git)).toEqual({ how: 'taken back', edited: ['b/b.txt'] })
    expect(head(subject.root)).toBe(subject.from)
    expect(user(subject.root, 'status', '--porcelain')).toBe(' M b/b.txt\n')
    expect(read(subject.root, 'b/b.txt')).toBe(edit)
    expect(read(subject.root, 'a.txt')).toBe(OLD['a.txt'])
    expect(read(subject.root, 'turn')).toBe('a file\n')
    expect(await readJournal(subject.root)).toBeUndefined()
  })

  it('keeps what a person has staged, or put where a new file has to go', async () => {
    const subject = await killed()
    write(subject.root, 'a.txt', 'mine\n')
    user(subject.root, 'add', 'a.txt')
    write(subject.root, 'c/new.txt', 'mine, too\n')
    rmSync(join(subject.root, 'turn'))
    write(subject.root, 'turn/other.txt', 'and this\n')
    expect(await recoverFiles(subject.git)).toEqual({ how: 'taken back', edited: ['a.txt', 'c/new.txt', 'turn'] })
    expect(user(subject.root, 'diff', '--cached', '--name-only')).toBe('a.txt\n')
    expect(read(subject.root, 'c/new.txt')).toBe('mine, too\n')
    expect(read(subject.root, 'turn/other.txt')).toBe('and this\n')
  })

  it('never writes through a link', async () => {
    const subject = await killed()
    const elsewhere = scratch()
    symlinkSync(elsewhere, join(subject.root, 'c'))
    expect(await recoverFiles(subject.git)).toMatchObject({ how: 'taken back', edited: ['c/new.txt'] })
    expect(readdirSync(elsewhere)).toEqual([])
  })

  it('agrees with what a person committed since, whether of the half-changed files or beside them', async () => {
    for (const all of [true, false]) {
      const subject = await killed()
      write(subject.root, 'a.txt', NEW['a.txt'])
      write(subject.root, 'notes.md', 'mine\n')
      user(subject.root, 'add', 'notes.md')
      if (all) commit(subject.root)
      else user(subject.root, 'commit', '-qm', 'mine', '--', 'notes.md')
      const mine = head(subject.root)
      expect(await recoverFiles(subject.git)).toEqual({ how: 'taken back', edited: [] })
      expect(head(subject.root)).toBe(mine)
      expect(read(subject.root, 'a.txt')).toBe((all ? NEW : OLD)['a.txt'])
      expect(read(subject.root, 'notes.md')).toBe('mine\n')
      clean(subject.root)
    }
  })

  it('leaves a branch alone that a person has switched away from', async () => {
    const subject = await killed()
    user(subject.root, 'switch', '-qc', 'other')
    write(subject.root, 'b/b.txt', NEW['b/b.txt'])
    expect(await recoverFiles(subject.git)).toEqual({ how: 'taken back', edited: [] })
    expect(user(subject.root, 'rev-parse', 'main').trim()).toBe(subject.from)
    clean(subject.root)
  })

  it.each(['update-index', 'checkout-index', 'update-ref'])(
    'goes on with a recovery that stopped at %s',
    async (command) => {
      const subject = await killed()
      write(subject.root, 'a.txt', NEW['a.txt'])
      await expect(recoverFiles(openGit(subject.root, meddled(`*${command}*`, 'exit 9')))).rejects.toThrow(command)
      expect(await recoverFiles(subject.git)).toEqual({ how: 'finished', edited: [] })
      expect(head(subject.root)).toBe(subject.to)
      clean(subject.root)
    },
  )
})

describe('the journal', () => {
  const applying = { from: 'a'.repeat(40), to: 'b'.repeat(40), branch: 'refs/heads/main', pid: 7 }

  it('outlives a loss of power from the moment at which files begin to change', async () => {
    const memory = new MemoryDisk()
    await memory.disk.mkdir('/home/ada/w', { recursive: true })
    for (const folder of ['/', '/home', '/home/ada']) await (await memory.disk.open(folder, 'r')).sync()
    await writeJournal('/home/ada/w', applying, memory.disk)
    const root = scratch()
    memory.copyTo(root, 'after a loss of power')
    expect(await readJournal(join(root, 'home/ada/w'))).toEqual(applying)
    await removeJournal('/home/ada/w', memory.disk)
    memory.copyTo(join(root, 'later'), 'now')
    expect(await readJournal(join(root, 'later/home/ada/w'))).toBeUndefined()
  })

  it('is there whole or not at all when the disk is full at any byte', async () => {
    const size = JSON.stringify(applying).length + 1
    for (let byte = 0; byte < size; byte++) {
      const memory = new MemoryDisk(byte)
      await memory.disk.mkdir('/w', { recursive: true })
      await expect(writeJournal('/w', applying, memory.disk)).rejects.toThrow('ENOSPC')
      const root = scratch()
      memory.copyTo(root, 'now')
      expect(await readJournal(join(root, 'w'))).toBeUndefined()
    }
  })

  it('that somebody has damaged is named, with what to do', async () => {
    const root = scratch()
    write(root, '.mlops-agents/applying.json', '{"to": 3}')
    await expect(readJournal(root)).rejects.toThrow(/applying\.json is damaged.*git status.*remove the file/)
  })
})
