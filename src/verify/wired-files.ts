// Every data file is read by somebody, every path that is named exists, and what is made at run time stays out of version control.
import { posix } from 'node:path'
import type { EmittedFile } from '../types.js'
import { projectCommands } from './commands.js'
import { dependencyData } from './dependency-data.js'
import { type Kind, kindOf } from './kinds.js'
import { isMade, makeTargets } from './makefile.js'
import { isRuntimePath, isTest, repositoryPath, rootedPath, runtimePatterns } from './paths.js'
import type { PythonProject } from './python-project.js'
import { type Finding, inFile, type Seam } from './seam.js'
import { SETTINGS_SCHEMA, settingsSchemaOf } from './settings.js'

/** Kinds of files that something must read. */
const DATA: readonly Kind[] = [
  'yaml',
  'toml',
  'json',
  'json-lines',
  'proto',
  'template',
  'csv',
  'shell',
  'text',
  'ini',
  'unknown',
]

export const dataFileSeam: Seam = {
  name: 'wired/file',
  async find({ files }) {
    const allowed = dependencyData().files.map((entry) => new RegExp(entry.path))
    const readers = files.filter((file) => !file.documentation && !isTest(file.path))
    const findings: Finding[] = []
    for (const file of files) {
      if (
        file.documentation ||
        isTest(file.path) ||
        !DATA.includes(kindOf(file)) ||
        allowed.some((path) => path.test(file.path))
      )
        continue
      if (await isReferred(file, readers, files)) continue
      findings.push(inFile(file, `no other file refers to ${file.path}`))
    }
    return findings
  },
}

/** By path, by file name, as a settings environment, as the schema beside a file, or by a tool that knows its name. */
async function isReferred(
  file: EmittedFile,
  readers: readonly EmittedFile[],
  all: readonly EmittedFile[],
): Promise<boolean> {
  const name = posix.basename(file.path)
  // Whoever writes the path writes the name.
  if (readers.some((other) => other.path !== file.path && mentions(other, name))) return true
  if ((await settingsSchemaOf(file, all)) !== undefined) return true
  if (await isSettingsSchema(file, all)) return true
  if (isNamedByTemplate(file, readers) || isForPeople(file, all)) return true
  const described = file.path.replace(/\.schema\.json$/, '')
  if (
    described !== file.path &&
    all.some((other) => other.path !== file.path && other.path.replace(/\.(ya?ml|json|toml)$/, '') === described)
  )
    return true
  return TOOL_FILES.some(
    ({ path, program }) =>
      path.test(file.path) &&
      readers.some((other) => other.path !== file.path && new RegExp(`\\b${program}\\b`).test(other.content)),
  )
}

/** The settings schema is used where there are settings for it. */
async function isSettingsSchema(file: EmittedFile, all: readonly EmittedFile[]): Promise<boolean> {
  if (posix.basename(file.path) !== SETTINGS_SCHEMA) return false
  for (const other of all) if ((await settingsSchemaOf(other, all))?.path === file.path) return true
  return false
}

/** `operators/{{ .name }}.yaml` in a template, and the name among the values. */
function isNamedByTemplate(file: EmittedFile, readers: readonly EmittedFile[]): boolean {
  const folder = posix.basename(posix.dirname(file.path))
  const stem = posix.basename(file.path).replace(/\.[^.]*$/, '')
  const computed = readers.some((other) => new RegExp(`\\b${folder}/(\\{\\{|\\$)`).test(other.content))
  return computed && readers.some((other) => kindOf(other) === 'helm-values' && mentions(other, stem))
}

/** Scripts that people run are named where people read. */
const isForPeople = (file: EmittedFile, all: readonly EmittedFile[]): boolean =>
  kindOf(file) === 'shell' && all.some((other) => other.documentation && mentions(other, file.path))

const TOOL_FILES: readonly { readonly path: RegExp; readonly program: string }[] = [
  { path: /^\.pre-commit-config\.yaml$/, program: 'pre-commit' },
  { path: /(^|\/)dvc\.(yaml|lock)$/, program: 'dvc' },
  { path: /^\.dvc\/config$/, program: 'dvc' },
  { path: /(^|\/)params\.yaml$/, program: 'dvc' },
]

const mentioned = new WeakMap<EmittedFile, Map<string, boolean>>()

/** Each file is searched for a name once. */
function mentions(file: EmittedFile, text: string): boolean {
  const known = mentioned.get(file) ?? new Map<string, boolean>()
  mentioned.set(file, known)
  const answer = known.get(text) ?? searched(file.content, text)
  known.set(text, answer)
  return answer
}

const searched = (content: string, text: string): boolean =>
  content.includes(text) &&
  new RegExp(`(^|[^\\w.-])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\w-])`, 'm').test(content)

/** Paths that files name: each is emitted, or is one that the project itself makes when it runs. */
export const pathSeam: Seam = {
  name: 'wired/path',
  async find({ files, python }) {
    const paths = new Set(files.map((file) => file.path))
    const folders = new Set(files.flatMap((file) => ancestors(file.path)))
    const runtime = runtimePatterns(files)
    const made = files.filter((file) => kindOf(file) === 'makefile').flatMap((file) => makeTargets(file.content))
    return (
      files
        // The list of others' metrics names where their documents were read.
        .filter((file) => !file.documentation && !file.path.endsWith('external-metrics.yaml'))
        .flatMap((file) =>
          namedPaths(file, folders, python)
            .filter(({ path }) => !exists(file, path))
            .map(({ path, line }) => inFile(file, `${path} does not exist`, line)),
        )
    )

    function exists(file: EmittedFile, path: string): boolean {
      const bare = path.replace(/\/$/, '')
      const beside = posix.join(posix.dirname(file.path), bare)
      return (
        isMade(made, bare) ||
        // An import of a .proto file starts at its own root.
        (bare.endsWith('.proto') && files.some((other) => other.path.endsWith(`/${bare}`))) ||
        [bare, beside].some(
          (one) =>
            paths.has(one) || folders.has(one) || isRuntimePath(runtime, one) || isRuntimePath(runtime, `${one}/`),
        )
      )
    }
  },
}

const ancestors = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, at, parts) => parts.slice(0, at + 1).join('/'))

/** A string of Python that is a path of a file as people write them, whether its folder exists or not. */
const WHOLE_PATH = /^[a-z_.]+(\/[A-Za-z0-9_.-]+)+\.(ya?ml|toml|proto|sql|html|json)$/

/** Words of a file that can only be paths of this repository. Tests make files of their own, so their strings are not looked at. */
function namedPaths(
  file: EmittedFile,
  folders: ReadonlySet<string>,
  python: PythonProject,
): { path: string; line: number }[] {
  const kind = kindOf(file)
  if (
    isTest(file.path) ||
    ['ignore', 'attributes', 'unknown', 'csv', 'json-lines'].includes(kind) ||
    /^(spec|contract)\.yaml$/.test(file.path)
  )
    return []
  const facts = kind === 'python' ? python.modules.find((module) => module.file.path === file.path)?.facts : undefined
  if (facts !== undefined) {
    const whole = facts.strings.filter(({ value }) => WHOLE_PATH.test(value))
    const rooted = [...facts.rooted, ...whole].flatMap(({ value, line }) => placed(rootedPath(value), line))
    return [...facts.strings.flatMap(({ value, line }) => named(value, line)), ...rooted]
  }
  return pathLike(file).flatMap(({ word, line }) => named(word, line))

  function named(word: string, line: number): { path: string; line: number }[] {
    return placed(repositoryPath(word, folders), line)
  }
}

interface Word {
  readonly word: string
  readonly line: number
}
const split = new WeakMap<EmittedFile, readonly Word[]>()

/** Words outside comments that may be paths: all of these have a point, but for one. Each file is split once. */
function pathLike(file: EmittedFile): readonly Word[] {
  const words =
    split.get(file) ??
    file.content.split('\n').flatMap((text, index) =>
      text
        .replace(/(^|\s)#.*$/, '')
        .split(/[\s"'`,;=(){}[\]<>]+/)
        .filter((word) => /\.|Makefile/.test(word))
        .map((word) => ({ word, line: index + 1 })),
    )
  split.set(file, words)
  return words
}

const placed = (path: string | undefined, line: number) => (path === undefined ? [] : [{ path, line }])

/** What must never be committed is ignored (environments of uv, the file of real secrets), and what is keeps its line ends. */
export const versionControlSeam: Seam = {
  name: 'wired/version-control',
  async find({ files }) {
    const patterns = runtimePatterns(files)
    const users = (await projectCommands(files)).filter(({ words }) => words[0] === 'uv').map(({ file }) => file)
    const examples = files.filter((file) => posix.basename(file.path).startsWith('.env.'))
    const need = (file: EmittedFile | undefined, path: string) =>
      file === undefined || isRuntimePath(patterns, path)
        ? []
        : [inFile(file, `${path} comes into being here, and no .gitignore keeps it out of version control`)]
    const makefile = files.find((file) => kindOf(file) === 'makefile')
    const unix = files.some((file) => kindOf(file) === 'attributes' && /\beol=lf\b/.test(file.content))
    const ends =
      makefile === undefined || unix
        ? []
        : [inFile(makefile, 'no .gitattributes says eol=lf, so a checkout on Windows breaks recipes and scripts')]
    return [...need(users[0], '.venv/'), ...need(examples[0], '.env'), ...ends]
  },
}
