// Markdown is well formed, and what it points at is there: relative links, and repository paths between backticks.
import { posix } from 'node:path'
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, nothingBeside, type Verdicts, verdicts } from './check.js'
import { giveWay } from './give-way.js'
import { isRuntimePath, repositoryPath, runtimePatterns } from './paths.js'
import { ownTool, packageTool } from './versions.js'

/** Off: rules about taste, or about what tables and generated lists do rightly. */
const CONFIG = { default: true, MD013: false, MD024: { siblings_only: true }, MD033: false, MD041: false, MD060: false }

export const markdownCheck: Check = {
  name: 'markdown/markdownlint',
  level: 'L1',
  kinds: ['markdown'],
  beside: nothingBeside,
  async run(files): Promise<CheckResult[]> {
    const { lint } = await import('markdownlint/sync')
    const say = verdicts(this, packageTool('markdownlint'))
    const results: CheckResult[] = []
    for (const file of files) {
      await giveWay()
      const { [file.path]: issues = [] } = lint({ strings: { [file.path]: file.content }, config: CONFIG })
      const failures = issues.map((issue) =>
        say.fail(
          file,
          `${issue.ruleNames[0] ?? ''}: ${issue.ruleDescription}${issue.errorDetail ? ` (${issue.errorDetail})` : ''}`,
          { line: issue.lineNumber },
        ),
      )
      results.push(...(failures.length === 0 ? [say.pass(file)] : failures))
    }
    return results
  },
}

export const linksCheck: Check = {
  name: 'markdown/links',
  level: 'L0',
  kinds: ['markdown'],
  async run(files, project): Promise<CheckResult[]> {
    const say = verdicts(this, ownTool())
    const there = places(project)
    return files.flatMap((file) => {
      const dangling = danglingLinks(file, there, say)
      return dangling.length === 0 ? [say.pass(file)] : dangling
    })
  },
}

interface Places {
  readonly folders: ReadonlySet<string>
  readonly exists: (path: string) => boolean
}

/** What the project has, looked up once for all documents. */
function places(project: readonly EmittedFile[]): Places {
  const paths = new Set(project.map((other) => other.path))
  const folders = new Set(project.flatMap((other) => foldersOf(other.path)))
  const runtime = runtimePatterns(project)
  return {
    folders,
    exists: (path) => paths.has(path) || folders.has(path.replace(/\/$/, '')) || isRuntimePath(runtime, path),
  }
}

/** Links and paths of one document that lead nowhere. */
function danglingLinks(file: EmittedFile, { folders, exists }: Places, say: Verdicts): CheckResult[] {
  const here = posix.dirname(file.path)
  let fenced = false
  return file.content.split('\n').flatMap((line, index) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced
    if (fenced) return []
    const at = { line: index + 1 }
    const links = [...line.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map((match) => match[1] ?? '')
    const broken = links
      .filter((link) => !/^([a-z]+:|#)/i.test(link))
      .filter((link) => !exists(posix.normalize(posix.join(here, decodeURIComponent(link.split('#')[0] ?? '')))))
      .map((link) => say.fail(file, `the link ${link} leads nowhere`, at))
    const mentioned = [...line.matchAll(/`([^`]+)`/g)].flatMap((match) =>
      (match[1] ?? '').split(/\s+/).flatMap((word) => repositoryPath(word, folders) ?? []),
    )
    const missing = mentioned
      .filter((path) => !exists(path))
      .map((path) => say.fail(file, `the path ${path} does not exist`, at))
    return [...broken, ...missing]
  })
}

function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1)
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}
