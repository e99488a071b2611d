// An agent is a Markdown file: flat front matter that coding assistants read as well, then who the specialist is.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { DefinitionError } from '../errors.js'
import { parseYaml } from './source.js'

/** What an agent needs of a model; which model that is stands in the user's configuration. */
const TIERS = ['strong', 'standard', 'fast'] as const

const frontMatter = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected lower case words joined by hyphens'),
  description: z.string().min(20, 'expected one sentence that says what the agent is for'),
  tier: z.enum(TIERS),
})

export interface Agent extends z.infer<typeof frontMatter> {
  readonly file: string
  /** Everything below the front matter, without leading or trailing blank lines. */
  readonly instructions: string
}

/** Parses the text of an agent file; `file` is used in messages only. */
export function parseAgent(text: string, file: string): Agent {
  const match = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text)
  const head = match?.[1]
  if (match === null || head === undefined) {
    throw new DefinitionError('expected front matter between two lines of three hyphens, starting on the first line', {
      file,
      line: 1,
      column: 1,
    })
  }
  const source = parseYaml(head, file, frontMatter, 2)
  const instructions = text.slice(match[0].length).trim()
  if (instructions === '') {
    throw new DefinitionError('the body is empty; say who the agent is below the front matter', {
      file,
      line: head.split('\n').length + 2,
      column: 1,
    })
  }
  return { ...source.value, file, instructions }
}

/** Reads one agent file; the name inside must be the name that the workflow calls it by. */
export async function loadAgent(file: string, expected: string): Promise<Agent> {
  const agent = parseAgent(await readFile(file, 'utf8'), file)
  if (agent.name !== expected) {
    throw new DefinitionError(`name: expected ${expected}, as the file is called; got ${agent.name}`, {
      file,
      line: 2,
      column: 1,
    })
  }
  return agent
}
