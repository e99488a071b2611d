// The texts of tools and messages are all there, read only what their messages have, and match the form that replies are read in.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MESSAGES } from '../../src/agent/messages.js'
import { parseReply } from '../../src/agent/reply.js'
import { TOOL_NAMES } from '../../src/agent/tools.js'
import { loadToolTexts } from '../../src/prompt/tools.js'
import { temporaryFolder } from '../temporary.js'

async function loadChanged(change: (folder: string) => void) {
  const folder = temporaryFolder('tool-texts')
  cpSync('prompts/tools', folder, { recursive: true })
  change(folder)
  return loadToolTexts(folder, TOOL_NAMES, MESSAGES)
}

describe('the texts of tools', () => {
  it('are loaded and say what they are given as data', async () => {
    const { say, descriptions } = await loadChanged(() => {})
    expect(Object.keys(descriptions)).toEqual(TOOL_NAMES)
    const issues = ['{{tool}} {{> role}}', 'half \ud83d']
    expect(say('call-refused', { tool: 'x', issues, tools: ['a', 'b'] })).toBe(
      'The call of x could not be answered:\n- {{tool}} {{> role}}\n- half \ufffd\nThe tools are a, b.',
    )
  })
  it.each([
    ['a message is missing', (folder: string) => rmSync(join(folder, 'empty.hbs')), /empty\.hbs: is missing/],
    ['a description is missing', (folder: string) => rmSync(join(folder, 'check.md')), /check\.md: is missing/],
    [
      'a file is unknown',
      (folder: string) => writeFileSync(join(folder, 'other.hbs'), 'x'),
      /other\.hbs: nothing reads it/,
    ],
    ['a file is empty', (folder: string) => writeFileSync(join(folder, 'check.md'), '\n'), /check\.md: is empty/],
    [
      'a message reads what it cannot have',
      (folder: string) => writeFileSync(join(folder, 'checked.hbs'), '{{#each failures as |f|}}{{f.rule}}{{/each}}'),
      /checked\.hbs:1:\d+: .*f\.rule/,
    ],
  ])('are refused at load where %s', async (_, change, reason) => {
    await expect(loadChanged(change)).rejects.toThrow(reason)
  })
})

describe('the form of the answer', () => {
  const form = readFileSync('prompts/partials/answer-form.hbs', 'utf8')
  it('is shown in a form that is taken', () => {
    const { blocks, problems, cut } = parseReply([form], 'MARK')
    expect({ problems, cut }).toEqual({ problems: [], cut: undefined })
    expect(blocks).toMatchObject([
      { kind: 'file' },
      { kind: 'edit', changes: [{ replace: 'whole lines in their place, or none\n' }] },
    ])
  })
  it('names every tool', () => {
    for (const tool of TOOL_NAMES) expect(form).toContain(`\`${tool}\``)
  })
})
