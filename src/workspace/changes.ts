// What the user's branch changed in generated files since the two branches last met.
import type { Git } from './git.js'

/** Unified diff by path, from the generated tree that the user's branch last received to that branch; new files of the user are not in it. */
export async function userChanges(git: Git, generated: string): Promise<Map<string, string>> {
  const base = (await git.ask('merge-base', 'HEAD', generated).catch(() => '')).trim()
  if (base === '') return new Map()
  const form = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--diff-filter=MD', '--unified=2']
  const said = await git.ask('diff', ...form, '--src-prefix=a/', '--dst-prefix=b/', base, 'HEAD', '--')
  const parts = said.split(/^diff --git /m).slice(1)
  return new Map(
    parts.flatMap((part): [string, string][] => {
      const first = part.slice(0, part.indexOf('\n'))
      // Both names on the line are the same path, as renames are off; a quoted one has characters that no generated file has.
      const path = first.slice('a/'.length, (first.length - 1) / 2)
      const body = part.slice(part.indexOf('\n--- ') + 1)
      return first.startsWith('"') ? [] : [[path, body]]
    }),
  )
}
