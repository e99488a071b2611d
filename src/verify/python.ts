// Python files are accepted by ruff itself, run in-process: syntax, lint with the project's own rules, format.
import v8 from 'node:v8'
import { z } from 'zod'
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, messageOf, type Verdicts, verdicts } from './check.js'
import { giveWay } from './give-way.js'
import { positionAt } from './json.js'
import {
  firstParty,
  nearestProject,
  type RuffFileSettings,
  type RuffProject,
  ruffProject,
  settingsFor,
} from './ruff-settings.js'

const diagnosticsSchema = z.array(
  z.looseObject({
    code: z.string().nullable(),
    message: z.string(),
    start_location: z.object({ row: z.number(), column: z.number() }),
  }),
)
type Ruff = typeof import('@astral-sh/ruff-wasm-nodejs')
type RuffWorkspace = InstanceType<Ruff['Workspace']>

export const pythonCheck: Check = {
  name: 'python/ruff',
  level: 'L1',
  kinds: ['python'],
  last: true,
  async run(files, project): Promise<CheckResult[]> {
    const ruff = await loadRuff()
    const tool = { tool: 'ruff', version: ruff.Workspace.version() }
    const say = {
      syntax: verdicts({ name: 'python/syntax', level: 'L0' }, tool),
      lint: verdicts(this, tool),
      format: verdicts({ name: 'python/format', level: 'L1' }, tool),
    }
    const projects = await ruffProjects(project)
    if (projects.length === 0) {
      // Ruff's defaults are far weaker than what a platform must be held to, so their silence would prove little.
      return files.map((file) =>
        say.lint.fail(
          file,
          'no pyproject.toml with a [tool.ruff] table applies to this file; the project must carry its lint rules',
        ),
      )
    }
    const workspaces = new Map<string, RuffWorkspace>()
    const known = new Map(projects.map((p) => [p, firstParty(p, project)]))
    const results: CheckResult[] = []
    for (const file of files) {
      await giveWay()
      const owner = nearestProject(projects, file.path)
      if (owner === undefined)
        results.push(say.lint.fail(file, 'no pyproject.toml with a [tool.ruff] table lies above this file'))
      else {
        const settings = settingsFor(owner, known.get(owner) ?? [], file.path)
        results.push(...checkOne(file, settings, workspaceFor(ruff, workspaces, settings), say))
      }
    }
    for (const workspace of workspaces.values()) workspace.free()
    return results
  },
}

async function loadRuff(): Promise<Ruff> {
  // The optimising compiler would take several times as long and as much memory as all the checks together.
  v8.setFlagsFromString('--liftoff-only')
  return (await import('@astral-sh/ruff-wasm-nodejs')).default as unknown as Ruff
}

async function ruffProjects(files: readonly EmittedFile[]): Promise<RuffProject[]> {
  const { parse } = await import('smol-toml')
  return files
    .filter((file) => file.path === 'pyproject.toml' || file.path.endsWith('/pyproject.toml'))
    .flatMap((file) => {
      try {
        return ruffProject(file.path, parse(file.content)) ?? []
      } catch {
        // toml/parse reports it with its position.
        return []
      }
    })
}

function workspaceFor(ruff: Ruff, cache: Map<string, RuffWorkspace>, settings: RuffFileSettings): RuffWorkspace {
  const key = JSON.stringify(settings.options)
  const cached = cache.get(key)
  if (cached !== undefined) return cached
  try {
    const created = new ruff.Workspace(settings.options, ruff.PositionEncoding.Utf32)
    cache.set(key, created)
    return created
  } catch (error) {
    throw new Error(`ruff refuses [tool.ruff] of pyproject.toml: ${messageOf(error)}`)
  }
}

function checkOne(
  file: EmittedFile,
  settings: RuffFileSettings,
  workspace: RuffWorkspace,
  say: Record<'syntax' | 'lint' | 'format', Verdicts>,
): CheckResult[] {
  const diagnostics = diagnosticsSchema.parse(workspace.check(file.content))
  const at = (d: (typeof diagnostics)[number]) => ({ line: d.start_location.row, column: d.start_location.column })
  const syntax = diagnostics.filter((d) => d.code === null || d.code === 'invalid-syntax')
  // What follows a syntax error is noise: neither rules nor layout mean anything then.
  if (syntax.length > 0) return syntax.map((d) => say.syntax.fail(file, d.message, at(d)))
  const accepted = say.syntax.pass(file)
  if (settings.excluded) return [accepted, say.lint.pass(file, 'excluded by [tool.ruff]: parsed only')]
  const lint = diagnostics.map((d) => say.lint.fail(file, `${d.code}: ${d.message}`, at(d)))
  const results = [accepted, ...(lint.length === 0 ? [say.lint.pass(file)] : lint)]
  if (settings.unformatted) return results
  const formatted = workspace.format(file.content)
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
