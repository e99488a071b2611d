// What kind of file a path holds: checks are chosen by kind, never by deliverable or component.
import type { Level } from '../types.js'

export const KINDS = [
  'python',
  'yaml',
  'toml',
  'json',
  'json-lines',
  'markdown',
  'proto',
  'makefile',
  'shell',
  'dotenv',
  'ini',
  'ignore',
  'attributes',
  'template',
  'csv',
  'text',
  'unknown',
] as const
export type Kind = (typeof KINDS)[number]

const BY_NAME: Readonly<Record<string, Kind>> = {
  Makefile: 'makefile',
  '.gitignore': 'ignore',
  '.dvcignore': 'ignore',
  '.dockerignore': 'ignore',
  '.airflowignore': 'ignore',
  '.helmignore': 'ignore',
  '.gitattributes': 'attributes',
  '.editorconfig': 'ini',
  '.python-version': 'text',
  'py.typed': 'text',
  LICENSE: 'text',
  // DVC writes this one as YAML, whatever its extension says.
  'dvc.lock': 'yaml',
  'uv.lock': 'toml',
}

const BY_EXTENSION: Readonly<Record<string, Kind>> = {
  py: 'python',
  pyi: 'python',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
  json: 'json',
  jsonl: 'json-lines',
  md: 'markdown',
  proto: 'proto',
  mk: 'makefile',
  sh: 'shell',
  bash: 'shell',
  html: 'template',
  j2: 'template',
  jinja: 'template',
  csv: 'csv',
  cfg: 'ini',
  ini: 'ini',
  dvc: 'yaml',
  txt: 'text',
}

/** Kind of the file at `path` (relative, forward slashes); `unknown` has no check of its own, and that is reported, not hidden. */
export function kindOf(path: string): Kind {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const named = BY_NAME[name]
  if (named !== undefined) return named
  if (/^\.env(\..+)?$/.test(name)) return 'dotenv'
  if (path.endsWith('.dvc/config')) return 'ini'
  return BY_EXTENSION[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'unknown'
}

/**
 * The strongest level that a check of single files can ever give a kind. Where it is L0, no publisher ships a
 * validator for the kind, so a file that parses does not hold its deliverable back.
 */
export const STRONGEST: Readonly<Record<Kind, Extract<Level, 'L0' | 'L1'>>> = {
  python: 'L1',
  yaml: 'L1',
  toml: 'L1',
  json: 'L1',
  'json-lines': 'L0',
  markdown: 'L1',
  proto: 'L1',
  makefile: 'L1',
  shell: 'L1',
  dotenv: 'L0',
  ini: 'L0',
  ignore: 'L0',
  attributes: 'L0',
  // Rendered, and so checked for real, by the generated project's own tests.
  template: 'L0',
  csv: 'L0',
  text: 'L0',
  unknown: 'L1',
}
