// Faults in modules of Terraform that are right.
import type { EmittedFile } from '../../src/types.js'
import { fixtures } from './folder.js'

export const { files, mutated, withFile } = fixtures('terraform')
export const STORE = 'modules/store/main.tf'
const DEV = 'environments/dev/main.tf'

/** `tofu` refuses these too. */
export const REFUSED: readonly [string, () => EmittedFile[], string][] = [
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
