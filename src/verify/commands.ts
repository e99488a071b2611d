// Commands that the project carries in Makefile recipes, DVC stages, pre-commit hooks, images and shell scripts, as words with their place.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { kindOf } from './kinds.js'
import { makeTargets } from './makefile.js'

export interface Command {
  readonly file: EmittedFile
  readonly line: number | undefined
  readonly words: readonly string[]
}

export async function projectCommands(files: readonly EmittedFile[]): Promise<Command[]> {
  const commands: Command[] = []
  for (const file of files) {
    const kind = kindOf(file)
    if (kind === 'makefile') {
      for (const target of makeTargets(file.content))
        for (const { text, line } of target.recipe)
          commands.push(...split(file, text.replace(/^[@+-]+/, ''), () => line))
    } else if (kind === 'shell') {
      file.content.split('\n').forEach((text, index) => {
        if (!/^\s*(#|$)/.test(text)) commands.push(...split(file, text, () => index + 1))
      })
    } else if (kind === 'dockerfile') {
      file.content.split('\n').forEach((text, index) => {
        const [, command] = /^RUN\s+(?:--\S+\s+)*(.*)$/.exec(text) ?? []
        if (command !== undefined) commands.push(...split(file, command, () => index + 1))
      })
    } else if (kind === 'yaml' || kind === 'workflow') commands.push(...(await yamlCommands(file)))
    else if (kind === 'markdown') commands.push(...fencedCommands(file))
  }
  return commands
}

/** What lies between separators; those within quotes on a line are part of a text that is said, not run. */
const PART = /(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?<!&)&(?!&)|[^&;|\n])+/g

/** Where it stands is worked out only for a command that is refused: in YAML it takes a slower parser to find. */
function split(file: EmittedFile, text: string, lineOf: () => number | undefined): Command[] {
  return (text.match(PART) ?? [])
    .map((part) =>
      part
        .trim()
        .split(/\s+/)
        .map((word) => word.replace(/^["']|["']$/g, '')),
    )
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word))))
    .filter((words) => words[0] !== undefined && words[0] !== '')
    .map((words) => ({
      file,
      get line() {
        return lineOf()
      },
      words,
    }))
}

/** Values of the keys that tools execute: `cmd` (DVC), `entry` (pre-commit), `run` (workflows). */
async function yamlCommands(file: EmittedFile): Promise<Command[]> {
  const commands: Command[] = []
  for (const document of await dataDocuments(file)) {
    const visit = (value: Json, path: readonly (string | number)[]): void => {
      if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index])
      else if (value !== null && typeof value === 'object')
        for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key])
      else if (typeof value === 'string' && isCommandKey(file.path, path))
        commands.push(...split(file, value, () => document.position(path).line))
    }
    visit(document.value, [])
  }
  return commands
}

function isCommandKey(file: string, path: readonly (string | number)[]): boolean {
  const key = path.filter((part) => typeof part === 'string').at(-1)
  if (/(^|\/)dvc\.yaml$/.test(file)) return key === 'cmd'
  if (file.endsWith('.pre-commit-config.yaml')) return key === 'entry'
  return key === 'run' && file.startsWith('.github/')
}

/** Lines of fenced shell blocks, with a leading prompt taken off; output after it is not told apart, so only known programs are looked at. */
function fencedCommands(file: EmittedFile): Command[] {
  let shell = false
  return file.content.split('\n').flatMap((text, index) => {
    const fence = /^\s*```(\w*)/.exec(text)
    if (fence !== null) {
      shell = !shell && /^(sh|bash|shell|console)$/.test(fence[1] ?? '')
      return []
    }
    return shell && !/^\s*(#|$)/.test(text)
      ? split(file, text.replace(/^\s*\$ /, '').replace(/\s+#.*$/, ''), () => index + 1)
      : []
  })
}
