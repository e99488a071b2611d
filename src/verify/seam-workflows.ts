// Workflows: what they read from the repository's settings is set by somebody, each is called or told of, and pins have somebody who renews them.
import { posix } from 'node:path'
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { isObject, listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { type Finding, inFile, lineOf, type Seam } from './seam.js'

const workflowsOf = (files: readonly EmittedFile[]) => files.filter((file) => kindOf(file) === 'workflow')

/** Every match of a pattern with one group, with the text that it stands in. */
const named = (text: string, pattern: RegExp): [string, string][] =>
  [...text.matchAll(pattern)].map(([whole, name = '']) => [name, whole])

/** Made by GitHub for every run. */
const GIVEN = ['GITHUB_TOKEN']

export const workflowVariableSeam: Seam = {
  name: 'seam/workflow-variable',
  find({ files }) {
    const workflows = workflowsOf(files)
    if (workflows.length === 0) return []
    // `gh variable set "NAME_$(…)"`: whatever the shell puts in the place of what it computes.
    const set = files
      .filter((file) => kindOf(file) === 'shell')
      .flatMap((file) =>
        named(file.content, /\bgh (?:variable|secret) set "?([A-Za-z_]\w*(?:\$[({]?)?)/g).map(([name, text]) => ({
          file,
          text,
          name: name.replace(/\$.*/, ''),
          pattern: new RegExp(`^${name.replace(/\$.*/, '\\w+')}$`),
        })),
      )
    const told = (name: string) =>
      files.some((file) => file.documentation && new RegExp(`\`${name}\`|\\bset ${name}\\b`).test(file.content))
    const read = new Set<string>()
    const findings: Finding[] = []
    for (const file of workflows)
      for (const [name, text] of named(file.content, /\b(?:vars|secrets)\.([A-Za-z_]\w*)/g)) {
        read.add(name)
        if (GIVEN.includes(name) || told(name) || set.some(({ pattern }) => pattern.test(name))) continue
        findings.push(inFile(file, `no script sets ${name}, and no document says how to`, lineOf(file, text)))
      }
    return [
      ...findings,
      ...set
        .filter(({ pattern }) => ![...read].some((name) => pattern.test(name)))
        .map(({ file, name, text }) => inFile(file, `no workflow reads ${name}`, lineOf(file, text))),
    ]
  },
}

/** A script without comments and without what stands in single quotes, where a pipe is a letter; in double ones a command may stand. */
const unquoted = (script: string): string =>
  script.replace(/"(?:\\.|[^"\\])*"|'[^']*'|(?<=^|\s)#.*$/gm, (text) =>
    text.startsWith('"') ? text : text.replace(/[^\n]/g, ' '),
  )
const PIPE = /(^|[^|>])\|(?!\|)/

export const workflowPipeSeam: Seam = {
  name: 'seam/workflow-pipe',
  async find({ files }) {
    const findings: Finding[] = []
    for (const file of workflowsOf(files)) {
      const lines = scriptsOf((await dataDocuments(file))[0]?.value).flatMap(firstLostPipe)
      for (const line of lines)
        findings.push(
          inFile(file, `"${line}" goes on where the first part of its pipe fails; set shell: bash`, lineOf(file, line)),
        )
    }
    return findings
  },
}

interface Script {
  readonly text: string
  /** As the innermost of its places names it; empty where none does. */
  readonly shell: string
}

const scriptsOf = (workflow: Json | undefined): Script[] =>
  Object.values(objectAt(workflow, 'jobs')).flatMap((job) => {
    const above = textAt(job, 'defaults', 'run', 'shell') || textAt(workflow, 'defaults', 'run', 'shell')
    return listAt(job, 'steps').map((one) => ({ text: textAt(one, 'run'), shell: textAt(one, 'shell') || above }))
  })

/** Called by its name alone, bash stops at a pipe of which any part fails; as GitHub starts it otherwise, only the last part counts. */
function firstLostPipe({ text, shell }: Script): string[] {
  const strict = shell === 'bash' || /\bset -\w*o pipefail\b/.test(text)
  if (strict || (shell !== '' && !/^(ba)?sh\b/.test(shell))) return []
  const place = unquoted(text)
    .split('\n')
    .findIndex((line) => PIPE.test(line))
  return place < 0 ? [] : [text.split('\n')[place]?.trim() ?? '']
}

export const automationSeam: Seam = {
  name: 'wired/automation',
  async find({ files }) {
    const workflows = workflowsOf(files)
    if (workflows.length === 0) return []
    const findings: Finding[] = []
    for (const file of workflows) {
      const reason = await idle(file, workflows, files)
      if (reason !== undefined) findings.push(inFile(file, reason))
    }
    return [...findings, ...(await renewals(files, workflows))]
  },
}

/** Why nobody would miss a workflow: it waits for a call that never comes, or runs without anybody having been told. */
async function idle(
  file: EmittedFile,
  workflows: readonly EmittedFile[],
  files: readonly EmittedFile[],
): Promise<string | undefined> {
  const triggers = (await dataDocuments(file))[0]?.value
  const on = isObject(triggers) ? (triggers.on ?? null) : null
  const called = workflows.some((other) => other !== file && other.content.includes(`uses: ./${file.path}`))
  if (called) return undefined
  if (on === 'workflow_call' || (isObject(on) && Object.keys(on).every((name) => name === 'workflow_call')))
    return 'no workflow calls this one, and nothing else starts it'
  const stem = posix.basename(file.path).replace(/\.ya?ml$/, '')
  const told = files.some(
    ({ documentation, content }) =>
      documentation && (content.includes(posix.basename(file.path)) || content.includes(`\`${stem}\``)),
  )
  return told ? undefined : 'no document says when this workflow runs and what for'
}

interface Ecosystem {
  readonly name: string
  readonly file: RegExp
  readonly text?: RegExp
  /** Folder that stands for a file, where it is not its own. */
  readonly folder?: string
}

/** What Dependabot can renew of what is pinned here, and how it is seen that there is any. */
const ECOSYSTEMS: readonly Ecosystem[] = [
  { name: 'github-actions', file: /^\.github\/workflows\/[^/]+$/, text: /^\s*(?:- )?uses: [^.]/m, folder: '' },
  { name: 'docker', file: /(^|\/)([\w.-]+\.)?Dockerfile(\.[\w-]+)?$/ },
  { name: 'terraform', file: /\.tf$/, text: /\brequired_providers\b/ },
  { name: 'uv', file: /(^|\/)pyproject\.toml$/, text: /==/ },
]
const DEPENDABOT = '.github/dependabot.yml'

/** Each pin is looked at by somebody, and nobody is sent where there is none. */
async function renewals(files: readonly EmittedFile[], workflows: readonly EmittedFile[]): Promise<Finding[]> {
  const settings = files.find(({ path }) => path === DEPENDABOT)
  const updates = settings === undefined ? [] : listAt((await dataDocuments(settings))[0]?.value, 'updates')
  return ECOSYSTEMS.flatMap(({ name, file, text, folder }) => {
    const pinned = files.filter((one) => file.test(one.path) && (text?.test(one.content) ?? true))
    const folders = new Map(pinned.map((one) => [folder ?? posix.dirname(one.path).replace(/^\.$/, ''), one]))
    const sent = updates.filter((one) => textAt(one, 'package-ecosystem') === name).flatMap(directories)
    const covers = (directory: string, path: string) => globbed(directory).test(path)
    const uncovered = [...folders].filter(([path]) => !sent.some((directory) => covers(directory, path)))
    const empty = sent.filter((directory) => ![...folders.keys()].some((path) => covers(directory, path)))
    return [
      ...uncovered.map(([path, one]) =>
        inFile(
          settings ?? workflows[0] ?? one,
          `nothing renews what /${path} pins: ${DEPENDABOT} has no ${name} for it`,
        ),
      ),
      ...empty.flatMap((directory) =>
        settings === undefined
          ? []
          : [inFile(settings, `${directory} pins nothing of the kind ${name}`, lineOf(settings, directory))],
      ),
    ]
  })
}

const directories = (update: Json): string[] => {
  const one = textAt(update, 'directory')
  return [...(one === '' ? [] : [one]), ...listAt(update, 'directories').filter((path) => typeof path === 'string')]
}

const globbed = (directory: string): RegExp =>
  new RegExp(
    `^${directory
      .replace(/^\/|\/$/g, '')
      .split(/(\*\*?)/)
      .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
      .join('')}$`,
  )
