// Expressions that Prometheus' grammar does not accept, at their line.
import type { EmittedFile } from '../types.js'
import { readQuery } from './promql.js'
import { queriesOf } from './queries.js'

export async function promqlProblems(file: EmittedFile): Promise<{ line: number | undefined; message: string }[]> {
  const problems: { line: number | undefined; message: string }[] = []
  for (const query of await queriesOf(file)) {
    const { text } = query
    const [at] = (await readQuery(text)).errors
    if (at !== undefined)
      problems.push({
        line: query.line,
        message: `PromQL does not go on at "${text.slice(at, at + 20)}" of ${text.slice(0, 80)}`,
      })
  }
  return problems
}
