// Whatever is fetched has a version that somebody chose: packages, images, actions, modules, charts.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { type GuardRule, type GuardSubject, type Loss, more } from './guard-subject.js'
import { at, isObject, listAt } from './json-value.js'
import { type Kind, kindOf } from './kinds.js'

interface Loose {
  readonly what: string
  readonly file: EmittedFile
  readonly line?: number | undefined
}

export const pinRule: GuardRule = {
  name: 'guard/pin',
  async find(subject) {
    const [was, is] = [await loose(subject.before), await loose(subject.after)]
    const left = more(
      was.map(({ what }) => what),
      is.map(({ what }) => what),
    )
    const losses = left.flatMap((what): Loss[] => {
      const found = is.find((one) => one.what === what)
      return found === undefined ? [] : [{ file: found.file, line: found.line, reason: `${what}; give one version` }]
    })
    return [...losses, ...(await datesGone(subject))]
  },
}

async function loose(files: readonly EmittedFile[]): Promise<Loose[]> {
  const found: Loose[] = []
  for (const file of files) {
    const kind = kindOf(file)
    if (file.path.endsWith('pyproject.toml')) found.push(...(await packages(file)))
    if (/requirements[\w.-]*\.txt$/.test(file.path)) found.push(...requirements(file))
    found.push(...lines(file, kind))
  }
  return found
}

const PINNED = /^[A-Za-z0-9._-]+(\[[^\]]*\])?\s*(==|===)\s*[\w.!+]+(\s*;.*)?$/

async function packages(file: EmittedFile): Promise<Loose[]> {
  const [document] = await dataDocuments(file)
  if (document === undefined) return []
  const { value } = document
  const own = Object.keys(objectOf(at(value, 'tool', 'uv', 'sources')))
  const lists = [
    listAt(value, 'project', 'dependencies'),
    listAt(value, 'build-system', 'requires'),
    ...Object.values(objectOf(at(value, 'project', 'optional-dependencies'))).map((one) =>
      Array.isArray(one) ? one : [],
    ),
    ...Object.values(objectOf(at(value, 'dependency-groups'))).map((one) => (Array.isArray(one) ? one : [])),
  ]
  const found = lists.flat().flatMap((one): Loose[] => {
    if (typeof one !== 'string' || PINNED.test(one) || own.includes(/^[\w.-]+/.exec(one)?.[0] ?? '')) return []
    const line = file.content.split('\n').findIndex((text) => text.includes(`"${one}"`)) + 1
    return [{ what: `the package ${one} is not pinned with ==`, file, line: line || undefined }]
  })
  const sources = Object.entries(objectOf(at(value, 'tool', 'uv', 'sources'))).filter(
    ([, one]) => isObject(one) && ('git' in one || 'url' in one),
  )
  const indexes = [
    'index',
    'index-url',
    'extra-index-url',
    'find-links',
    'index-strategy',
    'prerelease',
    'allow-insecure-host',
  ].filter((key) => at(value, 'tool', 'uv', key) !== undefined)
  return [
    ...found,
    ...sources.map(([name]) => ({ what: `the package ${name} comes from an address of its own`, file })),
    ...indexes.map((key) => ({ what: `[tool.uv] ${key} brings packages in from elsewhere`, file })),
  ]
}

const objectOf = (value: Json | undefined): { readonly [key: string]: Json } => (isObject(value) ? value : {})

const requirements = (file: EmittedFile): Loose[] =>
  file.content.split('\n').flatMap((line, index) => {
    const text = line.replace(/(^|\s)#.*$/, '').trim()
    return text === '' || PINNED.test(text.replace(/\s+--hash.*$/, '')) || /^-[rc]\s/.test(text)
      ? []
      : [{ what: `${text} is not pinned with ==`, file, line: index + 1 }]
  })

interface Pattern {
  readonly kinds: readonly Kind[]
  readonly pattern: RegExp
  /** What is loose about a match, or nothing. */
  readonly loose: (match: RegExpExecArray) => string | undefined
}

const IMAGES: readonly Kind[] = [
  'kubernetes',
  'helm-values',
  'helm-template',
  'yaml',
  'workflow',
  'python',
  'kustomization',
]

const PATTERNS: readonly Pattern[] = [
  {
    kinds: ['workflow'],
    pattern: /^\s*-?\s*uses:\s*["']?([^\s"'#]+)/,
    loose: ([, uses = '']) =>
      uses.startsWith('./') || /@[0-9a-f]{40}$/.test(uses) || /@sha256:/.test(uses)
        ? undefined
        : `the action ${uses} is not pinned to a commit`,
  },
  { kinds: ['dockerfile'], pattern: /^FROM\s+(?:--\S+\s+)?(\S+)/i, loose: ([, image = '']) => imageLoose(image) },
  {
    kinds: IMAGES,
    pattern: /^\s*(?:-\s*)?["']?(?:image|newTag|tag)["']?\s*[:=]\s*["']?([^\s"',#]+)/,
    loose: ([text, image = '']) =>
      /(image)["']?\s*[:=]/.test(text)
        ? imageLoose(image)
        : /^latest$/.test(image)
          ? 'the tag latest moves'
          : undefined,
  },
  {
    kinds: ['dockerfile', 'workflow', 'shell', 'makefile'],
    pattern: /\b(?:pip3?|uv pip)\s+install\s+([^&|;\n]+)/,
    loose: ([, rest = '']) => installLoose(rest),
  },
  {
    kinds: ['dockerfile', 'workflow', 'shell', 'makefile'],
    pattern: /\b(?:npm (?:i|install) -g|go install|cargo install)\s+(\S+)/,
    loose: ([, name = '']) => (/@v?\d/.test(name) ? undefined : `${name} has no version`),
  },
  {
    kinds: ['dockerfile', 'workflow', 'shell', 'makefile', 'python', 'toml', 'text'],
    pattern: /\bgit\+(https?|ssh):\/\/\S+/,
    loose: ([text]) => (/@[0-9a-f]{40}\b/.test(text) ? undefined : `${text} is no fixed commit`),
  },
  {
    kinds: ['dockerfile', 'workflow', 'shell', 'makefile'],
    pattern: /--(?:extra-)?index-url[= ]\S+|--pre\b|\b(?:PIP|UV)_(?:EXTRA_|DEFAULT_)?INDEX(?:_URL)?\s*[=:]\s*\S+/,
    loose: ([text]) => `${text} brings packages in from elsewhere`,
  },
  {
    kinds: ['dockerfile'],
    pattern: /^ADD\s+(https?:\S+)/i,
    loose: ([text, address = '']) =>
      /--checksum/.test(text) ? undefined : `${address} is taken in without a checksum`,
  },
  {
    kinds: ['terraform'],
    pattern: /^\s*source\s*=\s*"(git::|https?:|github\.com)([^"]*)"/,
    loose: ([text, , rest = '']) =>
      /[?&]ref=(v?\d|[0-9a-f]{40})/.test(rest) ? undefined : `the module ${text.trim()} has no fixed ref`,
  },
  {
    kinds: ['terraform', 'helm-chart'],
    pattern: /^\s*-?\s*(?:required_)?version\s*[:=]\s*["']?([*^~>x][^"'\n]*)/,
    loose: ([, range = '']) =>
      /^(>=|\*|x)/.test(range) && !/</.test(range) ? `the version ${range.trim()} has no upper end` : undefined,
  },
]

/** An image of a template is put together elsewhere, and a bare word is a stage or a name of the contract. */
function imageLoose(image: string): string | undefined {
  if (/[{$]/.test(image) || (!image.includes('/') && !image.includes(':')) || image.includes('@sha256:'))
    return undefined
  const tag = /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1]
  return tag === undefined || /^(latest|main|master|edge|nightly|stable|dev)$/.test(tag)
    ? `the image ${image} has no fixed tag`
    : undefined
}

function installLoose(rest: string): string | undefined {
  const words = rest
    .replace(/["'\\]/g, '')
    .trim()
    .split(/\s+/)
  if (words.includes('-r') || words.includes('--requirement') || words.includes('--require-hashes')) return undefined
  const open = words.filter((word) => /^[A-Za-z]/.test(word) && !/==|@sha|^\.|\$/.test(word))
  return open.length > 0 ? `${open[0]} is installed without a version` : undefined
}

const lines = (file: EmittedFile, kind: Kind): Loose[] =>
  PATTERNS.filter(({ kinds }) => kinds.includes(kind)).flatMap(({ pattern, loose: judge }) =>
    file.content.split('\n').flatMap((line, index) => {
      if (/^\s*(#|\/\/)/.test(line)) return []
      const match = pattern.exec(line)
      const what = match === null ? undefined : judge(match)
      return what === undefined ? [] : [{ what, file, line: index + 1 }]
    }),
  )

/** The day up to which versions are looked for does not go away, and pins do not. */
async function datesGone({ changes }: GuardSubject): Promise<Loss[]> {
  const losses: Loss[] = []
  for (const { before, after } of changes) {
    if (before === undefined || !after.path.endsWith('pyproject.toml')) continue
    const [[was], [is]] = [await dataDocuments(before), await dataDocuments(after)]
    const key = ['tool', 'uv', 'exclude-newer'] as const
    if (was === undefined || is === undefined || at(was.value, ...key) === undefined) continue
    if (at(is.value, ...key) === undefined)
      losses.push({
        file: after,
        reason: '[tool.uv] exclude-newer is gone: a lock would take what appears tomorrow; keep it',
      })
  }
  return losses
}
