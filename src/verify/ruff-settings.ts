// What ruff on the command line would find out from the file system, computed for ruff in-process, which has none:
// the nearest [tool.ruff], the Python version, first-party packages, and per-file ignores.
import { posix } from 'node:path'
import { z } from 'zod'
import type { EmittedFile } from '../types.js'
import { isExcluded, matchesFile } from './glob.js'

const codes = z.array(z.string())
const lintSchema = z.looseObject({
  'per-file-ignores': z.record(z.string(), codes).default({}),
  'extend-per-file-ignores': z.record(z.string(), codes).default({}),
  ignore: codes.default([]),
  isort: z.looseObject({ 'known-first-party': z.array(z.string()).optional() }).default({}),
})
const ruffSchema = z.looseObject({
  src: z.array(z.string()).default(['.', 'src']),
  exclude: z.array(z.string()).default([]),
  'extend-exclude': z.array(z.string()).default([]),
  'target-version': z.string().optional(),
  lint: lintSchema.default({ 'per-file-ignores': {}, 'extend-per-file-ignores': {}, ignore: [], isort: {} }),
  format: z.looseObject({ exclude: z.array(z.string()).default([]) }).default({ exclude: [] }),
})
const pyprojectSchema = z.object({
  project: z.looseObject({ 'requires-python': z.string().optional() }).optional(),
  tool: z.looseObject({ ruff: z.unknown() }).optional(),
})

/** One `[tool.ruff]` table, with the folder that its patterns are relative to. */
export interface RuffProject {
  readonly folder: string
  readonly settings: z.infer<typeof ruffSchema>
}

export interface RuffFileSettings {
  readonly options: Record<string, unknown>
  readonly excluded: boolean
  readonly unformatted: boolean
}

/** Reads a parsed pyproject.toml; nothing where it has no [tool.ruff]. */
export function ruffProject(path: string, document: unknown): RuffProject | undefined {
  const pyproject = pyprojectSchema.parse(document)
  if (pyproject.tool?.ruff === undefined) return undefined
  const settings = ruffSchema.parse(pyproject.tool.ruff)
  const oldest = /(?:>=|==|~=)\s*3\.(\d+)/.exec(pyproject.project?.['requires-python'] ?? '')?.[1]
  if (settings['target-version'] === undefined && oldest !== undefined) settings['target-version'] = `py3${oldest}`
  return { folder: posix.dirname(path) === '.' ? '' : `${posix.dirname(path)}/`, settings }
}

/** The project whose folder is the deepest one above the file. */
export function nearestProject(projects: readonly RuffProject[], path: string): RuffProject | undefined {
  return projects
    .filter((project) => path.startsWith(project.folder))
    .sort((a, b) => b.folder.length - a.folder.length)[0]
}

/** Names that imports of this project's own code begin with. */
export function firstParty(project: RuffProject, files: readonly EmittedFile[]): string[] {
  const names = new Set<string>()
  for (const root of project.settings.src) {
    const prefix = posix.join(project.folder, root, '/').replace(/^\.\//, '').replace(/^\/$/, '')
    for (const { path } of files) {
      if (!path.startsWith(prefix) || !path.endsWith('.py')) continue
      const rest = path.slice(prefix.length)
      const name = rest.split('/')[0]?.replace(/\.py$/, '')
      if (name !== undefined && /^[A-Za-z_]\w*$/.test(name)) names.add(name)
    }
  }
  return [...names].sort()
}

export function settingsFor(project: RuffProject, known: readonly string[], path: string): RuffFileSettings {
  const { src: _src, exclude, 'extend-exclude': more, lint, format, ...rest } = project.settings
  const { 'per-file-ignores': perFile, 'extend-per-file-ignores': extra, ...lintRest } = lint
  const relative = path.slice(project.folder.length)
  const ignored = [...Object.entries(perFile), ...Object.entries(extra)].flatMap(([glob, list]) =>
    matchesFile(glob, relative) ? list : [],
  )
  const isort = { 'known-first-party': known, ...lint.isort }
  const { exclude: noFormat, ...formatRest } = format
  const { extend: _extend, 'required-version': _required, 'cache-dir': _cache, ...options } = rest
  return {
    options: { ...options, lint: { ...lintRest, ignore: [...lint.ignore, ...ignored], isort }, format: formatRest },
    excluded: isExcluded([...exclude, ...more], relative),
    unformatted: isExcluded(noFormat, relative),
  }
}
