// The built command line with a workflow of six deliverables, for tests that start it often and in which the size of a platform is not the point.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ASKED, smallProduct } from '../small/product.mjs'
import { lastingFolder } from '../temporary.js'
import { scratch, succeed } from './product.js'

let product: string | undefined
let designed: Promise<string> | undefined

/** Its folders, which no test changes; `smallProduct` makes others. */
export function smallRoot(): string {
  product ??= smallProduct(lastingFolder('product'), { built: true })
  return product
}

/** A workspace that it designed from `ASKED`, to be looked at. */
export function smallDesigned(): Promise<string> {
  designed ??= firstDesign()
  return designed
}

async function firstDesign(): Promise<string> {
  const cwd = lastingFolder('designed')
  await succeed(['design', ASKED, '--verify', 'none', '--yes', '--workspace', 'w'], { cwd, root: smallRoot() })
  return join(cwd, 'w')
}

/** The same, to be worked in. */
export async function smallCopy(): Promise<string> {
  const cwd = join(scratch(), 'w')
  execFileSync('cp', ['-a', await smallDesigned(), cwd])
  return cwd
}
