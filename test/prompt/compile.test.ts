// Prompts and partials come from a folder of files; a new one needs nothing else.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadPrompts } from '../../src/prompt/compile.js'
import { renderPrompt } from '../../src/prompt/render.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prompts-'))
  await mkdir(join(folder, 'partials'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('loadPrompts', () => {
  it('reads every prompt with every partial, by name', async () => {
    await writeFile(join(folder, 'reviewer.hbs'), '{{> greeting}}{{phase5.other.output}}')
    await writeFile(join(folder, 'partials/greeting.hbs'), 'For {{agent.name}}: ')
    await writeFile(join(folder, 'notes.txt'), 'not a prompt')
    const { prompts, partials } = await loadPrompts(folder)
    expect([[...prompts.keys()], [...partials.keys()]]).toEqual([['reviewer'], ['greeting']])
    const prompt = prompts.get('reviewer')
    if (prompt === undefined) throw new Error('no prompt')
    const output = '{{agent.name}} {{> greeting}}'
    expect(renderPrompt(prompt, { agent: { name: 'x' }, phase5: { other: { output } } })).toBe(`For x: ${output}`)
  })
  it('names file and line of a template that does not parse', async () => {
    await writeFile(join(folder, 'broken.hbs'), 'a\n{{#if b}}\n')
    await expect(loadPrompts(folder)).rejects.toThrow(/broken\.hbs:\d+: not a valid template/)
  })
})
