// The Python environments of a project: every pyproject.toml with what it declares, as far as other files depend on it.
import { posix } from 'node:path'
import { z } from 'zod'
import type { EmittedFile } from '../types.js'
import { normalised } from './dependency-data.js'
import { dataDocuments } from './documents.js'

const schema = z.object({
  project: z
    .object({
      name: z.string().optional(),
      'requires-python': z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      'optional-dependencies': z.record(z.string(), z.array(z.string())).default({}),
      scripts: z.record(z.string(), z.string()).default({}),
      'entry-points': z.record(z.string(), z.record(z.string(), z.string())).default({}),
    })
    .default({ dependencies: [], 'optional-dependencies': {}, scripts: {}, 'entry-points': {} }),
  'dependency-groups': z.record(z.string(), z.array(z.unknown())).default({}),
  tool: z.object({ uv: z.object({ sources: z.record(z.string(), z.unknown()).default({}) }).optional() }).default({}),
})

interface Dependency {
  /** Normalised. */
  readonly package: string
  readonly text: string
  readonly pinned: boolean
  readonly line: number
}

export interface Environment {
  readonly file: EmittedFile
  /** `` for the root, else ending with a slash. */
  readonly folder: string
  readonly name: string
  readonly dependencies: readonly Dependency[]
  /** Console scripts and entry points: name -> `module:attribute`. */
  readonly scripts: Readonly<Record<string, string>>
  readonly entryPoints: readonly string[]
}

export async function environments(files: readonly EmittedFile[]): Promise<Environment[]> {
  const found: Environment[] = []
  for (const file of files.filter((one) => posix.basename(one.path) === 'pyproject.toml')) {
    const [document] = await dataDocuments(file)
    const parsed = schema.safeParse(document?.value)
    // What is not of this shape is reported by the schema check, with its line.
    if (!parsed.success) continue
    const { project, tool } = parsed.data
    const local = new Set(Object.keys(tool.uv?.sources ?? {}).map(normalised))
    const texts = [
      project.dependencies,
      ...Object.values(project['optional-dependencies']),
      ...Object.values(parsed.data['dependency-groups']),
    ].flat()
    const folder = posix.dirname(file.path) === '.' ? '' : `${posix.dirname(file.path)}/`
    found.push({
      file,
      folder,
      name: normalised(project.name ?? ''),
      dependencies: texts
        .flatMap((text) => (typeof text === 'string' ? dependency(file, text) : []))
        .filter((one) => !local.has(one.package)),
      scripts: project.scripts,
      entryPoints: Object.values(project['entry-points']).flatMap((group) => Object.values(group)),
    })
  }
  return found
}

function dependency(file: EmittedFile, text: string): Dependency[] {
  const match = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;]*)/.exec(text)
  if (match === null) return []
  const at = file.content.indexOf(text)
  return [
    {
      package: normalised(match[1] ?? ''),
      text,
      pinned: /^==[^*,]+$/.test((match[2] ?? '').trim()),
      line: file.content.slice(0, Math.max(at, 0)).split('\n').length,
    },
  ]
}

/** The environment whose folder holds the path. */
export function environmentOf(all: readonly Environment[], path: string): Environment | undefined {
  return all.filter((one) => path.startsWith(one.folder)).sort((a, b) => b.folder.length - a.folder.length)[0]
}
