// The small hand-written platform of fixtures/platform, as emitted files, with ways to break it.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parse } from 'yaml'
import { type Contract, contractSchema } from '../../src/spec/contract.js'
import type { EmittedFile } from '../../src/types.js'
import { emitted } from './emitted.js'

const ROOT = join(import.meta.dirname, 'fixtures', 'platform')

export function platform(): EmittedFile[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => emitted(relative(ROOT, path).split(sep).join('/'), readFileSync(path, 'utf8')))
}

export const contractOf = (files: readonly EmittedFile[]): Contract =>
  contractSchema.parse(parse(files.find((file) => file.path === 'contract.yaml')?.content ?? ''))

/** The platform with one text replaced in one file; throws when the text is not there, so that no mutation is empty. */
export function mutated(path: string, from: string, to: string): EmittedFile[] {
  return platform().map((file) => {
    if (file.path !== path) return file
    if (!file.content.includes(from)) throw new Error(`${path} does not contain ${from}`)
    return { ...file, content: file.content.replace(from, to) }
  })
}

export const without = (path: string): EmittedFile[] => platform().filter((file) => file.path !== path)
export const withFile = (path: string, content: string): EmittedFile[] => [...platform(), emitted(path, content)]
