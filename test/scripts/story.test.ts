// The player of docs/story.md: what it takes for a command, and what it counts as printed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { firstMissing, readStory } from '../../scripts/story.mjs'

const root = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(root, 'docs/story.md'), 'utf8')

describe('a story', () => {
  it('is made of commands with what they printed and how they ended', () => {
    const text = 'Words.\n```console\n$ one   # ends with 4\nout\n…\n$ two\n```\n$ no command\n```sh\n$ nor this\n```\n'
    expect(readStory(text)).toEqual([
      { command: 'one', code: 4, shown: ['out', '…'], line: 3 },
      { command: 'two', code: 0, shown: [], line: 6 },
    ])
  })

  it.each<[string, string[], string, string | undefined]>([
    ['lines that follow each other', ['a', 'b'], 'a\nb\nc', undefined],
    ['lines between which others came', ['a', 'c'], 'a\nb\nc', 'a (with what follows)'],
    ['lines between which others may come', ['a', '…', 'c'], 'a\nb\nc', undefined],
    ['lines in another order', ['c', '…', 'a'], 'a\nb\nc', 'a'],
    ['a line that did not come', ['a', 'x'], 'a\nb', 'x'],
    [
      'times, dates and hashes',
      ['x 1.5 s at 0123abc, 2026-11-21 08:39 UTC'],
      'x   27.0 s at 4567def, 2027-01-01 10:00 UTC',
      undefined,
    ],
    ['another number', ['2 files'], '3 files', '2 files'],
    ['a run that comes later as a whole', ['a', 'c'], 'a\nb\na\nc', undefined],
  ])('is held to %s', (_, shown, output, missing) => {
    expect(firstMissing(shown, output)).toBe(missing)
  })

  it('is what the README shows of it', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const [, excerpt = ''] = /^```console\n([\s\S]*?)^```$/m.exec(readme) ?? []
    const lines = excerpt.split('\n').filter((line) => line.trim() !== '' && line.trim() !== '…')
    expect(lines.length).toBeGreaterThan(5)
    expect(
      firstMissing(
        lines.flatMap((line) => ['…', line]),
        page,
      ),
    ).toBeUndefined()
  })

  it('has every turn that was promised', () => {
    const typed = readStory(page).map(({ command }) => command)
    const turns = [
      /^mlops-agents design .*--maturity 3/,
      />> README\.md/,
      /^mlops-agents rerun phase1 --feature-store custom/,
      /^git merge mlops-agents\/generated/,
      /^mlops-agents approve phase1/,
      /^mlops-agents design --maturity 5/,
      /^make test$/,
    ]
    const places = turns.map((turn) => typed.findIndex((command) => turn.test(command)))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
  })
})
