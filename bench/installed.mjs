// What an installation of the product takes on disk, read off the packages that are installed here.
import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** MB of 1,048,576 bytes of the packages that users get, and of the validators that ship beside them. */
export function installedMegabytes(root) {
  const listed = execFileSync('npm', ['ls', '--all', '--omit=dev', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // The first is the product itself. A package that lies inside another one is listed too.
  const packages = [...new Set(listed.trim().split('\n').slice(1))]
  if (packages.length === 0) throw new Error(`npm names no packages of ${root}`)
  const folders = [...packages, join(root, 'validators')]
  return folders.reduce((sum, folder) => sum + bytesIn(folder), 0) / 1_048_576
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return sum + lstatSync(path).blocks * 512
    return entry.name === 'node_modules' ? sum : sum + bytesIn(path)
  }, 0)
}
