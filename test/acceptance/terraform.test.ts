// What ships of Terraform's schemas is what its programs say, and OpenTofu refuses what our check refuses.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { languageFunctions as madeFunctions, providerShapes } from '../../scripts/terraform-schemas.mjs'
import type { EmittedFile } from '../../src/types.js'
import { languageFunctions } from '../../src/verify/terraform-schemas.js'
import { temporaryFolder } from '../temporary.js'
import { files, REFUSED } from '../verify/terraform-faults.js'

const toolchain = process.env.MLOPS_TOOLCHAIN ?? ''
const tofu = join(toolchain, 'bin/tofu')

it('the shapes and functions that ship are those of the toolchain', async () => {
  const shipped = new URL('../../validators/terraform/aws.br', import.meta.url)
  expect((await providerShapes(toolchain, 'aws')) === brotliDecompressSync(readFileSync(shipped)).toString()).toBe(true)
  expect(languageFunctions()).toEqual(madeFunctions(tofu))
})

it('tofu takes what is right', () => {
  expect(accepted(files())).toBe(true)
})

it.each(REFUSED)('tofu refuses %s', (_, some) => {
  expect(accepted(some())).toBe(false)
})

function accepted(some: readonly EmittedFile[]): boolean {
  const root = temporaryFolder('tofu')
  for (const { path, content } of some) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const env = { ...process.env, TF_CLI_CONFIG_FILE: join(toolchain, 'terraformrc') }
  const run = (...args: string[]) => spawnSync(tofu, args, { cwd: join(root, 'environments/dev'), env }).status === 0
  return run('init', '-backend=false', '-input=false') && run('validate')
}
