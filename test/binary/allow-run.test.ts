// Code that a model wrote runs on a person's machine only on their word.
import { expect, it } from 'vitest'
import { SUBMISSION } from '../agent/scripted.js'
import type {} from './model-server.js'
import { DESIGN, MODEL, place, same } from './talking.js'

const L2 = ['verify', '--workspace', 'w', '--level', 'L2']
const REFUSED =
  /L2 runs the project's own code on this machine.*agents have written some of it \(sources\).*--allow-run/

it('verify runs what agents have tailored only with --allow-run', async () => {
  const { run } = await place(({ deliverable, mark, turn }) => {
    if (deliverable !== 'sources') return same()
    const text = `<file-${mark} path="docs/sources/readers.md">\n# Readers\n\nThe billing team.\n</file-${mark}>\n`
    return turn === 1 ? { text } : { submit: { ...SUBMISSION, files: ['docs/sources/readers.md'] } }
  })
  const before = [...DESIGN, ...MODEL, '--budget', 'none']
  // Of two values of --verify the last one counts.
  const early = await run(...before, '--verify', 'L2')
  expect([early.code, early.stderr]).toEqual([4, expect.stringContaining('agents are to write some of it')])
  const designed = await run(...before)
  expect(designed, designed.stderr).toMatchObject({ code: 0 })
  expect(designed.stdout).toContain('sources: 1 file changed')
  const { code, stderr, stdout } = await run(...L2)
  expect([code, stdout, stderr]).toEqual([4, '', expect.stringMatching(REFUSED)])
  expect((await run(...L2.slice(0, 3))).stderr).not.toMatch(/allow-run/)
  expect((await run(...L2, '--allow-run')).stderr).not.toMatch(/allow it/)
})

it('asks nothing about what blueprints alone have made', async () => {
  const { run } = await place()
  expect(await run(...DESIGN)).toMatchObject({ code: 0 })
  expect((await run(...L2)).stderr).not.toMatch(/allow-run/)
})
