// Facts of Python files, most of them found by the build: it parses the blueprints' once, instead of every design again.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EmittedFile } from '../types.js'
import { giveWay } from './give-way.js'
import { type Literal, type PythonCall, type PythonFacts, parseFacts } from './python-facts.js'

/** The file of the build. */
export const FACTS = 'python-facts.json'

type WrittenLiteral = Exclude<Literal, undefined> | null

interface WrittenCall extends Omit<PythonCall, 'positional' | 'keywords'> {
  readonly positional: readonly WrittenLiteral[]
  readonly keywords: readonly (readonly [string, WrittenLiteral])[]
}

interface WrittenFacts extends Omit<PythonFacts, 'calls' | 'names'> {
  readonly calls: readonly WrittenCall[]
  readonly names: readonly string[]
}

/** Text of the build's file: the facts of each of these Python texts. */
export async function prepareFacts(texts: readonly string[]): Promise<string> {
  const entries: Record<string, WrittenFacts> = {}
  for (const text of texts) entries[keyOf(text)] = written(await parseFacts(text))
  return JSON.stringify(entries)
}

/** Finds facts in what the build wrote to `folder`; none where it wrote nothing, and none of a text that was not there then. */
export function openFacts(folder: string): (text: string) => PythonFacts | undefined {
  const file = join(folder, FACTS)
  if (!existsSync(file)) return () => undefined
  const entries = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, WrittenFacts>>
  return (text) => {
    const found = entries[keyOf(text)]
    return found === undefined ? undefined : read(found)
  }
}

const known = new WeakMap<EmittedFile, PythonFacts>()
let prepared: ReturnType<typeof openFacts> | undefined

/** Facts of a Python file; cheap the second time, as the wired-in checks ask again and again. */
export async function pythonFacts(file: EmittedFile): Promise<PythonFacts> {
  // Beside the code that the build made and, where that is not running, nowhere: a changed parser never meets old facts.
  prepared ??= openFacts(fileURLToPath(new URL('..', import.meta.url)))
  const facts = known.get(file) ?? prepared(file.content) ?? (await parsed(file))
  known.set(file, facts)
  return facts
}

async function parsed(file: EmittedFile): Promise<PythonFacts> {
  await giveWay()
  return parseFacts(file.content)
}

const keyOf = (text: string): string => createHash('sha256').update(text).digest('base64').slice(0, 22)

const written = (facts: PythonFacts): WrittenFacts => ({
  ...facts,
  calls: facts.calls.map((call) => ({
    ...call,
    positional: call.positional.map((value) => value ?? null),
    keywords: [...call.keywords].map(([name, value]) => [name, value ?? null]),
  })),
  names: [...facts.names],
})

const read = (facts: WrittenFacts): PythonFacts => ({
  ...facts,
  calls: facts.calls.map((call) => ({
    ...call,
    positional: call.positional.map((value) => value ?? undefined),
    keywords: new Map(call.keywords.map(([name, value]) => [name, value ?? undefined])),
  })),
  names: new Set(facts.names),
})
