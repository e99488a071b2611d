// What a person has git ignore: by .gitignore files, .git/info/exclude, or settings of their own.
import type { Git } from './git.js'

/** Those of the paths that match an ignore rule, whether git tracks them or not. */
export async function ignoredPaths(git: Git, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set()
  const { stdout } = await git.write(['check-ignore', '--no-index', '-z', '--stdin'], {
    input: paths.join('\0'),
    accepted: [0, 1],
  })
  return new Set(stdout.split('\0').filter((path) => path !== ''))
}
