// What a folder holds, for tests that compare it as a whole.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Path -> content of everything that is not git's or the record's; empty where there is no such folder. */
export function contents(root: string): Map<string, string> {
  if (!existsSync(root)) return new Map()
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((name) => !/^\.(git|mlops-agents)\//.test(name))
    .sort()
  return new Map(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]))
}
