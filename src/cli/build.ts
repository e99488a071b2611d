// Which build of the product this is, so that what one build has worked out is never taken for another's.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

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
