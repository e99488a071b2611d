// Which words in a text are paths of the repository, and which of those only come into being when the project runs.
import type { EmittedFile } from '../types.js'

/** Whether the file belongs to the tests of the generated project. */
export const isTest = (path: string): boolean =>
  /(^|\/)tests?\//.test(path) || /(^|\/)(test_[^/]+|conftest)\.py$/.test(path)

const EXTENSIONS = /\.(py|ya?ml|toml|json|jsonl|md|proto|sh|html|j2|csv|parquet|sql|txt|hbs|tpl|tf|lock)$/

const ROOT_FILES =
  /^(Makefile|(?:contract|spec|dvc)\.yaml|pyproject\.toml|\.(?:gitignore|gitattributes|env\.example|pre-commit-config\.yaml|python-version))$/

/**
 * The path that a word names, or nothing. A word is a path when it has an extension of ours and either stands in a
 * folder that exists or could only be a file of the root; globs, options, URLs and placeholders in braces are not.
 */
export function repositoryPath(word: string, folders: ReadonlySet<string>): string | undefined {
  const path = word.replace(/^\.\//, '').replace(/[:#]\S*$/, '')
  if (!/^[A-Za-z0-9_.][A-Za-z0-9_./-]*$/.test(path) || path.includes('..') || path.includes('//')) return undefined
  const first = path.split('/')[0] ?? ''
  if (path.includes('/')) return EXTENSIONS.test(path) && folders.has(first) ? path : undefined
  return ROOT_FILES.test(path) ? path : undefined
}

/** As above, for a word that is known to be joined to the root: its folder need not exist. */
export function rootedPath(word: string): string | undefined {
  return EXTENSIONS.test(word) ? repositoryPath(word, new Set([word.split('/')[0] ?? ''])) : undefined
}

/** Patterns of what the project itself says it makes: the emitted .gitignore files. */
export function runtimePatterns(files: readonly EmittedFile[]): RegExp[] {
  return files
    .filter((file) => file.path === '.gitignore' || file.path.endsWith('/.gitignore'))
    .flatMap((file) => {
      const folder = file.path.slice(0, -'.gitignore'.length)
      return file.content
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))
        .map((line) => ignorePattern(folder, line))
    })
}

export const isRuntimePath = (patterns: readonly RegExp[], path: string): boolean =>
  patterns.some((pattern) => pattern.test(path))

function ignorePattern(folder: string, line: string): RegExp {
  const bare = line.replace(/\/$/, '')
  const anchored = bare.includes('/')
  const body = bare
    .replace(/^\//, '')
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) =>
      part.startsWith('**')
        ? '.*'
        : part === '*'
          ? '[^/]*'
          : part === '?'
            ? '[^/]'
            : part.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('')
  const start = folder.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${start}${anchored ? '' : '(?:.*/)?'}${body}(?:/|$)`)
}
