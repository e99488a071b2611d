// Each fault is planted in modules that are right; where OpenTofu and the published schemas are at hand, its verdict is compared.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { languageFunctions as madeFunctions, providerShapes } from '../../scripts/terraform-schemas.mjs'
import type { EmittedFile } from '../../src/types.js'
import { terraformCheck } from '../../src/verify/terraform.js'
import { languageFunctions } from '../../src/verify/terraform-schemas.js'
import { temporaryFolder } from '../temporary.js'
import { emitted, lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated, withFile } = fixtures('terraform')
const STORE = 'modules/store/main.tf'
const DEV = 'environments/dev/main.tf'
const failures = async (some: readonly EmittedFile[]) => lines(await terraformCheck.run(some, some))

/** `tofu` refuses these too. */
const REFUSED: readonly [string, () => EmittedFile[], string][] = [
  [
    'an unknown argument',
    () => mutated(STORE, '  tags     =', '  tag      ='),
    `${STORE}:10 unknown argument tag (did you mean tags?)`,
  ],
  [
    'an unknown resource',
    () => mutated(STORE, 'resource "aws_s3_bucket" "layer"', 'resource "aws_s3_buckets" "layer"'),
    `${STORE}:7 unknown resource aws_s3_buckets (did you mean aws_s3_bucket?)`,
  ],
  [
    'an unknown data source',
    () => mutated(STORE, 'data "aws_caller_identity" "current" {}', 'data "aws_caller" "current" {}'),
    `${STORE}:5 unknown data aws_caller`,
  ],
  ['an unknown block', () => mutated(STORE, 'expiration {', 'expires {'), `${STORE}:26 unknown block expires`],
  [
    'an argument as a block',
    () => mutated(DEV, 'tags = { project', 'tags { project'),
    `${DEV}:4 tags is an argument: write tags =`,
  ],
  [
    'a block as an argument',
    () => mutated(STORE, 'expiration {\n        days = rule.value\n      }', 'expiration = 3'),
    `${STORE}:26 expiration is a block: write it without =`,
  ],
  [
    'an argument of another type',
    () => mutated(STORE, '  tags     =', '  object_lock_enabled = "perhaps"\n  tags     ='),
    `${STORE}:10 object_lock_enabled has to be true or false, got "perhaps"`,
  ],
  [
    'a list for a string',
    () => withFile('modules/store/more.tf', 'output "more" {\n  description = ["a"]\n  value       = 1\n}\n'),
    'modules/store/more.tf:2 description has to be a string, got ["a"]',
  ],
  ['a missing argument', () => mutated(DEV, '  type  = "String"\n', ''), `${DEV}:14 the argument type is missing`],
  [
    'an undeclared variable',
    () => mutated(DEV, 'var.region', 'var.regio'),
    `${DEV}:2 var.regio is not declared in environments/dev (did you mean var.region?)`,
  ],
  [
    'an undeclared variable that is compared',
    () => mutated(DEV, 'jsonencode(module.store.arns)', '!var.regio && var.region == "x" ? "a" : "b"'),
    `${DEV}:17 var.regio is not declared in environments/dev (did you mean var.region?)`,
  ],
  [
    'an undeclared local',
    () => mutated(STORE, 'for_each = local.names', 'for_each = local.name'),
    `${STORE}:8 local.name is not declared`,
  ],
  [
    'an undeclared resource',
    () => mutated(STORE, 'aws_s3_bucket.layer[', 'aws_s3_bucket.layers['),
    `${STORE}:19 aws_s3_bucket.layers is not declared`,
  ],
  [
    'an unknown output',
    () => mutated(DEV, 'module.store.arns', 'module.store.arn'),
    `${DEV}:17 the module modules/store has no output arn (did you mean arns?)`,
  ],
  [
    'an unknown input',
    () => mutated(DEV, '  layers  =', '  layer   ='),
    `${DEV}:11 modules/store has no variable layer (did you mean layers?)`,
  ],
  [
    'a missing input',
    () => mutated(DEV, '  project = "shop"\n', ''),
    `${DEV}:8 modules/store needs project, which is not given`,
  ],
  [
    'a module that is not there',
    () => mutated(DEV, '../../modules/store', '../../modules/stores'),
    `${DEV}:8 expected the source of a module of this repository, got modules/stores`,
  ],
  [
    'a function that does not exist',
    () => mutated(DEV, 'jsonencode', 'json_encode'),
    `${DEV}:17 there is no function json_encode (did you mean jsonencode?)`,
  ],
  [
    'too few arguments',
    () => mutated(STORE, 'merge(var.tags, {', 'coalesce(index(var.tags), {'),
    `${STORE}:10 index takes 2 arguments, got 1`,
  ],
  [
    'a block twice',
    () => mutated(STORE, '      expiration {', '      expiration {\n        days = 1\n      }\n      expiration {'),
    `${STORE}:21 expected at most 1 expiration block, got 2`,
  ],
  [
    'the same name twice',
    () => withFile('modules/store/more.tf', 'variable "tags" {\n  type = string\n}\n'),
    'var.tags is declared twice in modules/store',
  ],
  [
    'an unknown kind of block',
    () => withFile('modules/store/more.tf', 'resources "a" "b" {}\n'),
    'modules/store/more.tf:1 unknown block resources (did you mean resource?)',
  ],
  [
    'a label too few',
    () => mutated(STORE, '"aws_caller_identity" "current"', '"aws_caller_identity"'),
    `${STORE}:5 data takes 2 labels, got 1`,
  ],
  [
    'text without quotes',
    () => mutated(DEV, '"String"', 'String'),
    `${DEV}:16 String refers to nothing; text stands in quotes`,
  ],
  [
    'a brace that is missing',
    () => mutated(DEV, 'value = jsonencode(module.store.arns)\n}', 'value = jsonencode(module.store.arns)\n'),
    `${DEV}:`,
  ],
  [
    'an unknown argument of a variable',
    () => mutated('modules/store/variables.tf', 'default     =', 'defaults    ='),
    'modules/store/variables.tf:19 unknown argument defaults (did you mean default?)',
  ],
]

/** These run, and are wrong all the same. */
const STRICTER: readonly [string, () => EmittedFile[], string][] = [
  // `tofu validate` leaves these two to the provider and to the plan.
  [
    'a computed argument',
    () => mutated(STORE, '  bucket   = "${each', '  arn      = "${each'),
    `${STORE}:9 arn is computed by the provider and cannot be set`,
  ],
  [
    'an unknown attribute',
    () => mutated(STORE, '[each.key].id', '[each.key].identifier'),
    `${STORE}:19 aws_s3_bucket has no attribute identifier`,
  ],
  [
    'a variable that nothing uses',
    () => mutated(STORE, 'merge(var.tags, {', 'merge({'),
    'modules/store/variables.tf:16 nothing uses var.tags',
  ],
  [
    'a local that nothing uses',
    () => mutated(STORE, '  names =', '  unused = 1\n  names ='),
    `${STORE}:2 nothing uses local.unused`,
  ],
  [
    'a data source that nothing uses',
    () => mutated(STORE, '-${data.aws_caller_identity.current.account_id}', ''),
    `${STORE}:5 nothing uses data.aws_caller_identity.current`,
  ],
  [
    'a value of no variable',
    () => mutated('environments/dev/terraform.tfvars', 'region =', 'regions ='),
    'environments/dev/terraform.tfvars:1 environments/dev has no variable regions (did you mean region?)',
  ],
  [
    'a provider whose schema we lack',
    () => withFile('modules/store/more.tf', 'resource "random_id" "x" {\n  byte_length = 2\n}\n'),
    'no schema of the provider random ships with this product',
  ],
  [
    'a provider without a version',
    () => mutated('modules/store/versions.tf', '      version = "~> 5.58"\n', ''),
    'modules/store/versions.tf:4 the provider aws has no version',
  ],
]

describe('terraform/schema', () => {
  it('accepts what is right', async () => {
    expect(await failures(files())).toEqual([])
    const results = await terraformCheck.run(files(), files())
    expect(results).toHaveLength(files().length)
    expect(results[0]).toMatchObject({
      status: 'pass',
      version: '5.58.0',
      reason: 'valid against the published provider schema',
    })
  })

  it.each([...REFUSED, ...STRICTER])('refuses %s', async (_, some, expected) => {
    expect((await failures(some())).join('\n')).toContain(expected)
  })

  it('does not take names of loops, iterators, types and keys for references', async () => {
    const text = [
      'locals {',
      '  doubled = { for key, number in { one = 1 } : key => number * 2 }',
      '  text    = "%{for word in ["a"]}${word}%{endfor}"',
      '  both    = [for pair in setproduct(["a"], ["b"]) : pair[0]]',
      '  keyed   = { (local.text) = local.both, plain = local.doubled }',
      '}',
      'output "all" {',
      '  value = [local.keyed, path.module, terraform.workspace]',
      '}',
    ].join('\n')
    expect(await failures([emitted('x/main.tf', `${text}\n`)])).toEqual([])
  })
})

const toolchain = process.env.MLOPS_TOOLCHAIN ?? ''
const tofu = join(toolchain, 'bin/tofu')
const compared = existsSync(tofu) ? describe : undefined

compared?.('the toolchain', () => {
  it('has the shapes and functions that ship', () => {
    const shipped = new URL('../../validators/terraform/aws.br', import.meta.url)
    const own = brotliDecompressSync(readFileSync(shipped)).toString()
    return providerShapes(toolchain, 'aws').then((made) => {
      expect(made === own).toBe(true)
      expect(languageFunctions()).toEqual(madeFunctions(tofu))
    })
  })

  it('gives the same verdicts', { timeout: 300_000 }, () => {
    const cases = [['right', files] as const, ...REFUSED.map(([name, some]) => [name, some] as const)]
    expect(cases.filter(([, some]) => !tofuAccepts(some())).map(([name]) => name)).toEqual(
      REFUSED.map(([name]) => name),
    )
  })

  function tofuAccepts(some: readonly EmittedFile[]): boolean {
    const root = temporaryFolder('tofu')
    for (const { path, content } of some) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    const env = { ...process.env, TF_CLI_CONFIG_FILE: join(toolchain, 'terraformrc') }
    const run = (...args: string[]) => spawnSync(tofu, args, { cwd: join(root, 'environments/dev'), env }).status === 0
    return run('init', '-backend=false', '-input=false') && run('validate')
  }
})
