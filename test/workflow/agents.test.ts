// An agent file is read strictly: a slip in its front matter is refused with the place, never guessed around.
import { describe, expect, it } from 'vitest'
import { parseAgent } from '../../src/workflow/agents.js'
import { loadWorkflow } from '../../src/workflow/load.js'

const description = 'Reads what the others made and says what is wrong.'
const agent = (head: string, body = 'You read.') => `---\n${head}\n---\n\n${body}\n`

describe('parseAgent', () => {
  it('gives the front matter and the body', () => {
    const parsed = parseAgent(
      agent(`name: reviewer\ndescription: ${description}\ntier: strong`, '# Reviewer\n\nYou read.'),
      'reviewer.md',
    )
    expect(parsed).toEqual({
      name: 'reviewer',
      description,
      tier: 'strong',
      file: 'reviewer.md',
      instructions: '# Reviewer\n\nYou read.',
    })
  })
  it.each([
    ['no front matter', '# Reviewer\n', /reviewer\.md:1:1: expected front matter/],
    [
      'an unknown key',
      agent(`name: reviewer\ndescription: ${description}\ntier: strong\ncolour: red`),
      /reviewer\.md:\d+:\d+: .*colour/,
    ],
    [
      'an unknown tier',
      agent(`name: reviewer\ndescription: ${description}\ntier: huge`),
      /reviewer\.md:4:7: tier: .*"strong"\|"standard"\|"fast".*got "huge"/,
    ],
    [
      'a nested value',
      agent(`name: reviewer\ndescription:\n  short: x\ntier: fast`),
      /reviewer\.md:\d+:\d+: description/,
    ],
    ['a missing description', agent('name: reviewer\ntier: fast'), /description/],
    [
      'an empty body',
      agent(`name: reviewer\ndescription: ${description}\ntier: fast`, ''),
      /reviewer\.md:5:1: the body is empty/,
    ],
    ['YAML that does not parse', agent('name: [reviewer'), /reviewer\.md:\d+:\d+: not valid YAML/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseAgent(text, 'reviewer.md')).toThrow(message)
  })
})

describe('the seven specialists', () => {
  it('are each 40 to 90 lines that say what they decide by, refuse and hand over', async () => {
    const { agents } = await loadWorkflow('workflows/ml-pipeline.yaml')
    for (const { name, instructions } of agents.values()) {
      const lines = instructions.split('\n').length
      expect(lines, name).toBeGreaterThanOrEqual(40)
      expect(lines, name).toBeLessThanOrEqual(90)
      for (const heading of [
        '## What you decide by',
        '## What you refuse to ship',
        '## How you hand over',
        '## The verified baseline',
      ]) {
        expect(instructions, name).toContain(heading)
      }
    }
  })
  it('share no sentence with each other', async () => {
    const { agents } = await loadWorkflow('workflows/ml-pipeline.yaml')
    const owner = new Map<string, string>()
    for (const { name, instructions } of agents.values()) {
      for (const line of instructions.split('\n').filter((text) => text.length > 60)) {
        expect(owner.get(line), line).toBeUndefined()
        owner.set(line, name)
      }
    }
  })
})
