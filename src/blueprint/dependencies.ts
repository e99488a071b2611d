// What generated files say that a platform uses of others, with versions: read back from the files, so that two of them can be compared.
import { parse as parseToml } from 'smol-toml'
import { parseAllDocuments } from 'yaml'

/** One pinned thing in one file. */
interface Dependency {
  readonly kind: DependencyKind
  readonly name: string
  readonly version: string
}
type DependencyKind = 'package' | 'chart' | 'image' | 'action' | 'provider'

/** A dependency whose version is another one now; null where it was not there, or is not any more. */
export interface DependencyChange {
  readonly kind: DependencyKind
  readonly name: string
  readonly before: string | null
  readonly after: string | null
  readonly files: readonly string[]
}

type Texts = ReadonlyMap<string, string>

/** Compares the files of two platforms by path; what only moved from one file to another has not changed. */
export function dependencyChanges(before: Texts, after: Texts): DependencyChange[] {
  const found = new Map<string, { change: Omit<DependencyChange, 'files'>; files: string[] }>()
  const all = { before: new Map<string, Set<string>>(), after: new Map<string, Set<string>>() }
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    if (before.get(path) === after.get(path)) continue
    const [one, other] = [versionsIn(path, before.get(path)), versionsIn(path, after.get(path))]
    for (const [id, { versions }] of one) all.before.set(id, union(all.before.get(id), versions))
    for (const [id, { versions }] of other) all.after.set(id, union(all.after.get(id), versions))
    for (const id of new Set([...one.keys(), ...other.keys()])) {
      const [was, is] = [said(one.get(id)?.versions), said(other.get(id)?.versions)]
      const which = one.get(id) ?? other.get(id)
      if (was === is || which === undefined) continue
      const key = `${id} ${was} ${is}`
      const entry = found.get(key) ?? {
        change: { kind: which.kind, name: which.name, before: was, after: is },
        files: [],
      }
      found.set(key, { ...entry, files: [...entry.files, path] })
    }
  }
  return [...found.values()]
    .filter(({ change }) => {
      const id = idOf(change)
      return said(all.before.get(id)) !== said(all.after.get(id))
    })
    .map(({ change, files }) => ({ ...change, files }))
    .sort((one, other) => (`${one.kind} ${one.name}` < `${other.kind} ${other.name}` ? -1 : 1))
}

const idOf = ({ kind, name }: { readonly kind: DependencyKind; readonly name: string }): string => `${kind} ${name}`
const union = (one: ReadonlySet<string> | undefined, other: ReadonlySet<string>): Set<string> =>
  new Set([...(one ?? []), ...other])
const said = (versions: ReadonlySet<string> | undefined): string | null =>
  versions === undefined ? null : [...versions].sort().join(', ')

function versionsIn(path: string, text: string | undefined) {
  const found = new Map<string, { kind: DependencyKind; name: string; versions: Set<string> }>()
  for (const { kind, name, version } of text === undefined ? [] : dependenciesIn(path, text)) {
    const id = idOf({ kind, name })
    found.set(id, { kind, name, versions: union(found.get(id)?.versions, new Set([version])) })
  }
  return found
}

/** A file of another kind has none; one that cannot be parsed gives what its lines say. */
function dependenciesIn(path: string, text: string): Dependency[] {
  if (/(^|\/)pyproject\.toml$/.test(path)) return packages(text)
  if (/\.tf$/.test(path)) return providers(text)
  if (/(^|[./])Dockerfile$/.test(path)) return images(text, /^(?:FROM|COPY --from=)\s*(\S+:\S+)/gm)
  if (!/\.ya?ml$/.test(path)) return []
  if (path.startsWith('.github/')) return actions(text)
  return [...images(text, /^\s*(?:- )?image:\s*["']?([\w./-]+:[\w.-]+)/gm), ...charts(text)]
}

/** `name[extra] == 1.0 ; marker` */
const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*([=<>~!][^;]*)/

function packages(text: string): Dependency[] {
  const read = attempt(() => parseToml(text) as unknown)
  const [project, groups, build] = ['project', 'dependency-groups', 'build-system'].map((name) => field(read, name))
  return [
    field(project, 'dependencies'),
    ...values(field(project, 'optional-dependencies')),
    ...values(groups),
    field(build, 'requires'),
  ]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((entry): Dependency[] => {
      const [, name, version] = (typeof entry === 'string' && REQUIREMENT.exec(entry)) || []
      return name === undefined || version === undefined
        ? []
        : [{ kind: 'package', name, version: version.trim().replace(/^==/, '') }]
    })
}

function providers(text: string): Dependency[] {
  const sourced = [...text.matchAll(/source\s*=\s*"([^"]+)"[^{}]*?version\s*=\s*"([^"]+)"/g)]
  const own = [...text.matchAll(/required_version\s*=\s*"([^"]+)"/g)]
  return [
    ...sourced.map(([, name = '', version = '']): Dependency => ({ kind: 'provider', name, version })),
    ...own.map(([, version = '']): Dependency => ({ kind: 'provider', name: 'terraform', version })),
  ]
}

function images(text: string, line: RegExp): Dependency[] {
  return [...text.matchAll(line)].map(([, image = '']): Dependency => {
    const at = image.lastIndexOf(':')
    return { kind: 'image', name: image.slice(0, at), version: image.slice(at + 1) }
  })
}

/** An action is pinned by its commit; the version is in the comment behind it. */
function actions(text: string): Dependency[] {
  return [...text.matchAll(/^\s*(?:- )?uses:\s*([\w./-]+)@(\S+)(?:\s+#\s*(\S+))?/gm)].map(
    ([, name = '', commit = '', version]): Dependency => ({ kind: 'action', name, version: version ?? commit }),
  )
}

/** Wherever a mapping names a chart, or a repository with a tag, beside its version. */
function charts(text: string): Dependency[] {
  // Templates of charts are no YAML before they are rendered.
  if (text.includes('{{')) return []
  const found: Dependency[] = []
  const visit = (value: unknown): void => {
    const [chart, name, repository, version, tag] = ['chart', 'name', 'repository', 'version', 'tag'].map((key) =>
      word(field(value, key)),
    )
    const called = chart ?? (repository === undefined ? undefined : name)
    if (called !== undefined && version !== undefined) found.push({ kind: 'chart', name: called, version })
    if (repository !== undefined && tag !== undefined) found.push({ kind: 'image', name: repository, version: tag })
    for (const inner of Array.isArray(value) ? value : values(value)) visit(inner)
  }
  for (const document of attempt(() => parseAllDocuments(text).map((one) => one.toJS() as unknown)) ?? [])
    visit(document)
  return found
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)
const values = (value: unknown): unknown[] => (isRecord(value) ? Object.values(value) : [])
const word = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined
