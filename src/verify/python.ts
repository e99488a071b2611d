// Python files are accepted by ruff itself, run in-process: syntax, lint with the project's own rules, format.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, type Verdicts, verdicts } from './check.js'
import { positionAt } from './json.js'
import { askRuff, type RuffAnswers } from './ruff.js'
import {
  firstParty,
  nearestProject,
  type RuffFileSettings,
  type RuffProject,
  ruffProject,
  settingsFor,
} from './ruff-settings.js'

export const pythonCheck: Check = {
  name: 'python/ruff',
  level: 'L1',
  kinds: ['python'],
  last: true,
  // Of the other Python files only the names: what they are imported by tells the project's own code from that of others.
  beside: (project) => project.filter(isPyproject),
  async run(files, project): Promise<CheckResult[]> {
    const projects = await ruffProjects(project)
    const known = new Map(projects.map((p) => [p, firstParty(p, project)]))
    const judged = files.flatMap((file) => {
      const owner = nearestProject(projects, file.path)
      return owner === undefined ? [] : [{ file, settings: settingsFor(owner, known.get(owner) ?? [], file.path) }]
    })
    const { version, answers } = await asked(judged)
    const tool = { tool: 'ruff', version }
    const say = {
      syntax: verdicts({ name: 'python/syntax', level: 'L0' }, tool),
      lint: verdicts(this, tool),
      format: verdicts({ name: 'python/format', level: 'L1' }, tool),
    }
    const results = new Map(
      judged.map(({ file, settings }, at) => {
        const answer = answers[at]
        if (answer === undefined) throw new Error(`ruff did not answer about ${file.path}`)
        return [file, resultsOf(file, settings, answer, say)]
      }),
    )
    // Ruff's defaults are far weaker than what a platform must be held to, so their silence would prove little.
    const none =
      projects.length === 0
        ? 'no pyproject.toml with a [tool.ruff] table applies to this file; the project must carry its lint rules'
        : 'no pyproject.toml with a [tool.ruff] table lies above this file'
    return files.flatMap((file) => results.get(file) ?? say.lint.fail(file, none))
  },
}

/** Every text, with each set of settings said once. */
function asked(
  judged: readonly { readonly file: EmittedFile; readonly settings: RuffFileSettings }[],
): Promise<RuffAnswers> {
  const settings: RuffFileSettings['options'][] = []
  const places = new Map<string, number>()
  const texts = judged.map(({ file, settings: { options, excluded, unformatted } }) => {
    const key = JSON.stringify(options)
    const at = places.get(key) ?? settings.push(options) - 1
    places.set(key, at)
    return { content: file.content, settings: at, format: !excluded && !unformatted }
  })
  return askRuff({ settings, texts })
}

const isPyproject = ({ path }: EmittedFile) => path === 'pyproject.toml' || path.endsWith('/pyproject.toml')

async function ruffProjects(files: readonly EmittedFile[]): Promise<RuffProject[]> {
  const { parse } = await import('smol-toml')
  return files.filter(isPyproject).flatMap((file) => {
    try {
      return ruffProject(file.path, parse(file.content)) ?? []
    } catch {
      // toml/parse reports it with its position.
      return []
    }
  })
}

function resultsOf(
  file: EmittedFile,
  settings: RuffFileSettings,
  { diagnostics, formatted }: RuffAnswers['answers'][number],
  say: Record<'syntax' | 'lint' | 'format', Verdicts>,
): CheckResult[] {
  const at = (d: (typeof diagnostics)[number]) => ({ line: d.start_location.row, column: d.start_location.column })
  const syntax = diagnostics.filter((d) => d.code === null || d.code === 'invalid-syntax')
  // What follows a syntax error is noise: neither rules nor layout mean anything then.
  if (syntax.length > 0) return syntax.map((d) => say.syntax.fail(file, d.message, at(d)))
  const accepted = say.syntax.pass(file)
  if (settings.excluded) return [accepted, say.lint.pass(file, 'excluded by [tool.ruff]: parsed only')]
  const lint = diagnostics.map((d) => say.lint.fail(file, `${d.code}: ${d.message}`, at(d)))
  const results = [accepted, ...(lint.length === 0 ? [say.lint.pass(file)] : lint)]
  if (settings.unformatted) return results
  if (formatted === undefined) throw new Error(`ruff did not format ${file.path}`)
  if (formatted === file.content) return [...results, say.format.pass(file)]
  const { line } = positionAt(file.content, firstDifference(file.content, formatted))
  return [
    ...results,
    say.format.fail(
      file,
      `not as \`ruff format\` writes it; expected here: ${JSON.stringify(formatted.split('\n')[line - 1] ?? '')}`,
      { line },
    ),
  ]
}

function firstDifference(a: string, b: string): number {
  let index = 0
  while (index < a.length && a[index] === b[index]) index += 1
  return index
}
