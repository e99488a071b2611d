// What a person has git ignore: by .gitignore files, .git/info/exclude, or settings of their own.
import type { Git } from './git.js'

/** The whole question is refused where one of its paths lies beyond a link, or in a repository of its own. */
const REFUSED = 128

/** Those of the paths that match an ignore rule, whether git tracks them or not; what git cannot tell counts as ignored. */
export async function ignoredPaths(git: Git, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set()
  const { code, stdout } = await git.write(['check-ignore', '--no-index', '-z', '--stdin'], {
    input: paths.join('\0'),
    accepted: [0, 1, REFUSED],
  })
  if (code !== REFUSED) return new Set(stdout.split('\0').filter((path) => path !== ''))
  if (paths.length === 1) return new Set(paths)
  const middle = Math.ceil(paths.length / 2)
  const first = await ignoredPaths(git, paths.slice(0, middle))
  return new Set([...first, ...(await ignoredPaths(git, paths.slice(middle)))])
}
