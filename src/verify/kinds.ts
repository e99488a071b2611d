// What kind of file a path holds: checks are chosen by kind, never by deliverable or component.
import type { EmittedFile, Level } from '../types.js'

export const KINDS = [
  'python',
  'yaml',
  'toml',
  'json',
  'json-lines',
  'kubernetes',
  'kustomization',
  'helm-chart',
  'helm-values',
  'helm-template',
  'terraform',
  'terraform-test',
  'dockerfile',
  'workflow',
  'prometheus-rules',
  'prometheus-tests',
  'alertmanager',
  'dashboard',
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

/** Data formats that many tools share: the path says what reads the file, or else its first keys do. */
const BY_PATH: readonly (readonly [RegExp, Kind])[] = [
  [/^\.github\/workflows\/[^/]+\.ya?ml$/, 'workflow'],
  [/(^|\/)Chart\.yaml$/, 'helm-chart'],
  [/(^|\/)values\.yaml$/, 'helm-values'],
  [/(^|\/)deploy\/environments\/[^/]+\/[^/]+\.yaml$/, 'helm-values'],
  // Only charts keep YAML in a folder of this name: their templates are YAML only once they are rendered.
  [/(^|\/)templates\/.+\.(ya?ml|tpl|txt)$/, 'helm-template'],
  [/(^|\/)kustomization\.yaml$/, 'kustomization'],
  [/(^|\/)(Dockerfile(\.[\w-]+)?|[\w.-]+\.Dockerfile)$/, 'dockerfile'],
  [/\.(tf|tfvars)$/, 'terraform'],
  [/^docker\/images$/, 'text'],
  [/\.tftest\.hcl$/, 'terraform-test'],
]

const key = (name: string) => new RegExp(`^${name}:`, 'm')
const BY_CONTENT: readonly (readonly [readonly RegExp[], Kind])[] = [
  [[key('apiVersion'), key('kind')], 'kubernetes'],
  [[key('rule_files'), key('tests')], 'prometheus-tests'],
  [[/^groups:\s*$/m, /^\s+rules:/m], 'prometheus-rules'],
  [[key('route'), key('receivers')], 'alertmanager'],
  [[/^ {0,4}"panels": /m, /^ {0,4}"schemaVersion": /m], 'dashboard'],
]

const known = new WeakMap<object, Kind>()

/** Kind of a file; `unknown` has no check of its own, and that is reported, not hidden. */
export function kindOf(file: Pick<EmittedFile, 'path' | 'content'>): Kind {
  const kind = known.get(file) ?? decide(file)
  known.set(file, kind)
  return kind
}

function decide({ path, content }: Pick<EmittedFile, 'path' | 'content'>): Kind {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const named = BY_NAME[name]
  if (named !== undefined) return named
  if (/^\.env(\..+)?$/.test(name)) return 'dotenv'
  if (path.endsWith('.dvc/config')) return 'ini'
  const placed = BY_PATH.find(([pattern]) => pattern.test(path))
  if (placed !== undefined) return placed[1]
  const kind = BY_EXTENSION[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'unknown'
  if (kind !== 'yaml' && kind !== 'json') return kind
  return BY_CONTENT.find(([patterns]) => patterns.every((pattern) => pattern.test(content)))?.[1] ?? kind
}

/** Kinds whose text is YAML or JSON as it lies; a chart's templates are not. */
export const YAML_KINDS: readonly Kind[] = [
  'yaml',
  'kubernetes',
  'kustomization',
  'helm-chart',
  'helm-values',
  'workflow',
  'prometheus-rules',
  'prometheus-tests',
  'alertmanager',
]

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
  kubernetes: 'L1',
  kustomization: 'L1',
  'helm-chart': 'L1',
  'helm-values': 'L1',
  'helm-template': 'L1',
  terraform: 'L1',
  'terraform-test': 'L1',
  dockerfile: 'L1',
  workflow: 'L1',
  'prometheus-rules': 'L1',
  'prometheus-tests': 'L1',
  alertmanager: 'L1',
  dashboard: 'L1',
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
