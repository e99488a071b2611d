// Which build of the product this is, so that what one build has worked out is never taken for another's.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Config } from './config.js'

/** A hash that changes with the bundled code; undefined where the code was not bundled, and so cannot be told apart. */
export function buildOf(root: string): string | undefined {
  const dist = path.join(root, 'dist')
  try {
    // The bundler names each of these after its content.
    const chunks = readdirSync(path.join(dist, 'chunks')).sort()
    return createHash('sha256')
      .update(chunks.join())
      .update(readFileSync(path.join(dist, 'cli.js')))
      .digest('hex')
  } catch {
    return undefined
  }
}

/**
 * Changes with everything that a verdict on a file depends on beside the file: the product, its validators and schemas, the packages
 * that it loads, and Node. Undefined as above.
 */
export function verifierOf(root: string): string | undefined {
  const build = buildOf(root)
  if (build === undefined) return undefined
  const folder = path.join(root, 'validators')
  const hash = createHash('sha256').update(JSON.stringify([build, process.versions, packages(root)]))
  for (const name of ['.', ...foldersIn(folder)].flatMap((inner) => filesIn(folder, inner)))
    hash.update(`\0${name}\0`).update(readFileSync(path.join(folder, name)))
  return hash.digest('hex')
}

const verifiers = new WeakMap<Pick<Config, 'root'>, string | undefined>()

/** The same, worked out once for a command: it reads all of the validators. */
export function verifierFor(config: Pick<Config, 'root'>): string | undefined {
  if (!verifiers.has(config)) verifiers.set(config, verifierOf(config.root))
  return verifiers.get(config)
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

const filesIn = (folder: string, inner: string): string[] =>
  readdirSync(path.join(folder, inner), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => path.join(inner, name))
    .sort()

/** Installed versions, as the bundle leaves some of them outside. */
function packages(root: string): string[] {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>
  }
  return Object.keys(dependencies).map((name) => `${name} ${versionOf(name, root)}`)
}

/** Looked for as Node does, in this folder's node_modules and those above. */
function versionOf(name: string, folder: string): string {
  try {
    const text = readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  } catch {
    return path.dirname(folder) === folder ? '' : versionOf(name, path.dirname(folder))
  }
}
