// What verify remembers: it is said again only while no file, no part of the product and no program on PATH has changed.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { verifyOrRecall } from '../../src/cli/verify-memory.js'
import { openMemory } from '../../src/record/memory.js'
import { designed, heard, type Player } from '../run/playing.js'
import { smallProduct } from '../small/product.mjs'
import { copyOf, scratch, user } from '../workspace/scratch.js'

/** Built, with validators: only then can one build be told from another. */
function builtProduct(): string {
  const product = smallProduct(scratch())
  for (const folder of ['dist/chunks', 'validators/go', 'validators/schemas', 'validators/terraform'])
    mkdirSync(join(product, folder), { recursive: true })
  writeFileSync(join(product, 'dist', 'cli.js'), '')
  writeFileSync(join(product, 'validators', 'go', 'validators.wasm.br'), '')
  return product
}

/** Node and git, and none of the programs that verify would ask. */
function bareFolder(): string {
  const folder = scratch()
  for (const name of ['git', 'node'])
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(folder, name))
  return folder
}

interface Place {
  readonly root: string
  readonly product: string
  readonly bin: string
}

const said = ({ root, product, bin }: Place, level: 'L1' | 'L2' = 'L1', json = false) => {
  const env = { PATH: bin, HOME: '/nonexistent', MLOPS_AGENTS_CACHE: join(root, 'none') }
  const config = { root: product, version: '0', env, cwd: root, interactive: false, color: false, columns: 100 }
  return heard(() => verifyOrRecall({ workspace: root, level, json }, config))
}

const memoryOf = ({ root }: Place) => openMemory(root, 'verify.json')

/** From now on what comes out of the memory can be told from what was worked out. */
async function mark(place: Place): Promise<void> {
  const kept = JSON.parse((await memoryOf(place).read()) ?? '{}') as { said: { text: string; json: string } }
  kept.said.text = 'remembered'
  kept.said.json = '{}'
  await memoryOf(place).write(JSON.stringify(kept))
}

let original: Player
let first: Place
beforeAll(async () => {
  original = await designed()
  first = { root: copyOf(original.root), product: builtProduct(), bin: bareFolder() }
})

/** Changes an existing file by one letter and sets its time back, so that neither its size nor its time tells. */
function changeUnseen(file: string): void {
  const { atime, mtime } = statSync(file)
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/[a-z](?=\n|$)/, (letter) => (letter === 'x' ? 'y' : 'x')),
  )
  utimesSync(file, atime, mtime)
}

describe('the memory of verify', () => {
  it('is used for the same question, and git tracks nothing of it', async () => {
    const worked = await said(first)
    expect(worked.out).toContain('not run')
    expect(await said(first)).toEqual(worked)
    await mark(first)
    expect(await said(first)).toEqual({ ...worked, out: 'remembered' })
    expect((await said(first, 'L1', true)).out).toBe('{}')
    expect(user(first.root, 'status', '--porcelain')).toBe('')
  })

  it('is no answer about another level', async () => {
    await said(first)
    await mark(first)
    expect((await said(first, 'L2')).out).not.toBe('remembered')
  })

  it.each<[string, (place: Place) => void]>([
    ['a changed file of the same size and time', ({ root }) => changeUnseen(join(root, 'contract.yaml'))],
    ['a changed generated file of the same size and time', ({ root }) => changeUnseen(join(root, 'bin', 'load'))],
    ['a file that is gone', ({ root }) => rmSync(join(root, 'bin', 'load'))],
    ['another validator', ({ product }) => writeFileSync(join(product, 'validators', 'go', 'validators.wasm.br'), 'x')],
    ['another schema', ({ product }) => writeFileSync(join(product, 'validators', 'schemas', 'more.json'), '{}')],
    ['another build', ({ product }) => writeFileSync(join(product, 'dist', 'cli.js'), 'x')],
    ['another blueprint', ({ product }) => changeUnseen(join(product, 'blueprints', 'core', 'files', 'bin', 'load'))],
    ['a program that is there now', ({ bin }) => addProgram(bin)],
  ])('does not survive %s', async (_, change) => {
    const place = { root: copyOf(original.root), product: builtProduct(), bin: bareFolder() }
    await said(place)
    expect(existsSync(join(place.root, '.mlops-agents', 'memory', 'verify.json'))).toBe(true)
    await mark(place)
    expect((await said(place)).out).toBe('remembered')
    change(place)
    expect((await said(place)).out).not.toBe('remembered')
  })

  it('is not kept where a program was asked', async () => {
    const place = { root: copyOf(original.root), product: builtProduct(), bin: bareFolder() }
    addProgram(place.bin)
    await said(place)
    expect(await memoryOf(place).read()).toBeUndefined()
  })
})

/** A program that verify asks about every kind of file. */
function addProgram(bin: string): void {
  writeFileSync(join(bin, 'gitleaks'), '#!/bin/sh\necho "[]"\n')
  chmodSync(join(bin, 'gitleaks'), 0o755)
}
