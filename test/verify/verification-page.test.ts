// docs/verification.md says of every check what it proves and what it cannot; a check without its line there is not finished.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { IN_PROCESS_CHECKS } from '../../src/verify/in-process.js'

const SOURCE = 'src/verify'
const NAMED = /(?:\b(?:name|check)(?:\??:|\s=)|NONE_PUBLISHED =)\s*'([a-z]+(?:-[a-z]+)*\/[a-z]+(?:-[a-z]+)*)'/g

const sources = readdirSync(SOURCE)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(SOURCE, file), 'utf8'))
const inCode = new Set([
  ...sources.flatMap((text) => [...text.matchAll(NAMED)].map((match) => match[1] ?? '')),
  ...IN_PROCESS_CHECKS.map(({ name }) => name),
])

const rows = readFileSync('docs/verification.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| `/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
const onPage = rows.flatMap(([, names = '']) => [...names.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''))

it('has a line for every check, and none for a check that is gone', () => {
  expect(onPage.toSorted()).toEqual([...inCode].toSorted())
})

it('says of each what it proves and what it cannot', () => {
  for (const [, names, proves, cannot] of rows) expect([names, proves, cannot]).not.toContain('')
})

it('knows the checks of every folder of the ladder', () => {
  // Guards the expression above: names written in another way would silently not be asked for.
  const families = new Set([...inCode].map((name) => name.split('/')[0]))
  expect(families).toEqual(
    new Set([
      ...IN_PROCESS_CHECKS.map(({ name }) => name.split('/')[0]),
      'kind',
      'external',
      'guard',
      'level',
      'seam',
      'wired',
    ]),
  )
  expect(inCode.size).toBeGreaterThan(50)
})
