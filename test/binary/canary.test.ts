// What a model and its server send is not trusted: neither with the terminal nor with a key that they send back.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SUBMISSION } from '../agent/scripted.js'
import type { Asked, Reply } from './model-server.js'
import { git } from './product.js'
import { DESIGN, MODEL, place, same } from './talking.js'

const KEY = 'sk-ant-canary-0123456789-abcdefghij'
const CODED = Buffer.from(KEY).toString('base64').slice(0, 40)
const holds = (text: string): boolean => text.includes(KEY) || text.includes(CODED)

/** Sends the key back wherever a server can. */
function echoes({ deliverable, authorization, mark, turn }: Asked): Reply {
  const key = authorization.replace('Bearer ', '')
  if (deliverable === 'sources') return { text: `<file-${mark} path="docs/${key}.md">\n${key}\n</file-${mark}>\n` }
  if (deliverable === 'store') return { submit: { ...SUBMISSION, summary: Buffer.from(key).toString('base64') } }
  if (deliverable === 'shape') return { status: 400, words: `you sent ${authorization} and x-api-key: ${key}` }
  if (deliverable === 'build' && turn === 1) return { status: 500, words: key }
  return same()
}

/** Texts of everything below a folder. */
const textsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isFile() ? [path, readFileSync(path, 'utf8')] : [path]))

describe('a key that is sent back', () => {
  it('is seen nowhere, and replies with it are not taken', async () => {
    const { run, cwd, server } = await place(echoes, { OPENAI_API_KEY: KEY })
    const { code, stdout, stderr } = await run(...DESIGN, ...MODEL, '--budget', 'none', '--record', 'answers.jsonl')
    expect(code, stderr).toBe(0)
    expect(server.asked.every(({ authorization }) => authorization === `Bearer ${KEY}`)).toBe(true)
    expect(stdout).toMatch(/sources: not tailored: .*the reply held the key/)
    expect(stdout).toMatch(/store: not tailored: .*the reply held the key/)
    expect(stdout).toMatch(/shape: not tailored: .*400 .*\[removed\]/)
    expect([stdout, stderr].filter(holds)).toEqual([])
    const root = join(cwd, 'w')
    const kept = [...textsIn(join(root, '.mlops-agents')), readFileSync(join(cwd, 'answers.jsonl'), 'utf8')]
    expect(kept.length).toBeGreaterThan(10)
    expect(kept.filter(holds)).toEqual([])
    expect(holds(git(root, 'log', '--all', '--format=%B%an%ae', '--patch'))).toBe(false)
    // 1 is grep's word for nothing found; that it could not look would be 2.
    const found = spawnSync('grep', ['-rlaF', '-e', KEY, '-e', CODED, '.'], { cwd, encoding: 'utf8' })
    expect([found.status, found.stdout]).toEqual([1, ''])
  })

  it('does not make --strict quiet: a deliverable that fell back ends it with 3', async () => {
    const { run } = await place(echoes, { OPENAI_API_KEY: KEY })
    expect(await run(...DESIGN, ...MODEL, '--budget', 'none', '--strict')).toMatchObject({ code: 3 })
  })
})

describe('paths that a model writes', () => {
  it('cannot drive the terminal', async () => {
    const evil = 'docs/\u001b[2Jx\u009b31m\u202e.md'
    const { run } = await place(({ deliverable, mark, turn }) =>
      deliverable === 'sources' && turn === 1
        ? { text: `<file-${mark} path="${evil}">\ntext\n</file-${mark}>\n` }
        : { submit: { ...SUBMISSION, ...(deliverable === 'sources' ? { files: [evil] } : {}) } },
    )
    const { code, stdout, stderr } = await run(...DESIGN, ...MODEL, '--budget', 'none')
    expect(code, stderr).toBe(0)
    const shown = [...(stdout + stderr)].filter((character) => /[\p{Cc}\p{Bidi_Control}]/u.test(character))
    expect(shown.filter((character) => character !== '\n')).toEqual([])
    expect(stdout).toContain('\\x1b[2Jx\\x9b31m\\u202e')
  })

  it('and an agent that finds nothing to change is no fault, also with --strict', async () => {
    const { run } = await place()
    expect(await run(...DESIGN, ...MODEL, '--budget', 'none', '--strict')).toMatchObject({ code: 0 })
  })
})
