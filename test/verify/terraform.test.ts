// Each fault is planted in modules that are right; test/toolchain compares the verdicts with OpenTofu's.
import { describe, expect, it } from 'vitest'
import type { EmittedFile } from '../../src/types.js'
import { terraformCheck } from '../../src/verify/terraform.js'
import { emitted, lines } from './emitted.js'
import { files, mutated, REFUSED, STORE, withFile } from './terraform-faults.js'

const failures = async (some: readonly EmittedFile[]) => lines(await terraformCheck.run(some, some))

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
