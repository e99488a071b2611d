// .proto files parse, and every type they name resolves, in the file itself or in one that it imports.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, messageOf, verdicts } from './check.js'
import { packageTool } from './versions.js'

export const protoCheck: Check = {
  name: 'proto/protobufjs',
  level: 'L1',
  kinds: ['proto'],
  async run(files, project): Promise<CheckResult[]> {
    const say = verdicts(this, packageTool('protobufjs'))
    const results: CheckResult[] = []
    for (const file of files) {
      const problem = await problemOf(file, project)
      results.push(
        problem === undefined ? say.pass(file) : say.fail(file, problem, { line: lineOf(file.content, problem) }),
      )
    }
    return results
  },
}

async function problemOf(file: EmittedFile, project: readonly EmittedFile[]): Promise<string | undefined> {
  const { default: protobuf } = await import('protobufjs')
  // One root per file: names of one file must not satisfy another one that forgot its import.
  const root = new protobuf.Root()
  const open = [file]
  const seen = new Set<string>()
  try {
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      if (seen.has(next.path)) continue
      seen.add(next.path)
      for (const path of protobuf.parse(next.content, root, { keepCase: true }).imports ?? []) {
        const wellKnown = protobuf.common.get(path)?.nested
        const imported = project.find((other) => other.path === path || other.path.endsWith(`/${path}`))
        if (wellKnown !== undefined && wellKnown !== null) root.addJSON(wellKnown)
        else if (imported !== undefined) open.push(imported)
        else return `the import '${path}' is not a file of the project`
      }
    }
    root.resolveAll()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** Syntax errors name their line; for the others it is the last line that holds the word or number complained of. */
function lineOf(text: string, message: string): number | undefined {
  const stated = /line (\d+)\)/.exec(message)?.[1]
  if (stated !== undefined) return Number(stated)
  const named = /'([^']+)'|duplicate id (\d+)|type: (\S+)/.exec(message)
  if (named === null) return undefined
  const lines = text.split('\n').map((line) => line.replace(/\/\/.*/, ''))
  const at = lines.findLastIndex((line) =>
    named[2] === undefined ? line.includes(named[1] ?? named[3] ?? '') : new RegExp(`=\\s*${named[2]}\\b`).test(line),
  )
  return at < 0 ? undefined : at + 1
}
